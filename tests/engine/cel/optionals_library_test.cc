#include "tests/engine/cel/library_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(OptionalsLibrary, HoldsAValueOrNone) {
  ExpectOutcomes({{"optional.of(1)", "optional(1)"},
                  {"optional.none()", "optional()"},
                  {"optional.of(null)", "optional(null)"},
                  {"optional.of(optional.none())", "optional(optional())"},
                  {"optional.of(1).hasValue()", "true"},
                  {"optional.none().hasValue()", "false"},
                  {"optional.of('a').value()", "'a'"},
                  {"type(optional.of(1)) == optional_type", "true"},
                  {"optional.of(1) == optional.of(1)", "true"},
                  {"optional.of(1) == optional.of(2)", "false"},
                  {"optional.of(dyn(1)) == optional.of(dyn(1u))", "true"},
                  {"optional.none() == optional.none()", "true"},
                  {"optional.of(1) == optional.none()", "false"}});
  ExpectErrors({"optional.none().value()", "1.value()", "1.hasValue()",
                "optional.of()", "optional.none(1)"});
}

TEST(OptionalsLibrary, HoldsNoZeroWhereNoneIsWanted) {
  for (const char* zero :
       {"null", "false", "0", "0u", "0.0", "-0.0", "''", "b''", "[]", "{}",
        "duration('0s')", "timestamp(0)", "optional.none()"}) {
    EXPECT_EQ(Outcome("optional.ofNonZeroValue(" + std::string(zero) + ")"),
              "optional()")
        << zero;
  }
  for (const char* value : {"true", "1", "-1", "1u", "0.5", "' '", "b' '",
                            "[0]", "{0: 0}", "duration('1ns')", "timestamp(1)",
                            "int", "optional.of(0)", "ip('0.0.0.0')"}) {
    EXPECT_TRUE(Outcome("optional.ofNonZeroValue(" + std::string(value) + ")")
                    .starts_with("optional("))
        << value;
    EXPECT_EQ(Outcome("optional.ofNonZeroValue(" + std::string(value) +
                      ").hasValue()"),
              "true")
        << value;
  }
}

TEST(OptionalsLibrary, FallsBack) {
  ExpectOutcomes({{"optional.of(1).or(optional.of(2))", "optional(1)"},
                  {"optional.none().or(optional.of(2))", "optional(2)"},
                  {"optional.none().or(optional.none())", "optional()"},
                  {"optional.of(1).orValue(2)", "1"},
                  {"optional.none().orValue(2)", "2"},
                  {"{'a': 1}.?b.or({'b': 2}.?b).orValue(3)", "2"}});
  ExpectErrors({"optional.none().orValue(1 / 0)",
                "optional.none().or(optional.of(1 / 0))",
                "optional.of(1 / 0).orValue(1)", "1.or(optional.of(2))",
                "optional.none().or(1)", "dyn(1).orValue(2)"});
}

TEST(OptionalsLibrary, LeavesFallbacksThatAreNotNeeded) {
  ExpectOutcomes({{"optional.of(1).orValue(1 / 0)", "1"},
                  {"optional.of(1).or(optional.of(1 / 0))", "optional(1)"}});
}

TEST(OptionalsLibrary, MapsWhatItHolds) {
  ExpectOutcomes(
      {{"optional.of(2).optMap(x, x * 3)", "optional(6)"},
       {"optional.none().optMap(x, x * 3)", "optional()"},
       {"optional.none().optMap(x, 1 / 0)", "optional()"},
       {"optional.of(2).optMap(x, optional.of(x))", "optional(optional(2))"},
       {"optional.of(2).optFlatMap(x, optional.of(x + 1))", "optional(3)"},
       {"optional.of(2).optFlatMap(x, optional.none())", "optional()"},
       {"optional.none().optFlatMap(x, optional.of(x))", "optional()"},
       {"{'a': {'b': 1}}.?a.optFlatMap(a, a.?b)", "optional(1)"},
       {"{'a': {'b': 1}}.?a.optFlatMap(a, a.?c)", "optional()"},
       {"optional.of(1).optMap(x, optional.of(x + 1).optMap(y, x + y))",
        "optional(optional(3))"},
       {"optional.of(1).optMap(x, x + 1).optMap(x, x * 5)", "optional(10)"},
       {"cel.bind(x, 7, optional.of(x).optMap(y, x + y))", "optional(14)"}});
  ExpectErrors({"optional.of(0).optMap(x, 1 / x)", "1.optMap(x, x)",
                "optional.of(1).optMap(1, 1)", "optional.of(1).optMap(x.y, 1)",
                "optional.of(1 / 0).optMap(x, x)",
                "optional.of(1).optMap(x, y)"});
}

TEST(OptionalsLibrary, SelectsWhereThereIsSomething) {
  ExpectOutcomes({{"{'a': 1}.?a", "optional(1)"},
                  {"{'a': 1}.?b", "optional()"},
                  {"{'a': 1}[?'a']", "optional(1)"},
                  {"{'a': {'b': 1}}.?a.b", "optional(1)"},
                  {"{'a': {'b': {}}}.?x.b.c", "optional()"},
                  {"{'a': {'b': 1}}.?a.?c", "optional()"},
                  {"[1, 2][?1]", "optional(2)"},
                  {"[1, 2][?2]", "optional()"},
                  {"[1, 2][?-1]", "optional()"},
                  {"optional.of({'a': [1]}).a[0]", "optional(1)"},
                  {"optional.none().a", "optional()"},
                  {"optional.of([1])[?0]", "optional(1)"},
                  {"{1: 'a'}[?dyn(1u)]", "optional('a')"}});
}

TEST(OptionalsLibrary, LeavesOutElementsWithoutValue) {
  ExpectOutcomes({{"[1, ?optional.of(2), ?optional.none()]", "[1, 2]"},
                  {"{?'a': optional.of(1), ?'b': optional.none()}", "{'a': 1}"},
                  {"[?{'a': 1}.?a, ?{'a': 1}.?b]", "[1]"}});
  ExpectErrors({"[?1]", "{?'a': 1}", "[?dyn(1)]"});
}

TEST(OptionalsLibrary, UnwrapsLists) {
  ExpectOutcomes({{"optional.unwrap([optional.of(1), optional.none()])", "[1]"},
                  {"[optional.none(), optional.of('a')].unwrapOpt()", "['a']"},
                  {"optional.unwrap([])", "[]"},
                  {"[].unwrapOpt()", "[]"}});
  ExpectErrors({"optional.unwrap([1])", "[1].unwrapOpt()", "optional.unwrap(1)",
                "optional.unwrap([dyn(1)])"});
}

TEST(OptionalsLibrary, KnowsTheEndsOfLists) {
  ExpectOutcomes({{"[1, 2, 3].first()", "optional(1)"},
                  {"[1, 2, 3].last()", "optional(3)"},
                  {"[].first()", "optional()"},
                  {"[].last()", "optional()"},
                  {"[].last().orValue('none')", "'none'"}});
  ExpectErrors({"'a'.first()", "{}.last()", "[1].first(1)"});
}

}  // namespace
}  // namespace writ::engine::cel
