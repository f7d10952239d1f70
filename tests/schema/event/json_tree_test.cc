// JSON off the wire: what is read, and what is refused (T-21).
#include "schema/event/json_tree.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "schema/json.h"
#include "tests/support/arbitrary_value.h"

namespace writ {
namespace {

std::string CodeOf(JsonReader& reader, std::string_view text) {
  return reader.Read(text) == nullptr ? reader.problem().code : "taken";
}

std::string Again(JsonReader& reader, std::string_view text) {
  const JsonTree* tree = reader.Read(text);
  if (tree == nullptr) return reader.problem().code;
  std::string out;
  AppendJson(*tree, 0, out);
  return out;
}

TEST(JsonReader, PrintsWhatItReadOnOneLine) {
  JsonReader reader;
  const std::string text =
      R"({"b":[1,-2,2.5,18446744073709551615,true,null,[],{}],"a":{"é":"\u000a\"x"}})";
  EXPECT_EQ(Again(reader,
                  " { \"b\" : [1,-2, 25e-1,18446744073709551615,true,"
                  "null,[],{}],\n\"a\":{\"\\u00e9\":\"\\n\\\"x\"} } "),
            text);
  EXPECT_EQ(Again(reader, text), text);
}

TEST(JsonReader, RefusesWhatIsNoJson) {
  JsonReader reader;
  for (const char* text : {"",
                           " ",
                           "{",
                           "[1,]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "01",
                           "1.",
                           "-",
                           "+1",
                           "nul",
                           "truefalse",
                           "1 2",
                           "{} {}",
                           "\"\\ud800\"",
                           "\"\\x\"",
                           "\"\t\"",
                           "\"",
                           "NaN",
                           "Infinity",
                           "1e400",
                           "18446744073709551616",
                           "\xef\xbb\xbf{}",
                           "\"\xff\"",
                           "\"\xc0\xaf\"",
                           "\"\xed\xa0\x80\"",
                           "/* */ 1"}) {
    EXPECT_EQ(CodeOf(reader, text), "invalid_json") << text;
  }
  EXPECT_EQ(CodeOf(reader, std::string_view("\"\0\"", 3)), "invalid_json");
  EXPECT_EQ(CodeOf(reader, std::string_view("1\0", 2)), "invalid_json");
  EXPECT_EQ(CodeOf(reader, "{\"a\":1}"), "taken");  // and goes on
}

TEST(JsonReader, RefusesAKeyThatStandsTwice) {
  JsonReader reader;
  EXPECT_EQ(CodeOf(reader, R"({"a":1,"b":2,"a":1})"), "duplicate_key");
  EXPECT_EQ(CodeOf(reader, R"([{"x":{"a":1,"\u0061":2}}])"), "duplicate_key");
  EXPECT_EQ(CodeOf(reader, R"({"a":{"a":{"a":1}},"b":{"a":1}})"), "taken");
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":{},";
  EXPECT_EQ(CodeOf(reader, many + "\"last\":0}"), "taken");
  EXPECT_EQ(CodeOf(reader, many + "\"k50\":0}"), "duplicate_key");
}

TEST(JsonReader, KeepsToItsLimits) {
  JsonLimits limits;
  limits.bytes = 40;
  limits.depth = 3;
  limits.values = 5;
  limits.key_bytes = 4;
  JsonReader reader(limits);
  EXPECT_EQ(CodeOf(reader, "[[[1]]]"), "taken");
  EXPECT_EQ(CodeOf(reader, "[[[[]]]]"), "depth_limit");
  EXPECT_EQ(CodeOf(reader, "[1,2,3,4]"), "taken");
  EXPECT_EQ(CodeOf(reader, "[1,2,3,4,5]"), "values_limit");
  EXPECT_EQ(CodeOf(reader, R"({"abcd":1})"), "taken");
  EXPECT_EQ(CodeOf(reader, R"({"abcde":1})"), "key_limit");
  EXPECT_EQ(CodeOf(reader, std::string(39, ' ') + "1"), "taken");
  EXPECT_EQ(CodeOf(reader, std::string(40, ' ') + "1"), "body_limit");
  EXPECT_NE(reader.problem().message.find("40"), std::string::npos);
}

TEST(JsonReader, SurvivesBracketsWithoutEnd) {
  JsonReader reader;
  const std::string open(500'000, '[');
  const std::string close(500'000, ']');
  EXPECT_EQ(CodeOf(reader, open), "invalid_json");
  EXPECT_EQ(CodeOf(reader, open + close), "depth_limit");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(CodeOf(reader, objects + "1" + std::string(100'000, '}')),
            "depth_limit");
}

TEST(JsonTree, FindsMembersOfItsOwnLevelAlone) {
  JsonReader reader;
  const JsonTree* tree = reader.Read(R"({"x":{"a":1},"a":[{"b":2}],"b":3})");
  ASSERT_NE(tree, nullptr);
  EXPECT_EQ((*tree)[FindMember(*tree, 0, "b")].integer, 3);
  EXPECT_EQ((*tree)[FindMember(*tree, 0, "a")].type, JsonType::kArray);
  EXPECT_EQ(FindMember(*tree, 0, "c"), 0U);
  EXPECT_EQ(FindMember(*tree, FindMember(*tree, 0, "b"), "a"), 0U);
}

TEST(JsonTree, EscapesPointers) {
  std::string pointer = "/data";
  AppendPointer("a/b~c", pointer);
  EXPECT_EQ(pointer, "/data/a~1b~0c");
}

// Whatever the other reader of JSON makes of a value, this one makes too.
RC_GTEST_PROP(JsonReader, ReadsWhatParseJsonReads, ()) {
  const Value value = *testing::ArbitraryValue();
  const std::string text = CompactJson(value);
  JsonReader reader;
  const JsonTree* tree = reader.Read(text);
  RC_ASSERT(tree != nullptr);
  std::string again;
  AppendJson(*tree, 0, again);
  const auto parsed = ParseJson(again);
  RC_ASSERT(parsed.has_value());
  // 2.0 is written as 2 here: the same number of JSON.
  RC_ASSERT(CanonicalJson(*ParseJson(CanonicalJson(*parsed))) ==
            CanonicalJson(*parsed));
  std::string third;
  AppendJson(*reader.Read(again), 0, third);
  RC_ASSERT(third == again);
}

}  // namespace
}  // namespace writ
