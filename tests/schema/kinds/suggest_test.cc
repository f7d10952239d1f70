#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/validator.h"

namespace writ {
namespace {

std::string Nearest(std::string_view written,
                    std::vector<std::string_view> candidates) {
  return std::string(Suggest(written, candidates).value_or("-"));
}

TEST(Suggest, FindsWhatIsNear) {
  EXPECT_EQ(Nearest("requird", {"name", "required", "type"}), "required");
  EXPECT_EQ(Nearest("payment-slack", {"payments-slack"}), "payments-slack");
  EXPECT_EQ(Nearest("inbox:raed", {"inbox:write", "inbox:read"}), "inbox:read");
}

TEST(Suggest, CountsASwapOnce) {
  EXPECT_EQ(Nearest("sepc", {"spec"}), "spec");
  EXPECT_EQ(Nearest("ap", {"pa"}), "pa");
}

TEST(Suggest, TakesCaseLightly) {
  EXPECT_EQ(Nearest("apikey", {"apiKey"}), "apiKey");
  EXPECT_EQ(Nearest("GET", {"get"}), "get");
  EXPECT_EQ(Nearest("viewer", {"MEMBER", "VIEWER"}), "VIEWER");
}

TEST(Suggest, StopsAtAThirdOfTheLengthRoundedUp) {
  EXPECT_EQ(Nearest("abc", {"abx"}), "abx");
  EXPECT_EQ(Nearest("abc", {"axx"}), "-");
  EXPECT_EQ(Nearest("abcd", {"abxx"}), "abxx");
  EXPECT_EQ(Nearest("abcd", {"axxx"}), "-");
}

TEST(Suggest, GivesTiesToTheFirst) {
  EXPECT_EQ(Nearest("abcx", {"abcy", "abcz"}), "abcy");
  EXPECT_EQ(Nearest("abcx", {"abxx", "abcx"}), "abcx");
}

TEST(Suggest, HasNothingToSayAboutNothing) {
  EXPECT_EQ(Nearest("", {"a"}), "-");
  EXPECT_EQ(Nearest("a", {}), "-");
  EXPECT_EQ(Nearest(std::string(300, 'a'), {std::string_view("a")}), "-");
}

}  // namespace
}  // namespace writ
