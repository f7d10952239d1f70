// What the checker refuses, where, and what it proposes.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/cel/checker_fixture.h"

namespace writ::engine::cel {
namespace {

struct Case {
  std::string expression;
  std::string want;  // "line:column summary", or with " (hint)"
};

void ExpectErrors(const std::vector<Case>& cases,
                  const Declared& declared = {}) {
  for (const Case& c : cases) {
    EXPECT_EQ(FirstError(c.expression, declared), c.want) << c.expression;
  }
}
}  // namespace
}  // namespace writ::engine::cel
