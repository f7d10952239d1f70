#include "engine/schedule/rotation_due.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace writ::engine {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }

RotationTiming Every(Duration every, Duration window,
                     std::string_view zone = "UTC") {
  return {every, std::nullopt, *TimeZone::Find(zone), window, Duration(0)};
}

RotationTiming By(std::string_view cron, Duration window,
                  std::string_view zone = "UTC") {
  return {Duration(0), Cron::Parse(cron), *TimeZone::Find(zone), window,
          Duration(0)};
}

// "at until", with a word for each flag.
std::string Due(const RotationTiming& timing, const TokenAge& token,
                std::string_view now) {
  const auto due = FindRotationDue(timing, token, At(now));
  if (!due) return "never";
  return FormatTimestamp(due->at) + " " +
         (due->until ? FormatTimestamp(*due->until) : "open") +
         (due->overdue ? " overdue" : "") + (due->for_expiry ? " expiry" : "");
}

TokenAge IssuedAt(std::string_view at) {
  return {"uid", At(at), std::nullopt, Duration(0)};
}

TEST(RotationDue, EveryCountsFromIssue) {
  const TokenAge token = IssuedAt("2026-01-01T10:20:30Z");
  const RotationTiming timing = Every(days(90), hours(3));
  for (const char* now : {"2026-01-01T10:20:30Z", "2026-04-01T10:20:29Z",
                          "2026-04-01T13:20:29Z"}) {
    EXPECT_EQ(Due(timing, token, now),
              "2026-04-01T10:20:30Z 2026-04-01T13:20:30Z");
  }
}

TEST(RotationDue, AMissedWindowOpensAgainTheNextDay) {
  const TokenAge token = IssuedAt("2026-01-01T10:20:30Z");
  const RotationTiming timing = Every(days(90), hours(3));
  EXPECT_EQ(Due(timing, token, "2026-04-01T13:20:30Z"),
            "2026-04-02T10:20:30Z 2026-04-02T13:20:30Z overdue");
  EXPECT_EQ(Due(timing, token, "2026-07-10T13:20:30Z"),
            "2026-07-11T10:20:30Z 2026-07-11T13:20:30Z overdue");
}

TEST(RotationDue, AMissedWindowKeepsItsTimeOfDay) {
  const TokenAge token = IssuedAt("2026-02-01T09:00:00Z");
  // 10:00 in Zurich; from 29 March that is 08:00 UTC.
  const RotationTiming timing = Every(days(30), hours(3), "Europe/Zurich");
  EXPECT_EQ(Due(timing, token, "2026-04-01T00:00:00Z"),
            "2026-04-01T08:00:00Z 2026-04-01T11:00:00Z overdue");
}

TEST(RotationDue, AShortIntervalComesAgainAfterItself) {
  const TokenAge token = IssuedAt("2026-01-01T10:00:00Z");
  const RotationTiming timing = Every(hours(6), hours(1));
  EXPECT_EQ(Due(timing, token, "2026-01-01T16:59:59Z"),
            "2026-01-01T16:00:00Z 2026-01-01T17:00:00Z");
  EXPECT_EQ(Due(timing, token, "2026-01-01T17:00:00Z"),
            "2026-01-01T22:00:00Z 2026-01-01T23:00:00Z overdue");
}

TEST(RotationDue, CronCountsAfterIssue) {
  const RotationTiming timing = By("0 3 1 */3 *", hours(3), "Europe/Zurich");
  EXPECT_EQ(
      Due(timing, IssuedAt("2026-01-15T00:00:00Z"), "2026-01-15T00:00:00Z"),
      "2026-04-01T01:00:00Z 2026-04-01T04:00:00Z");
  // Issued in the window that it is rotated by: the next one counts.
  EXPECT_EQ(
      Due(timing, IssuedAt("2026-04-01T01:00:10Z"), "2026-04-01T01:00:20Z"),
      "2026-07-01T01:00:00Z 2026-07-01T04:00:00Z");
}

TEST(RotationDue, AMissedCronWaitsForTheNext) {
  EXPECT_EQ(Due(By("0 3 1 * *", hours(3)), IssuedAt("2026-01-15T00:00:00Z"),
                "2026-02-01T06:00:00Z"),
            "2026-03-01T03:00:00Z 2026-03-01T06:00:00Z overdue");
}

