#include "schema/text_list.h"

#include <gtest/gtest.h>

namespace writ {
namespace {

TEST(TextList, IsJoinedWithCommas) {
  EXPECT_EQ(Joined({"dev", "prod"}), "dev, prod");
  EXPECT_EQ(Joined({"dev"}), "dev");
  EXPECT_EQ(Joined({}), "");
}

TEST(TextList, EmptyTextsKeepTheirSeparators) {
  EXPECT_EQ(Joined({"", "a", ""}, "|"), "|a|");
}

TEST(TextList, AValueGivesBackWhatItWasMadeOf) {
  const std::vector<std::string> texts = {"a", "", "b"};
  const Value list = ListOfTexts(texts);
  ASSERT_TRUE(list.IsList());
  EXPECT_EQ(TextsOf(&list), texts);
}

TEST(TextList, PassesOverWhatIsNoText) {
  Value::List mixed;
  mixed.emplace_back("a");
  mixed.emplace_back(7);
  mixed.emplace_back();
  const Value list(std::move(mixed));
  EXPECT_EQ(TextsOf(&list), std::vector<std::string>{"a"});
  const Value number(7);
  EXPECT_TRUE(TextsOf(&number).empty());
  EXPECT_TRUE(TextsOf(nullptr).empty());
}

}  // namespace
}  // namespace writ
