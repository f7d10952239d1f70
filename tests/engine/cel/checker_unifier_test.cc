// Type variables by themselves: what they take, and what is taken back.
#include "engine/cel/checker_unifier.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::engine::cel {
namespace {

Type Of(const std::string& text) { return *ParseType(text); }

TEST(Unifier, VariablesTakeTheFirstTypeThatTheyMeet) {
  Unifier unifier;
  const Type v = unifier.NewVariable();
  EXPECT_TRUE(unifier.Assign(Of("int"), v));
  EXPECT_EQ(unifier.Finish(Type::List(v)).ToText(), "list(int)");
  EXPECT_FALSE(unifier.Assign(Of("string"), v));
  EXPECT_EQ(unifier.Finish(v).ToText(), "int");
}

TEST(Unifier, VariablesBecomeMoreGeneral) {
  Unifier unifier;
  const Type v = unifier.NewVariable();
  EXPECT_TRUE(unifier.Assign(Of("map(string, int)"), v));
  EXPECT_TRUE(unifier.Assign(Of("map(string, dyn)"), v));
  EXPECT_TRUE(unifier.Assign(Of("map(string, bool)"), v));
  EXPECT_EQ(unifier.Finish(v).ToText(), "map(string, dyn)");
}

TEST(Unifier, VariablesFollowOneAnother) {
  Unifier unifier;
  const Type a = unifier.NewVariable();
  const Type b = unifier.NewVariable();
  const Type c = unifier.NewVariable();
  EXPECT_TRUE(unifier.Assign(a, b));
  EXPECT_TRUE(unifier.Assign(b, c));
  EXPECT_TRUE(unifier.Assign(c, a));
  EXPECT_TRUE(unifier.Resolve(a).Is(Type::Kind::kParameter));
  EXPECT_TRUE(unifier.Assign(Of("list(int)"), b));
  EXPECT_EQ(unifier.Finish(a).ToText(), "list(int)");
  EXPECT_EQ(unifier.Finish(c).ToText(), "list(int)");
}

TEST(Unifier, NoVariableHoldsItself) {
  Unifier unifier;
  const Type a = unifier.NewVariable();
  const Type b = unifier.NewVariable();
  EXPECT_FALSE(unifier.Assign(Type::List(a), a));
  EXPECT_TRUE(unifier.Assign(Type::List(a), b));
  EXPECT_FALSE(unifier.Assign(Type::List(b), a));
  EXPECT_EQ(unifier.Finish(b).ToText(), "list(dyn)");
}

TEST(Unifier, WhatDoesNotFitLeavesNoTrace) {
  Unifier unifier;
  const Type v = unifier.NewVariable();
  EXPECT_FALSE(unifier.Assign(Of("map(int, string)"), Type::Map(v, Of("int"))));
  EXPECT_TRUE(unifier.Resolve(v).Is(Type::Kind::kParameter));
}

TEST(Unifier, RollbackTakesBackWhatCameAfterTheMark) {
  Unifier unifier;
  const Type v = unifier.NewVariable();
  const Type w = unifier.NewVariable();
  EXPECT_TRUE(unifier.Assign(Of("int"), v));
  const std::size_t mark = unifier.Mark();
  EXPECT_TRUE(unifier.Assign(Type(), v));
  EXPECT_TRUE(unifier.Assign(Of("bool"), w));
  EXPECT_EQ(unifier.Finish(v).ToText(), "dyn");
  unifier.Rollback(mark);
  EXPECT_EQ(unifier.Finish(v).ToText(), "int");
  EXPECT_TRUE(unifier.Resolve(w).Is(Type::Kind::kParameter));
}

TEST(Unifier, InstancesShareVariablesByName) {
  Unifier unifier;
  Unifier::Instance instance;
  const Type map = unifier.Instantiate(Of("map(K, V)"), instance);
  const Type list = unifier.Instantiate(Of("list(V)"), instance);
  EXPECT_EQ(instance.size(), 2U);
  EXPECT_TRUE(unifier.Assign(Of("map(string, int)"), map));
  EXPECT_EQ(unifier.Finish(list).ToText(), "list(int)");
}

TEST(Unifier, CommonTypeIsTheLeastThatBothFit) {
  struct Case {
    const char* a;
    const char* b;
    const char* want;  // empty: none
  };
  const Case kCases[] = {
      {"int", "int", "int"},
      {"int", "uint", ""},
      {"int", "dyn", "dyn"},
      {"list(int)", "list(dyn)", "list(dyn)"},
      {"list(int)", "list(string)", ""},
      {"map(dyn, int)", "map(string, dyn)", "map(dyn, dyn)"},
      {"p(dyn, int)", "p(bool, dyn)", "p(dyn, dyn)"},
      {"p(int)", "q(int)", ""},
      {"p(int)", "p(int, int)", ""},
      {"null_type", "p(int)", "p(int)"},
      {"null_type", "int", ""},
      {"type(int)", "type(string)", "type(dyn)"},
      {"type(int)", "type(int)", "type(int)"},
      {"optional_type(dyn)", "optional_type(int)", "optional_type(dyn)"},
  };
  for (const Case& c : kCases) {
    for (const bool swapped : {false, true}) {
      Unifier unifier;
      const auto common = swapped ? unifier.Common(Of(c.b), Of(c.a))
                                  : unifier.Common(Of(c.a), Of(c.b));
      EXPECT_EQ(common ? common->ToText() : "", c.want) << c.a << ", " << c.b;
    }
  }
}

TEST(Unifier, TypesOfTypesTellTheirParameter) {
  Unifier unifier;
  const Type v = unifier.NewVariable();
  EXPECT_TRUE(unifier.Assign(Of("type(int)"), Type::Of(v)));
  EXPECT_EQ(unifier.Finish(v).ToText(), "int");
  EXPECT_TRUE(unifier.Assign(Of("type(string)"), Type::Of(v)));
}

TEST(Unifier, GivesUpOnEndlessWork) {
  Unifier unifier;
  Type chain = unifier.NewVariable();
  const Type start = chain;
  for (int i = 0; i < 5000; ++i) {
    const Type next = unifier.NewVariable();
    EXPECT_TRUE(unifier.Assign(chain, Type::List(next)));
    chain = next;
  }
  EXPECT_FALSE(unifier.exhausted());
  unifier.Finish(start);
  EXPECT_TRUE(unifier.exhausted());
  EXPECT_TRUE(unifier.Assign(Of("int"), Of("string")));
}

}  // namespace
}  // namespace writ::engine::cel
