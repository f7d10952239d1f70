// Every limit is met where it says so, with its figure, and hostile texts cost
// no more than their size (T-22).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/manifests/parser/parsing.h"

namespace writ::manifests {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

std::string Nested(std::size_t depth) {
  return Repeat("[", depth) + Repeat("]", depth);
}

TEST(YamlLimits, FileSize) {
  YamlLimits limits;
  limits.max_bytes = 10;
  EXPECT_THAT(ParseText("a: 345678\n", limits).Lines(), IsEmpty());
  EXPECT_THAT(ParseText("a: 3456789\n", limits).Lines(),
              ElementsAre("0:0+0 yaml-limit: the file takes 11 bytes, and 10 "
                          "are allowed"));
}

TEST(YamlLimits, Depth) {
  EXPECT_THAT(ParseText("a: " + Nested(63)).Lines(), IsEmpty());
  EXPECT_THAT(ParseText("a: " + Nested(64)).Lines(),
              ElementsAre("1:67+1 yaml-limit: lists and maps are more than 64 "
                          "levels deep"));
}

TEST(YamlLimits, DepthThroughAliases) {
  const std::string text = "a: &a " + Nested(40) + "\nb: ";
  EXPECT_THAT(
      ParseText(text + Repeat("[", 23) + "*a" + Repeat("]", 23)).Lines(),
      IsEmpty());
  EXPECT_THAT(
      ParseText(text + Repeat("[", 24) + "*a" + Repeat("]", 24)).Lines(),
      ElementsAre(HasSubstr("more than 64 levels deep, aliases")));
}

TEST(YamlLimits, Documents) {
  EXPECT_THAT(ParseText(Repeat("---\na: 1\n", 1000)).Lines(), IsEmpty());
  const Parsed parsed = ParseText(Repeat("---\na: 1\n", 1001));
  EXPECT_THAT(parsed.Lines(),
              ElementsAre(HasSubstr("the file holds more than 1000 "
                                    "documents")));
  EXPECT_EQ(parsed.documents.size(), 1001u);
  EXPECT_TRUE(parsed.documents.back().broken);
}

TEST(YamlLimits, ScalarSize) {
  const std::string most = std::string(256u << 10, 'x');
  EXPECT_THAT(ParseText("a: " + most).Lines(), IsEmpty());
  EXPECT_THAT(ParseText("a: " + most + "x").Lines(),
              ElementsAre(HasSubstr("the text takes more than 256 KiB")));
  EXPECT_THAT(ParseText(most + "x: a").Lines(), Not(IsEmpty()));
}

TEST(YamlLimits, Values) {
  YamlLimits limits;
  limits.max_nodes = 10;
  EXPECT_THAT(ParseText("[1,2,3,4,5,6,7,8,9]", limits).Lines(), IsEmpty());
  EXPECT_THAT(ParseText("[1,2,3,4,5,6,7,8,9,10]", limits).Lines(),
              ElementsAre(HasSubstr("the file holds more than 10 values")));
}

TEST(YamlLimits, BillionLaughs) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last +
            Repeat(", " + last, 8) + "]\n";
  }
  EXPECT_THAT(ParseText(text).Lines(),
              ElementsAre(HasSubstr("more than 250000 values, aliases "
                                    "expanded")));
}

TEST(YamlLimits, BytesThroughAliases) {
  const std::string text = "a: &a \"" + std::string(200'000, 'x') + "\"\nb: [" +
                           Repeat("*a, ", 1000) + "]\n";
  EXPECT_THAT(ParseText(text).Lines(),
              ElementsAre(HasSubstr("take more than 4 MiB, aliases "
                                    "expanded")));
}

TEST(YamlLimits, ManyErrorsEndTheFile) {
  EXPECT_EQ(ParseText(Repeat("a: 1\n", 5000)).diagnostics.error_count(), 100u);
  EXPECT_EQ(ParseText(Repeat("---\n]\n", 5000)).diagnostics.error_count(), 20u);
}

// yaml-cpp reads them in time and memory that follow their size; what is
// tested is that nothing crashes and that something is said.
TEST(YamlLimits, SurvivesHostileTexts) {
  constexpr std::size_t kTimes = 30'000;
  const char* const pieces[] = {
      "[",         "{",        "? ",
      "- ",        ":",        "a: ",
      "\"\"",      "&a ",      "*a ",
      "!a ",       "- [",      "[,",
      "{a: ",      "|\n",      "a: |\n",
      ",",         "---\n]\n", "!!",
      "%a\n---\n", "&a [",     "\xF0\x9F\x98\x80: [",
  };
  for (const char* piece : pieces) {
    const Parsed parsed = ParseText(Repeat(piece, kTimes));
    EXPECT_TRUE(parsed.diagnostics.HasErrors()) << piece;
  }
}

TEST(YamlLimits, LongLinesCostTheirSize) {
  // Each key's column is counted from the last one's.
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) text += "é" + std::to_string(i) + ": 1, ";
  const Parsed parsed = ParseText(text + "é: 2}");
  EXPECT_THAT(parsed.Lines(), IsEmpty());
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++column;
  }
  EXPECT_EQ(parsed.root().AsMap().back().key_range.column, column + 1);
}

}  // namespace
}  // namespace writ::manifests
