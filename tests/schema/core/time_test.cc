#include "schema/time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace writ {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

Timestamp AtMicros(std::int64_t value) {
  return Timestamp(microseconds(value));
}

TEST(Timestamp, ReadsRfc3339) {
  struct Case {
    const char* text;
    std::int64_t want_us;
  };
  for (const Case& c : {
           Case{"1970-01-01T00:00:00Z", 0},
           Case{"2026-11-21T03:20:00Z", 1'795'231'200'000'000},
           Case{"2026-11-21T04:20:00+01:00", 1'795'231'200'000'000},
           Case{"2026-11-20T18:50:00-08:30", 1'795'231'200'000'000},
           Case{"1970-01-01T00:00:00-00:00", 0},
           Case{"1970-01-01T00:00:00.5Z", 500'000},
           Case{"1970-01-01T00:00:00.000001Z", 1},
           Case{"1970-01-01T00:00:00.123456789Z", 123'456},
           Case{"2000-02-29T00:00:00Z", 951'782'400'000'000},
           Case{"9999-12-31T23:59:59.999999Z",
                kLastSecond * 1'000'000 + 999'999},
       }) {
    const auto at = ParseTimestamp(c.text);
    ASSERT_TRUE(at.has_value()) << c.text;
    EXPECT_EQ(at->time_since_epoch().count(), c.want_us) << c.text;
  }
}

// T-24: the range is stated, and nothing outside it is quietly moved.
TEST(Timestamp, RefusesWhatIsNotStrictlyThat) {
  for (const char* text : {"",
                           "2026",
                           "2026-11-21",
                           "2026-11-21T03:20Z",
                           "2026-11-21T03:20:00",
                           "2026-11-21 03:20:00Z",
                           "2026-11-21t03:20:00Z",
                           "2026-11-21T03:20:00z",
                           "2026-11-21T03:20:00Z ",
                           " 2026-11-21T03:20:00Z",
                           "2026-11-21T24:00:00Z",
                           "2026-11-21T23:60:00Z",
                           "2026-12-31T23:59:60Z",
                           "2026-02-29T00:00:00Z",
                           "2100-02-29T00:00:00Z",
                           "2026-00-10T00:00:00Z",
                           "2026-13-10T00:00:00Z",
                           "2026-01-00T00:00:00Z",
                           "2026-04-31T00:00:00Z",
                           "2026-11-21T03:20:00.Z",
                           "2026-11-21T03:20:00.1234567890Z",
                           "2026-11-21T03:20:00+1:00",
                           "2026-11-21T03:20:00+0100",
                           "2026-11-21T03:20:00+24:00",
                           "2026-11-21T03:20:00+01:60",
                           "2026-11-21T03:20:00+01",
                           "+026-11-21T03:20:00Z",
                           "20261-11-21T03:20:00Z",
                           "-026-11-21T03:20:00Z",
                           "1969-12-31T23:59:59Z",
                           "1969-12-31T23:30:00-01:00",
                           "1970-01-01T00:30:00+01:00",
                           "9999-12-31T23:59:59-00:01",
                           "0000-01-01T00:00:00Z",
                           "2026-11-21T0x:20:00Z"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

TEST(Timestamp, IsWrittenWithAsManyDecimalsAsItNeeds) {
  EXPECT_EQ(FormatTimestamp(AtMicros(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(FormatTimestamp(AtMicros(500'000)), "1970-01-01T00:00:00.500Z");
  EXPECT_EQ(FormatTimestamp(AtMicros(7)), "1970-01-01T00:00:00.000007Z");
  EXPECT_EQ(FormatTimestamp(AtMicros(1'795'231'200'000'000)),
            "2026-11-21T03:20:00Z");
}

TEST(Timestamp, IsCutToSecondsForPeople) {
  EXPECT_EQ(FormatSeconds(AtMicros(1'999'999)), "1970-01-01T00:00:01Z");
  EXPECT_EQ(FormatSeconds(AtMicros(2'000'000)), "1970-01-01T00:00:02Z");
}

RC_GTEST_PROP(Timestamp, ReadsBackWhatItWrites, ()) {
  const Timestamp at = AtMicros(
      *rc::gen::inRange<std::int64_t>(0, kLastSecond * 1'000'000 + 999'999));
  RC_ASSERT(ParseTimestamp(FormatTimestamp(at)) == at);
}

RC_GTEST_PROP(Timestamp, AnyTextIsReadOrRefused, (const std::string& text)) {
  const auto at = ParseTimestamp(text);
  if (at) RC_ASSERT(ParseTimestamp(FormatTimestamp(*at)) == at);
}

TEST(Duration, ReadsUnitsInFallingOrder) {
  struct Case {
    const char* text;
    Duration want;
  };
  for (const Case& c : {
           Case{"0s", Duration(0)},
           Case{"250ms", Duration(250)},
           Case{"30s", seconds(30)},
           Case{"5m", minutes(5)},
           Case{"1h30m", minutes(90)},
           Case{"90d", hours(24 * 90)},
           Case{"2w", hours(24 * 14)},
           Case{"1w2d3h4m5s6ms",
                hours(24 * 9 + 3) + minutes(4) + seconds(5) + Duration(6)},
           Case{"1m1ms", minutes(1) + Duration(1)},
           Case{"48h", hours(48)},
           Case{"36500d", kMaxDuration},
           Case{"3153600000000ms", kMaxDuration},
       }) {
    EXPECT_EQ(ParseDuration(c.text), c.want) << c.text;
  }
}

// T-24: at most 100 years, and no sum that overflows.
TEST(Duration, RefusesWhatIsNotStrictlyThat) {
  for (const char* text : {"",
                           "5",
                           "s",
                           "1.5h",
                           "-5s",
                           "+5s",
                           "5 s",
                           " 5s",
                           "5s ",
                           "5S",
                           "5x",
                           "5sec",
                           "1m1h",
                           "1s1s",
                           "1h1h",
                           "1ms1s",
                           "1y",
                           "36501d",
                           "36500d1ms",
                           "5214w3d",
                           "99999999999999999999s",
                           "9999999999999w",
                           "1d2",
                           "1dd"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(Duration, IsWrittenInDaysAndLess) {
  EXPECT_EQ(FormatDuration(Duration(0)), "0s");
  EXPECT_EQ(FormatDuration(hours(24 * 90)), "90d");
  EXPECT_EQ(FormatDuration(minutes(90)), "1h30m");
  EXPECT_EQ(FormatDuration(Duration(1'001)), "1s1ms");
  EXPECT_EQ(FormatDuration(hours(48)), "2d");
  EXPECT_EQ(FormatDuration(kMaxDuration), "36500d");
  EXPECT_EQ(FormatDuration(-minutes(90)), "-1h30m");
}

RC_GTEST_PROP(Duration, ReadsBackWhatItWrites, ()) {
  const Duration duration(
      *rc::gen::inRange<std::int64_t>(0, Duration(kMaxDuration).count() + 1));
  RC_ASSERT(ParseDuration(FormatDuration(duration)) == duration);
}

TEST(Age, IsToldInOneUnit) {
  const Timestamp now = AtMicros(1'795'231'200'000'000);
  struct Case {
    microseconds ago;
    const char* want;
  };
  for (const Case& c : {
           Case{microseconds(0), "just now"},
           Case{seconds(59), "just now"},
           Case{seconds(60), "1 min ago"},
           Case{minutes(59), "59 min ago"},
           Case{minutes(60), "1 h ago"},
           Case{hours(3) + minutes(59), "3 h ago"},
           Case{hours(24), "1 day ago"},
           Case{hours(49), "2 days ago"},
           Case{-seconds(30), "just now"},
           Case{-hours(3), "in 3 h"},
           Case{-hours(24 * 5), "in 5 days"},
       }) {
    EXPECT_EQ(FormatAge(now - c.ago, now), c.want);
  }
}

}  // namespace
}  // namespace writ
