#include "schema/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace writ {
namespace {

using namespace std::string_view_literals;

Value Map(std::initializer_list<std::pair<const char*, Value>> entries) {
  Value map{Value::Map{}};
  for (const auto& [key, value] : entries) map.Set(key, value);
  return map;
}

TEST(Json, CanonicalFormHasSortedKeysAndNoWhiteSpace) {
  const Value value =
      Map({{"b", Value::List{1, true, Value(), "x"}},
           {"a", Map({{"é", 1}, {"z", 2}, {"Z", 3}, {"", 4}})}});
  EXPECT_EQ(CanonicalJson(value),
            R"({"a":{"":4,"Z":3,"z":2,"é":1},"b":[1,true,null,"x"]})");
  EXPECT_EQ(CompactJson(value),
            R"({"b":[1,true,null,"x"],"a":{"é":1,"z":2,"Z":3,"":4}})");
}

TEST(Json, PrettyFormIndentsByTwoAndClosesTheEmptyOnTheSameLine) {
  const Value value = Map({{"b", Value::List{1, Map({{"c", "d"}})}},
                           {"a", Value(Value::Map{})},
                           {"l", Value(Value::List{})}});
  EXPECT_EQ(PrettyJson(value), R"({
  "b": [
    1,
    {
      "c": "d"
    }
  ],
  "a": {},
  "l": []
})");
  EXPECT_EQ(PrettyJson(Map({{"a", 1}}), 2), "{\n      \"a\": 1\n    }");
  EXPECT_EQ(PrettyJson(Value("x")), "\"x\"");
}

