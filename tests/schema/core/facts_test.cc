#include "schema/facts.h"

#include <gtest/gtest.h>

namespace writ {
namespace {

TEST(Commit, IsShownShort) {
  Commit commit;
  EXPECT_EQ(ShortRevision(commit), "working tree");
  commit.id = "3f9c2e1b7a0d4c5e6f708192a3b4c5d6e7f80910";
  EXPECT_EQ(ShortRevision(commit), "3f9c2e1");
}

TEST(Facts, CompareByValue) {
  EXPECT_EQ(Usage{}, Usage{});
  EXPECT_NE((Usage{1, std::nullopt}), Usage{});
  EXPECT_EQ(Compatibility{}, Compatibility{});
  EXPECT_NE((Compatibility{true, {"x"}}), Compatibility{});
}

}  // namespace
}  // namespace writ
