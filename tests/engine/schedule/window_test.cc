#include "engine/schedule/window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace writ::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using Effect = Window::Effect;

Window Make(Effect effect, std::string_view cron, Duration duration,
            std::string_view zone = "UTC") {
  return {effect, *Cron::Parse(cron), duration, *TimeZone::Find(zone)};
}

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }

std::string Change(const std::vector<Window>& windows, std::string_view at) {
  const auto change = NextChange(windows, At(at));
  return change ? FormatTimestamp(*change) : "never";
}

TEST(Window, HoldsItsOpeningAndNotItsEnd) {
  const Window office = Make(Effect::kAllow, "0 6 * * 1-5", hours(10));
  EXPECT_FALSE(office.Contains(At("2026-11-23T05:59:59.999Z")));
  EXPECT_TRUE(office.Contains(At("2026-11-23T06:00:00Z")));
  EXPECT_TRUE(office.Contains(At("2026-11-23T15:59:59.999999Z")));
  EXPECT_FALSE(office.Contains(At("2026-11-23T16:00:00Z")));
  EXPECT_FALSE(office.Contains(At("2026-11-22T10:00:00Z")));  // Sunday
}

TEST(Window, OpensByTheClocksOfItsZone) {
  const Window zurich =
      Make(Effect::kAllow, "0 6 * * *", hours(1), "Europe/Zurich");
  EXPECT_TRUE(zurich.Contains(At("2026-07-01T04:30:00Z")));
  EXPECT_TRUE(zurich.Contains(At("2026-12-01T05:30:00Z")));
  EXPECT_FALSE(zurich.Contains(At("2026-12-01T04:30:00Z")));
}

TEST(Windows, AllowAllWhereThereAreNone) {
  EXPECT_TRUE(IsAllowed({}, At("2026-11-23T06:00:00Z")));
  EXPECT_EQ(Change({}, "2026-11-23T06:00:00Z"), "never");
}

TEST(Windows, AllowWhatIsNotDenied) {
  const std::vector<Window> windows = {
      Make(Effect::kDeny, "0 12 * * *", hours(1))};
  EXPECT_TRUE(IsAllowed(windows, At("2026-11-23T11:00:00Z")));
  EXPECT_FALSE(IsAllowed(windows, At("2026-11-23T12:00:00Z")));
  EXPECT_EQ(Change(windows, "2026-11-23T11:00:00Z"), "2026-11-23T12:00:00Z");
  EXPECT_EQ(Change(windows, "2026-11-23T12:30:00Z"), "2026-11-23T13:00:00Z");
}

TEST(Windows, DenyWins) {
  const std::vector<Window> windows = {
      Make(Effect::kAllow, "0 6 * * 1-5", hours(10)),
      Make(Effect::kDeny, "0 12 * * *", hours(1))};
  EXPECT_TRUE(IsAllowed(windows, At("2026-11-23T11:59:00Z")));
  EXPECT_FALSE(IsAllowed(windows, At("2026-11-23T12:00:00Z")));
  EXPECT_TRUE(IsAllowed(windows, At("2026-11-23T13:00:00Z")));
  EXPECT_FALSE(IsAllowed(windows, At("2026-11-23T17:00:00Z")));
}

TEST(Windows, ChangeWhereTheAnswerDoes) {
  const std::vector<Window> windows = {
      Make(Effect::kAllow, "0 6 * * 1-5", hours(10)),
      Make(Effect::kDeny, "0 12 * * *", hours(1))};
  // Friday's end, then Monday: Saturday's noon changes nothing.
  EXPECT_EQ(Change(windows, "2026-11-27T13:00:00Z"), "2026-11-27T16:00:00Z");
  EXPECT_EQ(Change(windows, "2026-11-27T16:00:00Z"), "2026-11-30T06:00:00Z");
}

TEST(Windows, OpeningsThatMeetAreOne) {
  const std::vector<Window> windows = {
      Make(Effect::kAllow, "0 6 * * *", hours(2)),
      Make(Effect::kAllow, "0 7 * * *", hours(3))};
  EXPECT_EQ(Change(windows, "2026-11-27T06:30:00Z"), "2026-11-27T10:00:00Z");
  EXPECT_EQ(Change(windows, "2026-11-27T10:00:00Z"), "2026-11-28T06:00:00Z");
}

TEST(Windows, OpeningsWithoutEndAreLookedAtForAWhileOnly) {
  const std::vector<Window> windows = {
      Make(Effect::kAllow, "* * * * *", hours(1))};
  const Timestamp now = At("2026-11-27T06:30:00Z");
  const auto change = NextChange(windows, now);
  ASSERT_TRUE(change);
  EXPECT_GT(*change, now + hours(8));
  EXPECT_TRUE(IsAllowed(windows, *change));
}

TEST(Windows, ThatNeverOpenAllowNothing) {
  const std::vector<Window> windows = {
      Make(Effect::kAllow, "0 0 31 2 *", hours(1))};
  EXPECT_FALSE(IsAllowed(windows, At("2026-11-27T06:30:00Z")));
  EXPECT_EQ(Change(windows, "2026-11-27T06:30:00Z"), "never");
}

RC_GTEST_PROP(Windows, AnswerTheSameUntilTheNextChange, ()) {
  const std::vector<std::string> crons = {"0 6 * * 1-5", "15 */5 * * *",
                                          "30 2 * * *", "0 0 1 * *"};
  const std::vector<std::string> zones = {"UTC", "Europe/Zurich",
                                          "Australia/Lord_Howe"};
  std::vector<Window> windows;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    windows.push_back(Make(*rc::gen::element(Effect::kAllow, Effect::kDeny),
                           *rc::gen::elementOf(crons),
                           minutes(*rc::gen::inRange(1, 2000)),
                           *rc::gen::elementOf(zones)));
  }
  const Timestamp now = At("2026-10-20T00:00:00Z") +
                        minutes(*rc::gen::inRange(0, 20000)) +
                        std::chrono::seconds(*rc::gen::inRange(0, 60));
  const auto change = NextChange(windows, now);
  const bool before = IsAllowed(windows, now);
  const Timestamp until =
      change ? std::min(*change, now + hours(48)) : now + hours(48);
  for (Timestamp at = now; at < until; at += minutes(97)) {
    RC_ASSERT(IsAllowed(windows, at) == before);
  }
}

}  // namespace
}  // namespace writ::engine
