// Calls of format that can't go well are issues before anything runs.
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

void ExpectAll(const std::vector<Case>& cases) {
  const Declared declared = {{"d", "dyn"},
                             {"n", "int"},
                             {"t", "string"},
                             {"l", "list(dyn)"},
                             {"o", "optional_type(int)"}};
  for (const Case& c : cases) {
    EXPECT_EQ(Deduce(c.expression, declared), c.want) << c.expression;
  }
}

TEST(CheckerFormat, RefusesValuesThatTheirClauseNeverTakes) {
  ExpectAll({
      {"'%d'.format([t])", "1:14: the decimal clause can't be used on string"},
      {"'%s %.2f'.format([t, t])",
       "1:22: the fixed-point clause can't be used on string"},
      {"'%e'.format([true])",
       "1:14: the scientific clause can't be used on bool"},
      {"'%x'.format([1.5])",
       "1:14: the hexadecimal clause can't be used on double"},
      {"'%X'.format([null])",
       "1:14: the hexadecimal clause can't be used on null_type"},
      {"'%o'.format([t])", "1:14: the octal clause can't be used on string"},
      {"'%b'.format([b'a'])", "1:14: the binary clause can't be used on bytes"},
      {"'%d'.format([duration('1s')])",
       "1:14: the decimal clause can't be used on google.protobuf.Duration"},
  });
}

TEST(CheckerFormat, RefusesFormatsThatAreWrong) {
  ExpectAll({
      {"'%s %s'.format([t])",
       "1:1: format has more clauses than values, of which it has 1"},
      {"'%s'.format([])",
       "1:1: format has more clauses than values, of which it has 0"},
      {"'%q'.format([t])",
       "1:1: a formatting clause ends in one of s d f e x X o b"},
      {"'100%'.format([])", "1:1: a formatting clause has no end"},
      {"'%.f'.format([n])",
       "1:1: the precision must be a number from 0 to 1000"},
  });
}

// What only the run can tell is left to it; more values than clauses are
// allowed.
TEST(CheckerFormat, LeavesTheRestToTheRun) {
  for (const std::string expression : {
           "'%d %x %s'.format([d, d, d])",
           "'%d'.format(l)",
           "t.format([t])",
           "'%s'.format([?o])",
           "'%s %s'.format([?o, 1])",
           "'%s'.format([t, t])",
           "'100%%'.format([])",
           "'%s'.format([[1, 'a', {'k': null}]])",
           "'%s %s %s'.format([timestamp(0), duration('1s'), int])",
           "'%b %b %o %x %x'.format([true, 5u, 8, 'a', b'a'])",
           "'%d %f %e'.format([1.5, 1, 1u])",
           "[1].map(x, '%d'.format([x]))[0]",
       }) {
    EXPECT_EQ(Deduce(expression, {{"d", "dyn"},
                                  {"n", "int"},
                                  {"t", "string"},
                                  {"l", "list(dyn)"},
                                  {"o", "optional_type(int)"}}),
              "string")
        << expression;
  }
}

}  // namespace
}  // namespace writ::engine::cel
