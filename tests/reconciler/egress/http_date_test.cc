#include "reconciler/egress/http_date.h"

#include <gtest/gtest.h>

#include <string>

namespace writ::reconciler {
namespace {

const Timestamp kNow = *ParseTimestamp("2026-12-01T00:00:00Z");

std::string Read(const std::string& text) {
  const auto at = ParseHttpDate(text, kNow);
  return at ? FormatTimestamp(*at) : "none";
}

// RFC 9110, section 5.6.7, whose example these are.
TEST(HttpDate, ReadsAllThreeForms) {
  for (const char* text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(Read(text), "1994-11-06T08:49:37Z") << text;
  }
}

TEST(HttpDate, TakesAYearOfTwoDigitsForTheNearOne) {
  EXPECT_EQ(Read("Friday, 01-Jan-27 00:00:00 GMT"), "2027-01-01T00:00:00Z");
  EXPECT_EQ(Read("Friday, 01-Jan-76 00:00:00 GMT"), "2076-01-01T00:00:00Z");
  EXPECT_EQ(Read("Friday, 01-Jan-77 00:00:00 GMT"), "1977-01-01T00:00:00Z");
}

TEST(HttpDate, ReadsNothingElse) {
  for (const char* text :
       {"", "120", "soon", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov  6 08:49:37 94"}) {
    EXPECT_EQ(Read(text), "none") << text;
  }
}

}  // namespace
}  // namespace writ::reconciler
