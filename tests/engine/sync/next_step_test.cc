#include "engine/sync/next_step.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "schema/json.h"

namespace writ::engine {
namespace {

using std::chrono::hours;

Timestamp At(std::string_view text) { return *ParseTimestamp(text); }

Window Make(Window::Effect effect, std::string_view cron) {
  return {effect, *Cron::Parse(cron), hours(1), *TimeZone::Find("UTC")};
}

const Window kOpenAtSix = Make(Window::Effect::kAllow, "0 6 * * *");
const Window kShutAtNoon = Make(Window::Effect::kDeny, "0 12 * * *");

// Changes wait in an environment that applies them by itself; nothing is in
// the way.
SyncFacts Ready() {
  SyncFacts facts;
  facts.settings.is_automatic = true;
  facts.now = At("2026-12-01T10:00:00Z");
  facts.commit = "c1";
  facts.serial = 7;
  facts.changes = 3;
  return facts;
}

SyncAttempt Failed() {
  SyncAttempt attempt;
  attempt.commit = "c1";
  attempt.serial = 7;
  attempt.exit_code = ExitCode::kPartial;
  return attempt;
}

TEST(NextSyncStep, AppliesWhatWaits) {
  const SyncStep step = NextSyncStep(Ready());
  EXPECT_EQ(step.action, SyncAction::kApply);
  EXPECT_EQ(step.reason, SyncReason::kChanges);
  EXPECT_TRUE(step.begins_rotations);
  EXPECT_EQ(step.window_changes, std::nullopt);
}

struct Case {
  const char* name;
  std::function<void(SyncFacts&)> change;
  SyncReason reason;
  SyncAction action = SyncAction::kNothing;
};

TEST(NextSyncStep, SaysWhyItDoesNot) {
  const std::vector<Case> cases = {
      {"suspended", [](SyncFacts& f) { f.settings.suspend = true; },
       SyncReason::kSuspended},
      {"restored", [](SyncFacts& f) { f.is_restored = true; },
       SyncReason::kRestored},
      {"nothing to do", [](SyncFacts& f) { f.changes = 0; },
       SyncReason::kInSync},
      {"manual", [](SyncFacts& f) { f.settings.is_automatic = false; },
       SyncReason::kManual},
      {"no window", [](SyncFacts& f) { f.settings.windows = {kOpenAtSix}; },
       SyncReason::kWindowClosed},
      {"denied", [](SyncFacts& f) { f.is_denied = true; }, SyncReason::kDenied},
      {"unsafe", [](SyncFacts& f) { f.is_unsafe = true; }, SyncReason::kUnsafe},
      {"tried", [](SyncFacts& f) { f.last = Failed(); }, SyncReason::kTried},
      {"a clock behind and windows",
       [](SyncFacts& f) {
         f.settings.windows = {kShutAtNoon};
         f.clock_behind = true;
       },
       SyncReason::kClockBehind},
      {"a clock behind alone", [](SyncFacts& f) { f.clock_behind = true; },
       SyncReason::kChanges, SyncAction::kApply},
      {"a new commit that changes nothing",
       [](SyncFacts& f) {
         f.changes = 0;
         f.is_new = true;
       },
       SyncReason::kChanges, SyncAction::kApply},
      {"the same, by hand",
       [](SyncFacts& f) {
         f.changes = 0;
         f.is_new = true;
         f.settings.is_automatic = false;
       },
       SyncReason::kInSync},
  };
  for (const Case& each : cases) {
    SyncFacts facts = Ready();
    each.change(facts);
    const SyncStep step = NextSyncStep(facts);
    EXPECT_EQ(Name(step.reason), Name(each.reason)) << each.name;
    EXPECT_EQ(step.action, each.action) << each.name;
  }
}

TEST(NextSyncStep, TriesACommitAgainOnceSomethingMoved) {
  SyncFacts facts = Ready();
  facts.last = Failed();
  EXPECT_EQ(NextSyncStep(facts).reason, SyncReason::kTried);
  facts.commit = "c2";
  EXPECT_EQ(NextSyncStep(facts).action, SyncAction::kApply);
  facts.commit = "c1";
  facts.serial = 8;
  EXPECT_EQ(NextSyncStep(facts).action, SyncAction::kApply);
  facts.serial = 7;
  facts.is_asked = true;
  EXPECT_EQ(NextSyncStep(facts).action, SyncAction::kApply);
  facts.is_asked = false;
  facts.last->exit_code = ExitCode::kDone;
  EXPECT_EQ(NextSyncStep(facts).action, SyncAction::kApply);
}

TEST(NextSyncStep, LooksAgainAtTheWindowsEdge) {
  SyncFacts facts = Ready();
  facts.settings.windows = {kOpenAtSix, kShutAtNoon};
  facts.applied_windows = {Make(Window::Effect::kAllow, "0 5 * * *")};
  EXPECT_EQ(NextSyncStep(facts).window_changes, At("2026-12-02T05:00:00Z"));
  facts.now = At("2026-12-01T06:30:00Z");
  facts.applied_windows = {};
  EXPECT_EQ(NextSyncStep(facts).action, SyncAction::kApply);
  EXPECT_EQ(NextSyncStep(facts).window_changes, At("2026-12-01T07:00:00Z"));
}

// T-04: a commit can't open a window for itself.
TEST(NextSyncStep, HeedsTheWindowsOfTheLastAppliedCommit) {
  SyncFacts facts = Ready();
  facts.now = At("2026-12-01T12:30:00Z");
  facts.applied_windows = {kShutAtNoon};
  EXPECT_EQ(NextSyncStep(facts).reason, SyncReason::kWindowClosed);
  facts.applied_windows = {};
  facts.settings.windows = {kShutAtNoon};
  EXPECT_EQ(NextSyncStep(facts).reason, SyncReason::kWindowClosed);
}

TEST(SyncAttempt, SurvivesBeingKept) {
  SyncAttempt attempt = Failed();
  attempt.at = At("2026-12-01T10:00:00Z");
  attempt.failure = "2 changes were not applied";
  attempt.told = "abc";
  const auto back = ParseSyncAttempt(CanonicalJson(ToJson(attempt)));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, attempt);
  for (const char* json : {"", "[]", "{}", R"({"at": "never"})"}) {
    EXPECT_EQ(ParseSyncAttempt(json).error().code, ErrorCode::kCorrupt) << json;
  }
}

// Every combination of facts, against what each of them alone forbids.
class EveryFact : public ::testing::Test {
 protected:
  static constexpr int kBits = 11;

