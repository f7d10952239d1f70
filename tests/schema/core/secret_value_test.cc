#include "schema/secret_value.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace writ {
namespace {

template <typename T, typename = void>
struct IsPrintable : std::false_type {};
template <typename T>
struct IsPrintable<T, std::void_t<decltype(std::declval<std::ostream&>()
                                           << std::declval<const T&>())>>
    : std::true_type {};

static_assert(!IsPrintable<SecretValue>::value);
static_assert(!std::is_copy_constructible_v<SecretValue>);
static_assert(!std::is_copy_assignable_v<SecretValue>);
static_assert(std::is_nothrow_move_constructible_v<SecretValue>);

TEST(SecretValue, HoldsAnyBytes) {
  const std::string bytes("a\0b\xff", 4);
  EXPECT_TRUE(SecretValue::Copy(bytes).Reveal() == bytes);
  EXPECT_TRUE(SecretValue().empty());
  EXPECT_TRUE(SecretValue::Copy("").empty());
}

TEST(SecretValue, TakesAStringAndWipesIt) {
  // Long and short: the short one lies in the string object itself.
  for (const std::string& text : {std::string(100, 'c'), std::string("can")}) {
    std::string source = text;
    const char* kept = source.data();
    const SecretValue value = SecretValue::Take(std::move(source));
    EXPECT_TRUE(value.Reveal() == text);
    EXPECT_TRUE(source.empty());  // NOLINT: Take leaves it empty, not moved
    EXPECT_EQ(std::string_view(kept, 3).find('c'), std::string_view::npos);
  }
}

TEST(SecretValue, LeavesNothingWhereItWasMovedFrom) {
  SecretValue first = SecretValue::Copy("canary");
  SecretValue second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT: what moving leaves is the point
  EXPECT_TRUE(second.Reveal() == "canary");
  second = SecretValue::Copy("other");
  EXPECT_TRUE(second.Reveal() == "other");
  SecretValue& same = second;
  second = std::move(same);
  EXPECT_TRUE(second.Reveal() == "other");
}

TEST(SecretValue, ComparesWithoutTellingWhere) {
  EXPECT_TRUE(SameSecret(SecretValue::Copy("abc"), SecretValue::Copy("abc")));
  EXPECT_FALSE(SameSecret(SecretValue::Copy("abc"), SecretValue::Copy("abd")));
  EXPECT_FALSE(SameSecret(SecretValue::Copy("abc"), SecretValue::Copy("ab")));
  EXPECT_TRUE(SameSecret(SecretValue(), SecretValue::Copy("")));
}

TEST(SecretBuilder, PutsTogetherWhatOutgrowsIt) {
  SecretBuilder builder;
  std::string want;
  for (int i = 0; i < 50; ++i) {
    builder.Append("part ").Append(SecretValue::Copy(std::to_string(i)));
    want += "part " + std::to_string(i);
  }
  EXPECT_TRUE(builder.Finish().Reveal() == want);
  EXPECT_TRUE(builder.Finish().empty());
}

TEST(Wipe, ClearsAllThatAStringKeeps) {
  std::string text(200, 'x');
  text.resize(3);
  const char* kept = text.data();
  const std::size_t capacity = text.capacity();
  Wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(std::string_view(kept, capacity).find('x'), std::string_view::npos);
}

}  // namespace
}  // namespace writ