TEST(Json, NumbersAreShortAndKeepTheirType) {
  struct Case {
    Value value;
    std::string_view want;
  };
  const Case cases[] = {
      {0, "0"},
      {-1, "-1"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
      {std::numeric_limits<std::int64_t>::max(), "9223372036854775807"},
      {0.0, "0.0"},
      {-0.0, "-0.0"},
      {1.0, "1.0"},
      {0.1, "0.1"},
      {1.0 / 3, "0.3333333333333333"},
      {1e300, "1e+300"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {9007199254740993.0, "9007199254740992.0"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(CanonicalJson(c.value), c.want);
    EXPECT_EQ(ParseJson(c.want).value(), c.value) << c.want;
  }
  EXPECT_TRUE(std::signbit(ParseJson("-0.0").value().AsNumber()));
}

TEST(Json, WhatJsonCannotSayIsNull) {
  EXPECT_EQ(CanonicalJson(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(CanonicalJson(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(Json, EscapesQuotesBackslashesAndControlsOnly) {
  EXPECT_EQ(QuoteJson("a\"b\\c/d\x7f"
                      "é\u2028"),
            "\"a\\\"b\\\\c/d\x7f"
            "é\u2028\"");
  EXPECT_EQ(QuoteJson("\n\t\0\x1f"sv), R"("\u000a\u0009\u0000\u001f")");
  EXPECT_EQ(QuoteJson("a\xff\xe2\x82z"), "\"a\uFFFD\uFFFD\uFFFDz\"");
}

// T-17: people look at it on a terminal.
TEST(Json, ShowsWhatCannotBeSeenInWhatPeopleRead) {
  const Value value("a\u202eb\u200b\U000e0041 é 😀");
  const std::string shown = PrettyJson(value);
  EXPECT_EQ(shown, "\"a\\u202eb\\u200b\\udb40\\udc41 é 😀\"");
  EXPECT_EQ(ParseJson(shown).value(), value);
  EXPECT_EQ(ParseJson(CanonicalJson(value)).value(), value);
}

TEST(Json, ReadsEveryEscape) {
  EXPECT_EQ(ParseJson(R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")").value(),
            Value("\"\\/\b\f\n\r\té😀"));
  EXPECT_EQ(ParseJson(R"("\u0000")").value().AsString(), "\0"sv);
}

TEST(Json, IntegersBeyond64BitsBecomeNumbers) {
  EXPECT_EQ(ParseJson("9223372036854775808").value(),
            Value(9223372036854775808.0));
  EXPECT_EQ(ParseJson("18446744073709551616").value(),
            Value(18446744073709551616.0));
  EXPECT_EQ(ParseJson("-9223372036854775809").value(),
            Value(-9223372036854775809.0));
}

TEST(Json, KeepsTheOrderOfKeys) {
  const Value value = ParseJson(R"({"z":1,"a":2,"m":3})").value();
  EXPECT_EQ(value.AsMap()[0].key, "z");
  EXPECT_EQ(value.AsMap()[2].key, "m");
}

TEST(Json, RefusesWhatItCouldNotPrintAgain) {
  const std::string_view cases[] = {""sv,
                                    " "sv,
                                    "{"sv,
                                    "}"sv,
                                    "["sv,
                                    "[1,]"sv,
                                    "{\"a\":1,}"sv,
                                    "[1 2]"sv,
                                    "1 2"sv,
                                    "{}x"sv,
                                    "nul"sv,
                                    "True"sv,
                                    "NaN"sv,
                                    "Infinity"sv,
                                    "-"sv,
                                    "01"sv,
                                    "1."sv,
                                    ".5"sv,
                                    "+1"sv,
                                    "0x10"sv,
                                    "1e"sv,
                                    "'a'"sv,
                                    "{a:1}"sv,
                                    "{1:1}"sv,
                                    "// x\n1"sv,
                                    "/* x */1"sv,
                                    "\"a"sv,
                                    "\"\n\""sv,
                                    "\"\\x\""sv,
                                    "\"\\u12\""sv,
                                    "\"\\ud800\""sv,
                                    "\"\\ud800\\u0041\""sv,
                                    "\"\\udc00\""sv,
                                    "\"\xff\""sv,
                                    "\"\xc0\x80\""sv,
                                    "\"\xed\xa0\x80\""sv,
                                    "\"\xf4\x90\x80\x80\""sv,
                                    "\xff"sv,
                                    "1\0"sv,
                                    "\"a\0b\""sv,
                                    "\0"sv,
                                    "1e400"sv,
                                    "-1e400"sv,
                                    "{\"a\":1,\"a\":1}"sv,
                                    "[{\"a\":{\"b\":1,\"b\":2}}]"sv,
                                    "{\"a\":1,\"\\u0061\":2}"sv};
  for (const std::string_view text : cases) {
    const auto parsed = ParseJson(text);
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kCorrupt) << text;
    EXPECT_NE(parsed.error().message.find("(byte "), std::string::npos)
        << parsed.error().message;
  }
}

TEST(Json, NamesTheRepeatedKeyHoweverLargeTheObject) {
  for (const int size : {1, 11, 12, 13, 500}) {
    std::string text = "{";
    for (int i = 0; i < size; ++i) {
      text += "\"k" + std::to_string(i) + "\":0,";
    }
    const auto parsed = ParseJson(text + "\"k0\":1}");
    ASSERT_FALSE(parsed.has_value()) << size;
    EXPECT_NE(parsed.error().message.find("the key \"k0\" twice"),
              std::string::npos);
    EXPECT_TRUE(ParseJson(text + "\"other\":1}").has_value());
  }
}

TEST(Json, StopsAt64Levels) {
  const auto nested = [](int levels) {
    const auto count = static_cast<std::size_t>(levels);
    return std::string(count, '[') + std::string(count, ']');
  };
  EXPECT_TRUE(ParseJson(nested(64)).has_value());
  EXPECT_FALSE(ParseJson(nested(65)).has_value());
  EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')).has_value());
  std::string maps;
  for (int i = 0; i < 100'000; ++i) maps += "{\"a\":";
  const auto parsed = ParseJson(maps);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().message, "more than 64 levels (byte 321)");
}

// What couldn't be read may be a secret that somebody stored badly.
TEST(Json, ErrorsDoNotRepeatTheText) {
  const auto parsed = ParseJson("{\"password\": hunter2}");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().message, "the text is not JSON (byte 14)");
}

}  // namespace
}  // namespace writ
