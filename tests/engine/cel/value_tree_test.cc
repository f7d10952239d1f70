#include "engine/cel/value_tree.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/json.h"
#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

Value Evaluated(const std::string& text) {
  static const Environment environment;
  static std::vector<Program> programs;  // what results borrow from
  auto program = Program::Compile(text, environment);
  EXPECT_TRUE(program) << Describe(program.error());
  programs.push_back(*std::move(program));
  Bindings bindings(environment);
  return programs.back().Evaluate(bindings);
}

TEST(ValueTree, PrintsAndReadsTheTypedForm) {
  struct Case {
    std::string expression;
    std::string json;
  };
  const std::vector<Case> cases = {
      {"null", R"({"null":null})"},
      {"true", R"({"bool":true})"},
      {"-1", R"({"int":"-1"})"},
      {"18446744073709551615u", R"({"uint":"18446744073709551615"})"},
      {"1.0", R"({"double":"1.0"})"},
      {"-0.0", R"({"double":"-0.0"})"},
      {"1e300 * 1e300", R"({"double":"Infinity"})"},
      {"9223372036854775807.0", R"({"double":"9.223372036854776e+18"})"},
      {"0.00001", R"({"double":"1e-05"})"},
      {"'\\u00e9'", "{\"string\":\"\xC3\xA9\"}"},
      {"b'\\xff'", R"({"bytes":"/w=="})"},
      {"[1, 'a']", R"({"list":[{"int":"1"},{"string":"a"}]})"},
      {"{1u: [true]}", R"({"map":[[{"uint":"1"},{"list":[{"bool":true}]}]]})"},
      {"timestamp('2009-02-13T23:31:30.5+01:00')",
       R"({"timestamp":"2009-02-13T22:31:30.5Z"})"},
      {"duration('-90m')", R"({"duration":"-5400s"})"},
      {"type([])", R"({"type":"list"})"},
      {"optional.of(1)", R"({"optional":{"int":"1"}})"},
      {"optional.none()", R"({"optional":null})"},
  };
  for (const Case& c : cases) {
    const auto tree = ToTypedTree(Evaluated(c.expression));
    ASSERT_TRUE(tree) << c.expression;
    EXPECT_EQ(CompactJson(*tree), c.json);
    const auto back = FromTypedTree(*tree);
    ASSERT_TRUE(back) << c.json;
    EXPECT_EQ(CompactJson(*ToTypedTree(*back)), c.json);
  }
}

TEST(ValueTree, PrintsThePlainFormAsPeopleWriteJson) {
  const auto tree = ToPlainTree(Evaluated(
      "{'a': [1, 2u, 1.5, 'x', b'y', null, true], 'b': duration('1h'), "
      "'c': optional.of({1: timestamp(0)}), 'd': optional.none(), "
      "'e': 0.0 / 0.0, 'f': ip('::1'), 'g': int}"));
  ASSERT_TRUE(tree);
  EXPECT_EQ(CompactJson(*tree),
            R"({"a":[1,2,1.5,"x","eQ==",null,true],"b":"3600s",)"
            R"("c":{"1":"1970-01-01T00:00:00Z"},"d":null,"e":"NaN",)"
            R"("f":"::1","g":"int"})");
}

TEST(ValueTree, RefusesWhatIsNoTypedValue) {
  for (const char* json :
       {"1", "{}", R"({"int":1})", R"({"int":"x"})", R"({"int":"1","a":1})",
        R"({"what":"x"})", R"({"list":1})", R"({"map":[[{"int":"1"}]]})",
        R"({"bytes":"*"})", R"({"timestamp":"x"})", R"({"null":1})",
        R"({"map":[[{"double":"1"},{"int":"1"}]]})"}) {
    EXPECT_FALSE(FromTypedTree(*ParseJson(json))) << json;
  }
}

TEST(ValueTree, RefusesWhatIsTooLarge) {
  Value list = Value::List({Value::Int(1), Value::Int(1)});
  for (int i = 0; i < 60; ++i) list = Value::List({list, list});
  EXPECT_FALSE(ToTypedTree(list));
  Value deep = Value::List({});
  for (int i = 0; i < 1'000; ++i) deep = Value::List({deep});
  EXPECT_FALSE(ToPlainTree(deep));
}

}  // namespace
}  // namespace writ::engine::cel
