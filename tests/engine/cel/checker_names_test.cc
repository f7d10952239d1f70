// How the checker resolves names: containers, dotted variables, locals.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/engine/cel/checker_fixture.h"

namespace writ::engine::cel {
namespace {

TEST(CheckerNames, ContainerComesBeforeTheRoot) {
  const Environment environment = EnvironmentOf(
      {{"a.b.x", "int"}, {"a.x", "uint"}, {"x", "string"}}, "a.b");
  EXPECT_EQ(DeduceIn(environment, "x"), "int");
  EXPECT_EQ(DeduceIn(environment, ".x"), "string");
  EXPECT_EQ(DeduceIn(environment, "a.x"), "uint");
  EXPECT_EQ(DeduceIn(environment, "b.x"), "int");
}

TEST(CheckerNames, LongestPrefixIsTheVariable) {
  const Environment environment =
      EnvironmentOf({{"a", "map(string, map(string, bool))"},
                     {"a.b", "map(string, int)"},
                     {"a.b.c", "string"}});
  EXPECT_EQ(DeduceIn(environment, "a.b.c"), "string");
  EXPECT_EQ(DeduceIn(environment, "a.b.d"), "int");
  EXPECT_EQ(DeduceIn(environment, "a.c.d"), "bool");
  EXPECT_EQ(DeduceIn(environment, "a.?b.c"), "optional_type(bool)");
}

TEST(CheckerNames, LocalsHideTheRest) {
  const Environment environment = EnvironmentOf(
      {{"y", "string"}, {"y.z", "string"}, {"n.y.z", "bytes"}}, "n");
  EXPECT_EQ(DeduceIn(environment, "[{'z': 0}].map(y, y.z)[0]"), "int");
  EXPECT_EQ(DeduceIn(environment, "[{'z': 0}].map(y, .y.z)[0]"), "string");
  EXPECT_EQ(DeduceIn(environment, "[0].map(y, .y)[0]"), "string");
  EXPECT_EQ(DeduceIn(environment, "y.z"), "bytes");
  EXPECT_EQ(DeduceIn(environment, "cel.bind(y, {'z': 1u}, y.z)"), "uint");
}

TEST(CheckerNames, InnerLocalsHideOuterOnes) {
  EXPECT_EQ(Deduce("[1].map(x, ['a'].map(x, x))[0][0]"), "string");
  EXPECT_EQ(Deduce("[1].map(x, ['a'].exists(x, x == '') ? x : 2)[0]"), "int");
}

TEST(CheckerNames, FunctionsAndVariablesDoNotClash) {
  EXPECT_EQ(Deduce("size(size) > size.size()", {{"size", "string"}}), "bool");
}

TEST(CheckerNames, TypesAreFoundFromTheContainer) {
  const Environment environment = EnvironmentOf({}, "google");
  EXPECT_EQ(DeduceIn(environment, "protobuf.Duration"),
            "type(google.protobuf.Duration)");
}

TEST(CheckerNames, FunctionsOfAContainerAreFound) {
  Environment environment = EnvironmentOf({{"x", "int"}}, "a.b");
  environment.AddFunction("a.f", {Style::kFunction,
                                  {Type(Type::Kind::kInt)},
                                  Type(Type::Kind::kString),
                                  nullptr,
                                  Strictness::kStrict});
  EXPECT_EQ(DeduceIn(environment, "f(1)"), "string");
  EXPECT_EQ(DeduceIn(environment, "a.f(1)"), "string");
  // A local is no namespace.
  EXPECT_EQ(DeduceIn(environment, "[1].map(a, a.f(1))"),
            R"(1:14: there is no method "f" (it is a function: f(x)))");
}

TEST(CheckerNames, GenericFunctionsOfAnEnvironmentAreInstantiated) {
  Environment environment = EnvironmentOf({});
  environment.AddFunction(
      "pair", {Style::kFunction, *ParseTypes("T, U"), *ParseType("pair(T, U)"),
               nullptr, Strictness::kStrict});
  EXPECT_EQ(DeduceIn(environment, "pair(1, 'a')"), "pair(int, string)");
  EXPECT_EQ(DeduceIn(environment, "[pair(1, dyn(2)), pair(dyn(1), 2)][0]"),
            "pair(dyn, dyn)");
  EXPECT_EQ(DeduceIn(environment, "pair(1, 2) == pair(dyn(1), 2)"), "bool");
  EXPECT_EQ(DeduceIn(environment, "[pair(1, []), pair(1, [2u])]"),
            "list(pair(int, list(uint)))");
  EXPECT_EQ(DeduceIn(environment, "pair(1, 2) == pair('a', 2)").substr(0, 5),
            "1:12:");
}

}  // namespace
}  // namespace writ::engine::cel
