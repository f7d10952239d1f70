#include "engine/cel/scalar_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

namespace writ::engine::cel {
namespace {

std::string Shortest(double value) {
  std::string text;
  AppendShortest(value, text);
  return text;
}

TEST(ScalarText, WritesTheShortestDigitsWithoutExponent) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1.0, "1"},
      {-1.5, "-1.5"},
      {0.1, "0.1"},
      {100.0, "100"},
      {120.5, "120.5"},
      {2.71828, "2.71828"},
      {1e-7, "0.0000001"},
      {1.25e-3, "0.00125"},
      {1e21, "1000000000000000000000"},
      {1e23, "100000000000000000000000"},
      {123456789012345680.0, "123456789012345680"},
      {std::numeric_limits<double>::infinity(), "Infinity"},
      {-std::numeric_limits<double>::infinity(), "-Infinity"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
  };
  for (const auto& [value, want] : cases) EXPECT_EQ(Shortest(value), want);
}

TEST(ScalarText, ReadsBackTheSame) {
  for (const double value :
       {std::numeric_limits<double>::max(), std::numeric_limits<double>::min(),
        std::numeric_limits<double>::denorm_min(), 1.0 / 3, 2e15 / 3,
        -9007199254740993.0}) {
    EXPECT_EQ(std::strtod(Shortest(value).c_str(), nullptr), value);
  }
}

TEST(ScalarText, RoundsHalfToEven) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0.5, "0"}, {1.5, "2"}, {2.5, "2"}, {3.5, "4"}, {-2.5, "-2"},
  };
  for (const auto& [value, want] : cases) {
    std::string text;
    AppendFixed(value, 0, text);
    EXPECT_EQ(text, want);
  }
}

TEST(ScalarText, HasRoomForTheLongestDouble) {
  std::string text;
  AppendFixed(-std::numeric_limits<double>::max(), kMaxPrecision, text);
  EXPECT_EQ(text.size(), 1 + 309 + 1 + 1000U);
  text.clear();
  AppendScientific(std::numeric_limits<double>::denorm_min(), kMaxPrecision,
                   text);
  EXPECT_TRUE(text.starts_with("4.94065645841246544"));
  EXPECT_TRUE(text.ends_with("e-324"));
}

TEST(ScalarText, WritesIntegersInAnyBase) {
  std::string text;
  AppendInt(std::numeric_limits<std::int64_t>::min(), 2, text);
  EXPECT_EQ(text, "-1" + std::string(63, '0'));
  text.clear();
  AppendUint(std::numeric_limits<std::uint64_t>::max(), 16, text);
  EXPECT_EQ(text, "ffffffffffffffff");
}

TEST(ScalarText, WritesDurationsInSeconds) {
  const std::vector<std::pair<std::int64_t, std::string>> cases = {
      {0, "0s"},
      {1'500'000'000, "1.5s"},
      {-1'500'000'000, "-1.5s"},
      {7'200'000'000'000, "7200s"},
      {1, "0.000000001s"},
      {-1'000, "-0.000001s"},
  };
  for (const auto& [nanoseconds, want] : cases) {
    std::string text;
    AppendSeconds(nanoseconds, text);
    EXPECT_EQ(text, want);
  }
}

}  // namespace
}  // namespace writ::engine::cel