  static SyncFacts Facts(int bits) {
    const auto bit = [&](int n) { return (bits >> n & 1) != 0; };
    SyncFacts facts = Ready();
    facts.settings.suspend = bit(0);
    facts.is_restored = bit(1);
    facts.changes = bit(2) ? 0 : 3;
    facts.settings.is_automatic = !bit(3);
    if (bit(4)) facts.settings.windows = {kOpenAtSix};
    facts.clock_behind = bit(5);
    facts.is_denied = bit(6);
    facts.is_unsafe = bit(7);
    if (bit(8)) facts.last = Failed();
    facts.is_asked = bit(9);
    facts.rotations_due = bit(10);
    return facts;
  }
};

TEST_F(EveryFact, AppliesOnlyWhereNothingForbidsIt) {
  for (int bits = 0; bits < 1 << kBits; ++bits) {
    const SyncFacts facts = Facts(bits);
    const SyncStep step = NextSyncStep(facts);
    const bool is_closed = !facts.settings.windows.empty();
    const bool forbidden = facts.settings.suspend || facts.is_restored ||
                           facts.changes == 0 || !facts.settings.is_automatic ||
                           is_closed || facts.is_denied || facts.is_unsafe ||
                           (facts.last && !facts.is_asked);
    EXPECT_EQ(step.action == SyncAction::kApply, !forbidden) << bits;
    EXPECT_EQ(step.reason == SyncReason::kChanges, !forbidden) << bits;
  }
}

TEST_F(EveryFact, MovesRotationsOnUnlessItStandsStill) {
  for (int bits = 0; bits < 1 << kBits; ++bits) {
    const SyncFacts facts = Facts(bits);
    const SyncStep step = NextSyncStep(facts);
    const bool still = facts.settings.suspend || facts.is_restored;
    if (still || !facts.rotations_due) {
      EXPECT_NE(step.action, SyncAction::kMoveRotations) << bits;
    } else {
      EXPECT_NE(step.action, SyncAction::kNothing) << bits;
    }
    // T-24, and outside of windows: what is under way goes on, none begins.
    const bool may_begin =
        !still && facts.settings.windows.empty() && !facts.clock_behind;
    EXPECT_EQ(step.begins_rotations, may_begin) << bits;
  }
}

TEST_F(EveryFact, GivesTheSameAnswerTwice) {
  for (int bits = 0; bits < 1 << kBits; ++bits) {
    EXPECT_EQ(NextSyncStep(Facts(bits)), NextSyncStep(Facts(bits)));
  }
}

}  // namespace
}  // namespace writ::engine
