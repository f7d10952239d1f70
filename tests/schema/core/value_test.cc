#include "schema/value.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace writ {
namespace {

Value Map(std::initializer_list<std::pair<const char*, Value>> entries) {
  Value map{Value::Map{}};
  for (const auto& [key, value] : entries) map.Set(key, value);
  return map;
}

TEST(Value, KnowsItsType) {
  struct Case {
    Value value;
    Value::Type want;
    std::string_view words;
  };
  const Case cases[] = {
      {Value(), Value::Type::kNull, "nothing"},
      {Value(true), Value::Type::kBoolean, "a boolean"},
      {Value(1), Value::Type::kInteger, "an integer"},
      {Value(std::int64_t{1} << 40), Value::Type::kInteger, "an integer"},
      {Value(1.0), Value::Type::kNumber, "a number"},
      {Value("x"), Value::Type::kString, "a string"},
      {Value(std::string_view("x")), Value::Type::kString, "a string"},
      {Value(Value::List{}), Value::Type::kList, "a list"},
      {Value(Value::Map{}), Value::Type::kMap, "a map"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.value.type(), c.want) << c.words;
    EXPECT_EQ(Describe(c.value.type()), c.words);
  }
}

TEST(Value, ComparesDataAndNothingElse) {
  Value placed("x");
  placed.set_range({1, 2, 3, 4});
  EXPECT_EQ(placed, Value("x"));
  EXPECT_NE(Value(1), Value(1.0));
  EXPECT_NE(Value(), Value(false));
  EXPECT_NE(Value(Value::List{}), Value(Value::Map{}));
}

TEST(Value, ComparesMapsInAnyOrderAndListsInOrder) {
  EXPECT_EQ(Map({{"a", 1}, {"b", 2}}), Map({{"b", 2}, {"a", 1}}));
  EXPECT_NE(Map({{"a", 1}, {"b", 2}}), Map({{"a", 1}, {"c", 2}}));
  EXPECT_NE(Map({{"a", 1}}), Map({{"a", 1}, {"b", 2}}));
  EXPECT_EQ(Value(Value::List{1, "x"}), Value(Value::List{1, "x"}));
  EXPECT_NE(Value(Value::List{1, 2}), Value(Value::List{2, 1}));
  EXPECT_EQ(Value(Value::List{Map({{"a", 1}, {"b", 2}})}),
            Value(Value::List{Map({{"b", 2}, {"a", 1}})}));
}

TEST(Value, FindsByKeyAndByPath) {
  const Value document =
      Map({{"spec", Map({{"app", "shop"}, {"none", Value()}})}, {"n", 1}});
  ASSERT_NE(document.FindPath("spec.app"), nullptr);
  EXPECT_EQ(document.FindPath("spec.app")->AsString(), "shop");
  EXPECT_EQ(document.FindPath("spec.other"), nullptr);
  EXPECT_EQ(document.FindPath("n.app"), nullptr);
  EXPECT_EQ(document.FindPath(""), nullptr);
  EXPECT_EQ(Value("text").Find("spec"), nullptr);
  EXPECT_EQ(document.FindPath("spec")->FindString("app"), "shop");
  EXPECT_EQ(document.FindString("n"), "");
  EXPECT_EQ(document.FindString("absent"), "");
}

TEST(Value, SetKeepsThePlaceAndAddsAtTheEnd) {
  Value map;
  map.Set("b", 1);
  map.Set("a", 2);
  map.Set("b", 3);
  ASSERT_EQ(map.AsMap().size(), 2U);
  EXPECT_EQ(map.AsMap()[0].key, "b");
  EXPECT_EQ(map.AsMap()[0].value, Value(3));
  EXPECT_EQ(map.AsMap()[1].key, "a");
}

TEST(Value, ErasesAKeyOnce) {
  Value map = Map({{"a", 1}, {"b", 2}});
  EXPECT_TRUE(map.Erase("a"));
  EXPECT_FALSE(map.Erase("a"));
  EXPECT_EQ(map, Map({{"b", 2}}));
  Value text("x");
  EXPECT_FALSE(text.Erase("a"));
}

TEST(Value, CopiesAreTheirOwnTrees) {
  Value original = Map({{"list", Value::List{1, 2}}});
  const Value copy = original;
  original.Find("list")->MutableList().push_back(3);
  EXPECT_EQ(copy.Find("list")->AsList().size(), 2U);
  EXPECT_EQ(original.Find("list")->AsList().size(), 3U);
}

}  // namespace
}  // namespace writ
