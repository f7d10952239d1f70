// Dates as events hold them.
#include "schema/event/iso_date.h"

#include <gtest/gtest.h>

#include <string>

namespace writ {
namespace {

TEST(IsoDate, TakesDatesAndInstants) {
  for (const char* text :
       {"2026-06-01", "0000-01-01", "9999-12-31", "2024-02-29",
        "2026-06-01T12:00Z", "2026-06-01T12:00:00Z", "2026-06-01t12:00:00z",
        "2026-06-01T23:59:59.123456789+14:00", "2026-06-01T00:00:00-00:30"}) {
    EXPECT_TRUE(IsIsoDate(text)) << text;
  }
}

TEST(IsoDate, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "2026",
                           "2026-06",
                           "2026-6-1",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-02-29",
                           "2026-06-31",
                           "20260601",
                           "2026-06-01T",
                           "2026-06-01Z",
                           "2026-06-01T12",
                           "2026-06-01T12:00",
                           "2026-06-01T24:00:00Z",
                           "2026-06-01T12:60:00Z",
                           "2026-06-01T12:00:60Z",
                           "2026-06-01T12:00:00.Z",
                           "2026-06-01T12:00:00+2:00",
                           "2026-06-01T12:00:00+24:00",
                           "2026-06-01T12:00:00+02:60",
                           "2026-06-01T12:00:00ZZ",
                           "2026-06-01 12:00:00Z",
                           " 2026-06-01",
                           "2026-06-01 ",
                           "+2026-06-01",
                           "Mon, 01 Jun 2026",
                           "1780315200"}) {
    EXPECT_FALSE(IsIsoDate(text)) << text;
  }
}

TEST(IsoDate, MeansTheInstantThatRfc3339Means) {
  for (const char* text :
       {"2026-06-01T12:00:00Z", "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z", "2026-03-01T00:30:00+02:00",
        "2026-12-31T23:30:00-05:45", "2024-02-29T12:34:56.789Z"}) {
    const auto at = ParseIsoInstant(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(FormatTimestamp(*at), FormatTimestamp(*ParseTimestamp(text)))
        << text;
  }
  EXPECT_EQ(ParseIsoInstant("2026-06-01T12:00Z"),
            ParseIsoInstant("2026-06-01T12:00:00.0000009Z"));
}

TEST(IsoDate, GivesAnInstantOnlyWithATimeOfTheYearsFrom1970) {
  EXPECT_FALSE(ParseIsoInstant("2026-06-01"));
  EXPECT_FALSE(ParseIsoInstant("1969-12-31T23:59:59Z"));
  EXPECT_FALSE(ParseIsoInstant("1970-01-01T00:00:00+00:01"));
  EXPECT_TRUE(ParseIsoInstant("1969-12-31T23:59:00-00:01"));
  EXPECT_FALSE(ParseIsoInstant("9999-12-31T23:59:59-00:01"));
}

}  // namespace
}  // namespace writ
