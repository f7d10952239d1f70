#include "schema/value_path.h"

#include <gtest/gtest.h>

namespace writ {
namespace {

TEST(ValuePath, ReadsAsPeopleWriteIt) {
  ValuePath path;
  EXPECT_EQ(path.Text(), "");
  const ValuePath::Step spec(path, "spec");
  {
    const ValuePath::Step fields(path, "fields");
    const ValuePath::Step item(path, std::size_t{3});
    EXPECT_EQ(path.Text(), "spec.fields[3]");
    path.NameItem("currency");
    const ValuePath::Step required(path, "required");
    EXPECT_EQ(path.Text(), "spec.fields[currency].required");
    EXPECT_EQ(path.depth(), 4U);
  }
  EXPECT_EQ(path.Text(), "spec");
}

}  // namespace
}  // namespace writ
