#include "engine/cel/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "schema/json.h"

namespace writ::engine::cel {
namespace {

bool Equals(const Value& a, const Value& b) {
  Meter meter(1'000);
  const bool equal = Equal(a, b, meter);
  EXPECT_EQ(equal, Equal(b, a, meter));
  return equal;
}

Value MapOf(std::vector<std::pair<Value, Value>> entries) {
  MapBuilder map;
  for (auto& [key, value] : entries) {
    EXPECT_EQ(map.Insert(key, value), MapBuilder::Outcome::kInserted);
  }
  return map.Build();
}

TEST(Value, ComparesNumbersOfAllKindsByValue) {
  EXPECT_TRUE(Equals(Value::Int(1), Value::Uint(1)));
  EXPECT_TRUE(Equals(Value::Int(1), Value::Double(1)));
  EXPECT_TRUE(Equals(Value::Uint(1), Value::Double(1)));
  EXPECT_FALSE(Equals(Value::Int(-1), Value::Uint(~std::uint64_t{0})));
  EXPECT_FALSE(Equals(Value::Int(1), Value::Double(1.5)));
  EXPECT_FALSE(Equals(Value::Double(NAN), Value::Double(NAN)));
  EXPECT_TRUE(Equals(Value::Double(0.0), Value::Double(-0.0)));
}

TEST(Value, NeverEqualsAnotherKind) {
  const std::vector<Value> kinds = {
      Value::Null(),      Value::Bool(false),      Value::Int(0),
      Value::String(""),  Value::Bytes(""),        Value::Timestamp(0, 0),
      Value::Duration(0), Value::TypeNamed("int"), Value::List({}),
      MapOf({}),          Value::OptionalNone(),
  };
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    for (std::size_t j = 0; j < kinds.size(); ++j) {
      EXPECT_EQ(Equals(kinds[i], kinds[j]), i == j) << i << " " << j;
    }
  }
}

TEST(Value, OrdersWithinAKindAndOverNumbers) {
  EXPECT_TRUE(*Compare(Value::Int(-1), Value::Uint(0)) < 0);
  EXPECT_TRUE(*Compare(Value::Uint(~std::uint64_t{0}), Value::Int(-1)) > 0);
  EXPECT_TRUE(*Compare(Value::Double(0.5), Value::Int(1)) < 0);
  EXPECT_TRUE(*Compare(Value::String("a"), Value::String("b")) < 0);
  // U+FFFF is less than U+10000, in UTF-8 as in code points.
  EXPECT_TRUE(*Compare(Value::String("\xEF\xBF\xBF"),
                       Value::String("\xF0\x90\x80\x80")) < 0);
  EXPECT_TRUE(*Compare(Value::Timestamp(1, 2), Value::Timestamp(1, 3)) < 0);
  EXPECT_TRUE(*Compare(Value::Bool(false), Value::Bool(true)) < 0);
  const auto nan = *Compare(Value::Double(NAN), Value::Int(1));
  EXPECT_FALSE(nan < 0 || nan > 0 || nan == 0);
  EXPECT_FALSE(Compare(Value::Int(1), Value::String("1")));
  EXPECT_FALSE(Compare(Value::List({}), Value::List({})));
}

TEST(Value, FindsKeysByNumericValueInSmallAndLargeMaps) {
  for (const int size : {3, 100}) {
    MapBuilder builder;
    for (int i = 0; i < size; ++i) {
      const Value key = i % 2 == 0 ? Value::Int(i)
                                   : Value::Uint(static_cast<std::uint64_t>(i));
      builder.Insert(key, Value::Int(i * 10));
    }
    builder.Insert(Value::String("a"), Value::Int(-1));
    builder.Insert(Value::Bool(true), Value::Int(-2));
    const Value map = builder.Build();
    EXPECT_EQ(map.MapFind(Value::Uint(2))->AsInt(), 20);
    EXPECT_EQ(map.MapFind(Value::Double(1.0))->AsInt(), 10);
    EXPECT_FALSE(map.MapFind(Value::Double(1.5)));
    EXPECT_FALSE(map.MapFind(Value::Double(NAN)));
    EXPECT_FALSE(map.MapFind(Value::Double(1e300)));
    EXPECT_EQ(map.MapFind("a")->AsInt(), -1);
    EXPECT_EQ(map.MapFind(Value::Bool(true))->AsInt(), -2);
    EXPECT_FALSE(map.MapFind(Value::Bool(false)));
    EXPECT_FALSE(map.MapFind(Value::Null()));
    EXPECT_FALSE(map.MapFind("b"));
  }
}

TEST(Value, TellsLargeUnsignedKeysFromNegativeOnes) {
  const Value map = MapOf({{Value::Uint(~std::uint64_t{0}), Value::Int(1)}});
  EXPECT_FALSE(map.MapHas(Value::Int(-1)));
  EXPECT_TRUE(map.MapHas(Value::Uint(~std::uint64_t{0})));
}

TEST(MapBuilder, RefusesRepeatedAndUnfitKeys) {
  MapBuilder map;
  using Outcome = MapBuilder::Outcome;
  EXPECT_EQ(map.Insert(Value::Int(1), Value::Null()), Outcome::kInserted);
  EXPECT_EQ(map.Insert(Value::Uint(1), Value::Null()), Outcome::kRepeated);
  EXPECT_EQ(map.Insert(Value::Double(2), Value::Null()), Outcome::kBadKey);
  EXPECT_EQ(map.Insert(Value::Null(), Value::Null()), Outcome::kBadKey);
  EXPECT_EQ(map.Build().MapSize(), 1U);
  EXPECT_EQ(map.Build().MapSize(), 0U);
}

TEST(Value, BorrowsFromADocument) {
  const writ::Value tree =
      *ParseJson(R"({"a": [1, 2.5, "x", null, true], "b": {"c": {}}})");
  const Value value = Value::Document(tree);
  ASSERT_TRUE(value.Is(Kind::kMap));
  const Value list = *value.MapFind("a");
  ASSERT_EQ(list.ListSize(), 5U);
  EXPECT_EQ(list.ListAt(0).AsInt(), 1);
  EXPECT_EQ(list.ListAt(1).AsDouble(), 2.5);
  EXPECT_EQ(list.ListAt(2).text(), "x");
  // The characters are those of the tree.
  EXPECT_EQ(static_cast<const void*>(list.ListAt(2).text().data()),
            tree.FindPath("a")->AsList()[2].AsString().data());
  EXPECT_TRUE(list.ListAt(3).Is(Kind::kNull));
  EXPECT_TRUE(list.ListAt(4).IsTrue());
  EXPECT_EQ(value.MapKeyAt(1).text(), "b");
  EXPECT_FALSE(value.MapFind("c"));
  EXPECT_FALSE(value.MapHas(Value::Int(1)));
}

TEST(Value, EqualsADocumentOfTheSameContent) {
  const writ::Value tree = *ParseJson(R"({"a": [1, "x"]})");
  const Value made =
      MapOf({{Value::String("a"),
              Value::List({Value::Uint(1), Value::String("x")})}});
  EXPECT_TRUE(Equals(Value::Document(tree), made));
}

TEST(Value, SharesCountedObjectsAndCopiesNothing) {
  Value text = Value::String("shared by many");
  std::vector<Value> copies(100, text);
  EXPECT_EQ(copies[7].text().data(), text.text().data());
  text = Value::Null();
  EXPECT_EQ(copies[99].text(), "shared by many");
  Value moved = std::move(copies[0]);
  EXPECT_TRUE(copies[0].Is(Kind::kNull));  // NOLINT: what a move leaves
  EXPECT_EQ(moved.Borrowed().text(), "shared by many");
}

TEST(Equal, EndsWhereTheMeterDoes) {
  // A list that holds itself twice, sixty levels deep: small, and endless.
  Value list = Value::List({Value::Int(1), Value::Int(1)});
  for (int i = 0; i < 60; ++i) list = Value::List({list, list});
  Meter meter(10'000);
  EXPECT_FALSE(Equal(list, list, meter));
  EXPECT_TRUE(meter.exhausted());
}

TEST(WholeNumber, KeepsWhatAnIntegerCanHold) {
  EXPECT_EQ(WholeNumber(-3.0)->AsInt(), -3);
  EXPECT_TRUE(WholeNumber(9223372036854775808.0)->Is(Kind::kUint));
  EXPECT_FALSE(WholeNumber(18446744073709551616.0));
  EXPECT_FALSE(WholeNumber(0.5));
  EXPECT_FALSE(WholeNumber(NAN));
  EXPECT_FALSE(WholeNumber(std::numeric_limits<double>::infinity()));
}

TEST(TypeName, NamesEveryKind) {
  EXPECT_EQ(TypeName(Value::Null()), "null_type");
  EXPECT_EQ(TypeName(Value::Timestamp(0, 0)), "google.protobuf.Timestamp");
  EXPECT_EQ(TypeName(Value::TypeNamed("int")), "type");
  EXPECT_EQ(TypeName(Value::OptionalOf(Value::Int(1))), "optional_type");
}

}  // namespace
}  // namespace writ::engine::cel