TEST(RotationDue, ACronThatNeverComesIsNeverDue) {
  const RotationTiming timing = By("0 3 31 2 *", hours(3));
  EXPECT_EQ(
      Due(timing, IssuedAt("2026-01-15T00:00:00Z"), "2026-02-01T06:00:00Z"),
      "never");
  TokenAge token = IssuedAt("2026-01-01T00:00:00Z");
  token.expires_at = At("2026-03-01T00:00:00Z");
  token.lead = days(1);
  EXPECT_EQ(Due(timing, token, "2026-02-01T06:00:00Z"),
            "2026-02-28T00:00:00Z open expiry");
}

TEST(RotationDue, IsNeverSkippedPastExpiry) {
  TokenAge token = IssuedAt("2026-01-15T00:00:00Z");
  token.expires_at = At("2026-02-20T00:00:00Z");
  token.lead = days(1);
  const RotationTiming timing = By("0 3 1 * *", hours(3));
  // February's is in time; once it is missed, March's isn't.
  EXPECT_EQ(Due(timing, token, "2026-02-01T00:00:00Z"),
            "2026-02-01T03:00:00Z 2026-02-01T06:00:00Z");
  EXPECT_EQ(Due(timing, token, "2026-02-01T06:00:00Z"),
            "2026-02-19T00:00:00Z open overdue expiry");
  EXPECT_EQ(Due(timing, token, "2026-02-19T12:00:00Z"),
            "2026-02-19T00:00:00Z open overdue expiry");
}

TEST(RotationDue, ATokenLivesHalfItsLifeAtLeast) {
  TokenAge token = IssuedAt("2026-01-01T00:00:00Z");
  token.expires_at = At("2026-01-01T10:00:00Z");
  token.lead = days(1);
  EXPECT_EQ(Due(Every(days(90), hours(3)), token, "2026-01-01T00:00:00Z"),
            "2026-01-01T05:00:00Z open expiry");
}

TEST(RotationDue, JitterMovesTheStartAndNotTheEnd) {
  RotationTiming timing = Every(days(1), hours(3));
  timing.jitter = minutes(30);
  const TokenAge token = IssuedAt("2026-01-01T10:00:00Z");
  const auto due = FindRotationDue(timing, token, token.issued_at);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->at, At("2026-01-02T10:00:00Z") + JitterOf("uid", minutes(30)));
  EXPECT_EQ(due->until, At("2026-01-02T13:00:00Z"));
}

TEST(Jitter, IsTheSameForATokenAndPinned) {
  EXPECT_EQ(JitterOf("uid", Duration(0)), Duration(0));
  EXPECT_EQ(JitterOf("a", hours(1)), JitterOf("a", hours(1)));
  // A binary that computed another one would move every token's time.
  EXPECT_EQ(FormatDuration(JitterOf("0192f5a0", hours(1))), "4m59s230ms");
}

RC_GTEST_PROP(Jitter, IsWithinItsBounds, (const std::string& uid)) {
  const Duration most(*rc::gen::inRange<std::int64_t>(0, 10'000'000));
  const Duration jitter = JitterOf(uid, most);
  RC_ASSERT(jitter >= Duration(0));
  RC_ASSERT(jitter <= most);
}

TEST(Jitter, SpreadsTokens) {
  int early = 0;
  for (int i = 0; i < 1000; ++i) {
    if (JitterOf(std::to_string(i), hours(1)) < minutes(30)) ++early;
  }
  EXPECT_NEAR(early, 500, 80);
}

RC_GTEST_PROP(RotationDue, IsAheadOrOpenAndStaysPutUntilThen, ()) {
  RotationTiming timing =
      *rc::gen::arbitrary<bool>()
          ? Every(minutes(*rc::gen::inRange(1, 200'000)), hours(1),
                  "America/New_York")
          : By(*rc::gen::element<std::string>("0 3 1 */3 *", "30 2 * * 0",
                                              "*/20 * * * *"),
               hours(1), "America/New_York");
  timing.window = minutes(*rc::gen::inRange(1, 3000));
  timing.jitter = timing.window / *rc::gen::inRange(2, 9);
  TokenAge token = IssuedAt("2026-01-01T10:20:30.123456Z");
  token.lead = hours(24);
  if (*rc::gen::arbitrary<bool>())
    token.expires_at = token.issued_at + days(50);
  const Timestamp now =
      token.issued_at + minutes(*rc::gen::inRange(0, 400'000));
  const auto due = FindRotationDue(timing, token, now);
  RC_ASSERT(due.has_value());
  RC_ASSERT(due->at > token.issued_at);
  if (due->until) {
    RC_ASSERT(due->at <= *due->until);
    RC_ASSERT(now < *due->until);
  }
  if (due->at > now) {
    RC_ASSERT(FindRotationDue(timing, token, due->at) == due);
  }
}

}  // namespace
}  // namespace writ::engine
