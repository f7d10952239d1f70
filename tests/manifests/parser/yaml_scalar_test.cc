#include "manifests/yaml_scalar.h"

#include <gtest/gtest.h>

#include <string_view>

#include "schema/json.h"

namespace writ::manifests {
namespace {

struct Case {
  std::string_view text;
  std::string_view want;  // as JSON; empty: refused
};

TEST(YamlScalar, TypesPlainScalarsByTheCoreSchema) {
  const Case cases[] = {
      // Null and booleans: three spellings each, and nothing older.
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"nULL", "\"nULL\""},
      {"true", "true"},
      {"True", "true"},
      {"FALSE", "false"},
      {"tRUE", "\"tRUE\""},
      {"no", "\"no\""},
      {"yes", "\"yes\""},
      {"on", "\"on\""},
      {"off", "\"off\""},
      {"y", "\"y\""},
      // Integers.
      {"0", "0"},
      {"010", "10"},
      {"-7", "-7"},
      {"+7", "7"},
      {"0x1F", "31"},
      {"0xff", "255"},
      {"0o17", "15"},
      {"0b11", "\"0b11\""},
      {"0x", "\"0x\""},
      {"0xg", "\"0xg\""},
      {"0o8", "\"0o8\""},
      {"-0x1", "\"-0x1\""},
      {"1_000", "\"1_000\""},
      {"12:30:45", "\"12:30:45\""},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", ""},
      {"-9223372036854775809", ""},
      {"0xFFFFFFFFFFFFFFFF", ""},
      // Numbers.
      {"1.5", "1.5"},
      {"1.", "1.0"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"1e3", "1000.0"},
      {"1E-3", "0.001"},
      {"+1.5e+2", "150.0"},
      {"1e", "\"1e\""},
      {"1e+", "\"1e+\""},
      {".", "\".\""},
      {"-", "\"-\""},
      {"+", "\"+\""},
      {"1.2.3", "\"1.2.3\""},
      {"1e999", ""},
      {".inf", ""},
      {"-.Inf", ""},
      {"+.INF", ""},
      {".nan", ""},
      {".NaN", ""},
      {"inf", "\"inf\""},
      {"nan", "\"nan\""},
      // Texts that only look like something else.
      {"2026-11-21", "\"2026-11-21\""},
      {"2026-11-27T00:00:00Z", "\"2026-11-27T00:00:00Z\""},
      {"90d", "\"90d\""},
      {"1/s", "\"1/s\""},
  };
  for (const Case& c : cases) {
    const TypedScalar typed = TypePlainScalar(c.text);
    EXPECT_EQ(typed.fault.has_value(), c.want.empty()) << c.text;
    if (!c.want.empty()) {
      const auto want = ParseJson(c.want);
      ASSERT_TRUE(want.has_value()) << c.want;
      EXPECT_EQ(typed.value, *want) << c.text;
    }
  }
}

TEST(YamlScalar, HonoursTheTagsOfTheCoreSchema) {
  const auto type = [](std::string_view tag, std::string_view text) {
    return TypeTaggedScalar("tag:yaml.org,2002:" + std::string(tag), text);
  };
  EXPECT_EQ(type("str", "12").value, Value("12"));
  EXPECT_EQ(type("str", "").value, Value(""));
  EXPECT_EQ(type("int", "12").value, Value(12));
  EXPECT_EQ(type("float", "12").value, Value(12.0));
  EXPECT_EQ(type("float", "1.5").value, Value(1.5));
  EXPECT_EQ(type("bool", "true").value, Value(true));
  EXPECT_FALSE(type("null", "").fault);
  EXPECT_TRUE(type("int", "x").fault);
  EXPECT_TRUE(type("int", "1.5").fault);
  EXPECT_TRUE(type("bool", "yes").fault);
  EXPECT_TRUE(type("null", "x").fault);
}

TEST(YamlScalar, RefusesOtherTags) {
  EXPECT_TRUE(TypeTaggedScalar("!secret", "x").fault);
  EXPECT_TRUE(TypeTaggedScalar("tag:yaml.org,2002:binary", "aGk=").fault);
  EXPECT_TRUE(TypeTaggedScalar("tag:yaml.org,2002:timestamp", "2026").fault);
}

}  // namespace
}  // namespace writ::manifests
