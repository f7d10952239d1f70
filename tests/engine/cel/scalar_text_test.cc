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

// Exponents below -4 and from 6 on, as cel-go has them.
TEST(ScalarText, WritesExponentsWhereGoDoes) {
  const std::vector<std::pair<double, std::string>> cases = {
      {0.0, "0"},
      {-0.0, "-0"},
      {1.0, "1"},
      {-1.5, "-1.5"},
      {123.456, "123.456"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {-0.000012, "-1.2e-05"},
      {100'000.0, "100000"},
      {999'999.0, "999999"},
      {999'999.9999, "999999.9999"},
      {1'000'000.0, "1e+06"},
      {-1'234'567.5, "-1.2345675e+06"},
      {123'456'789.0, "1.23456789e+08"},
      {1e23, "1e+23"},
      {1e-300, "1e-300"},
      {std::numeric_limits<double>::infinity(), "+Inf"},
      {-std::numeric_limits<double>::infinity(), "-Inf"},
      {std::numeric_limits<double>::quiet_NaN(), "NaN"},
  };
  for (const auto& [value, want] : cases) {
    std::string text;
    AppendGeneral(value, text);
    EXPECT_EQ(text, want);
  }
}

}  // namespace
}  // namespace writ::engine::cel
