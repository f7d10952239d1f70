// What the checker refuses, where, and what it proposes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/cel/checker_fixture.h"

namespace writ::engine::cel {
namespace {

struct Case {
  std::string expression;
  std::string want;
};

void ExpectAll(const std::vector<Case>& cases, const Declared& declared = {}) {
  for (const Case& c : cases) {
    EXPECT_EQ(Deduce(c.expression, declared), c.want) << c.expression;
  }
}

TEST(CheckerIssues, NameWhatIsNotDeclared) {
  ExpectAll(
      {
          {"chnge", R"(1:1: nothing is declared as "chnge" )"
                    R"((did you mean "change"?))"},
          {"1 + zzz", R"(1:5: nothing is declared as "zzz")"},
          {"zzz.a.b", R"(1:1: nothing is declared as "zzz")"},
          {"variables.isProd", R"(1:11: nothing is declared as )"
                               R"("variables.isProd" (did you mean )"
                               R"("variables.isProd2"?))"},
          {"[1].all(item, itme > 0)",
           R"(1:15: nothing is declared as "itme" (did you mean "item"?))"},
          {"[1].all(x, x > 0) && x > 0", R"(1:22: nothing is declared as "x")"},
      },
      {{"change", "dyn"}, {"variables.isProd2", "bool"}});
}

TEST(CheckerIssues, NameFunctionsThatAreNot) {
  ExpectAll({
      {"sise('a')",
       R"(1:1: there is no function "sise" (did you mean "size"?))"},
      {"'a'.startWith('b')", R"(1:5: there is no method "startWith" )"
                             R"((did you mean "startsWith"?))"},
      {"startsWith('a', 'b')", R"(1:1: there is no function "startsWith" )"
                               R"((it is a method: x.startsWith()))"},
      {"math.sgn(1)", R"(1:6: there is no function "math.sgn" )"
                      R"((did you mean "math.sign"?))"},
      // Of a macro, as it is written.
      {"[1].exist(x, x > 0)", R"(1:5: there is no method "exist" )"
                              R"((did you mean "exists"?))"},
      {"[1].exists(x > 0)",
       R"(1:5: the macro "exists" does not take 1 argument )"
       R"((it takes 2 or 3))"},
      {"hass({}.b)", R"(1:1: there is no function "hass" )"
                     R"((did you mean "has"?))"},
      {"ab.size()", R"(1:1: nothing is declared as "ab")"},
      {"set.contains([1], [1])", R"(1:5: there is no function "set.contains" )"
                                 R"((did you mean "sets.contains"?))"},
      {"'a'.zzzzzzzz()", R"(1:5: there is no method "zzzzzzzz")"},
  });
}

TEST(CheckerIssues, NameArgumentsThatFitNoOverload) {
  ExpectAll({
      {"1 + 'a'", R"(1:3: "+" does not take (int, string))"},
      {"-'a'", R"(1:1: "-" does not take (string) )"
               R"((it takes (int) or (double)))"},
      {"!1", R"(1:1: "!" does not take (int) (it takes (bool)))"},
      {"'a'.contains(1)", R"(1:5: "contains" does not take string.(int) )"
                          R"((it takes string.(string)))"},
      {"size(1)", R"(1:1: "size" does not take (int) (it takes (string) or )"
                  R"((bytes) or (list(T)) or (map(K, V))))"},
      {"'a' in 1", R"(1:5: "in" does not take (string, int) )"
                   R"((it takes (T, list(T)) or (K, map(K, V))))"},
      {"1 in ['a']", R"(1:3: "in" does not take (int, list(string)) )"
                     R"((it takes (T, list(T)) or (K, map(K, V))))"},
      {"'a'.size(1)", R"(1:5: "size" does not take string.(int) (it takes )"
                      R"(string.() or bytes.() or list(T).() or )"
                      R"(map(K, V).()))"},
  });
}

TEST(CheckerIssues, SaySidesThatDiffer) {
  const std::string dyn = " (dyn() around one of them allows it)";
  ExpectAll({
      {"1 == 'a'", "1:3: int and string are never equal" + dyn},
      {"1 != 1u", "1:3: int and uint are never equal" + dyn},
      {"'a' == null", "1:5: string and null_type are never equal" + dyn},
      {"[1] == ['a']", "1:5: list(int) and list(string) are never equal" + dyn},
      {"true ? 1 : 'a'",
       "1:6: both outcomes of ? : are to have one type, not int and string" +
           dyn},
      {"1 ? 2 : 3", "1:1: what stands before ? is to be a bool, not int"},
      {"true && 1", "1:9: each side of && is to be a bool, not int"},
      {"'a' || true", "1:1: each side of || is to be a bool, not string"},
  });
}

TEST(CheckerIssues, SayWhatHasNoFieldsOrElements) {
  ExpectAll({
      {"1.a", "1:3: a value of type int has no fields"},
      {"'a'.b", "1:5: a value of type string has no fields"},
      {"has([1].a)", "1:9: a value of type list(int) has no fields"},
      {"'abc'[0]", "1:6: a value of type string has no elements"},
      {"[1]['a']", "1:5: the index into list(int) is to be int, not string"},
      {"[1][0u]", "1:5: the index into list(int) is to be int, not uint"},
      {"{'a': 1}[1]",
       "1:10: the index into map(string, int) is to be string, not int"},
      {"1.all(x, x)", "1:1: a macro goes over a list or a map, not over int"},
      {"[1].filter(x, x)", "1:15: a condition is to be a bool, not int"},
      {"[1].all(x, x)", "1:12: a condition is to be a bool, not int"},
      {"[?1]", "1:3: what follows ? is to be an optional, not int"},
      {"{?'a': 1}", "1:8: what follows ? is to be an optional, not int"},
  });
}

TEST(CheckerIssues, AreAllShownInTheOrderOfTheText) {
  EXPECT_EQ(Deduce("aaa + 1 == 'a' || bbb > ccc(1)"),
            R"(1:1: nothing is declared as "aaa")"
            "\n"
            R"(1:9: int and string are never equal )"
            R"((dyn() around one of them allows it))"
            "\n"
            R"(1:19: nothing is declared as "bbb")"
            "\n"
            R"(1:25: there is no function "ccc")");
}

TEST(CheckerIssues, BringNoneOfTheirOwnKind) {
  EXPECT_EQ(Deduce("aaa.b.c(1)[2].all(x, x.y > 0) ? 1 : 2"),
            R"(1:1: nothing is declared as "aaa")"
            "\n"
            R"(1:7: there is no method "c")");
}

TEST(CheckerIssues, CountLinesAndCodePoints) {
  EXPECT_EQ(Deduce("'é𝄞' +\n  'ü' + zzz"),
            R"(2:9: nothing is declared as "zzz")");
}

// A long name may be a credential that was pasted in the wrong place.
TEST(CheckerIssues, CutLongNames) {
  EXPECT_EQ(Deduce(std::string(1000, 'x')),
            R"(1:1: nothing is declared as "xxxxxxxxxxxx…")");
}

// T-21: what an author writes costs time in proportion to its length.
TEST(CheckerBounds, EndOnTypesThatDouble) {
  std::string text = "x99";
  for (int i = 99; i > 0; --i) {
    const std::string before = "x" + std::to_string(i - 1);
    text = "cel.bind(x" + std::to_string(i) + ", {" + before + ": " + before +
           "}, " + text + ")";
  }
  EXPECT_EQ(Deduce(text, {{"x0", "int"}}).substr(0, 8), "map(map(");
}

TEST(CheckerBounds, EndOnVariablesThatChain) {
  std::string bindings = "[]";
  std::string uses = "true";
  for (int i = 1; i < 2500; ++i) {
    bindings += ", []";
    uses += ", cel.index(" + std::to_string(i - 1) + ") == [cel.index(" +
            std::to_string(i) + ")]";
  }
  const std::string type =
      Deduce("cel.block([" + bindings + ", " + uses + "], cel.index(0))");
  EXPECT_FALSE(type.empty());
}

TEST(CheckerBounds, EndOnTypesThatNest) {
  std::string text = "[1]";
  for (int i = 0; i < 150; ++i) {
    text +=
        ".map(x, " + std::string(100, '[') + "x" + std::string(100, ']') + ")";
  }
  EXPECT_EQ(Deduce(text).substr(0, 5), "list(");
}

}  // namespace
}  // namespace writ::engine::cel
