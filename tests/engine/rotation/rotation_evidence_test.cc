// What counts as use, and for how long a rotation waits for it: consumers that
// are slow or rare, gateways and clocks that can't be relied on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

using testing::Contains;

TEST(Faults, AConsumerThatNeverRestartsIsNamed) {  // F39
  Stage stage;
  Until(stage, Phase::kVerifying);
  for (int i = 0; i < 24 && !IsStopped(stage.rotation); ++i) {
    stage.now += hours(1) + seconds(1);
    stage.UseOf("one", stage.holds["one"]);
    stage.UseOf("two", "digest of old");
    stage.Run();
  }
  ExpectPaused(stage, Why::kNotSeen, "two");
  EXPECT_EQ(stage.rotation.text, "not seen using the new one: two");
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Faults, WhoStillUsesTheOldOneIsNamedAtTheDeadline) {  // F41
  Stage stage;
  Until(stage, Phase::kDraining);
  for (int i = 0; i < 60 && !IsStopped(stage.rotation); ++i) {
    stage.now += minutes(30);
    stage.uses.push_back(
        {"old",
         {},
         {stage.now, "203.0.113.20", "curl/8.5", "POST /v1/apps"},
         false});
    stage.Run();
  }
  ExpectPaused(stage, Why::kStillInUse,
               "from 203.0.113.20 (curl/8.5, POST /v1/apps)");
  EXPECT_GE(stage.now, kStart + hours(24));
  // Resumed, it is given another grace.
  stage.Tell(event::ResumeAsked{});
  EXPECT_EQ(stage.rotation.deadline, stage.now + hours(24));
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, ARareConsumersQuietProvesNothing) {  // F40
  Beginning beginning = TwoTargets();
  beginning.terms.grace = hours(24 * 60);
  beginning.targets[1].expected_period = hours(24 * 30);
  Stage stage(std::move(beginning));
  stage.Run();
  stage.now += minutes(1);
  stage.UseAll();
  stage.RunFor(hours(24 * 29), false);
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  stage.RunFor(hours(24 * 2), false);
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, QuietIsCountedUnderTheWatermarkOnly) {  // T-09
  Stage stage;
  stage.lag = hours(3);
  Until(stage, Phase::kDraining);
  const Timestamp drains = stage.now;
  Until(stage, Phase::kDone);
  EXPECT_GE(stage.now, kStart + hours(4));
  EXPECT_GT(stage.now, drains + hours(3));
}

TEST(Faults, AGatewayThatNeverReportsKeepsTheOldOne) {  // T-09
  Stage stage = WithTerms([](Terms& terms) { terms.grace = hours(2); });
  stage.lag = hours(1000);
  stage.RunFor(hours(3));
  ExpectPaused(stage, Why::kStillInUse, "a gateway doesn't report");
}

TEST(Faults, ProbesOfWritsOwnAreNoUse) {  // T-09
  Stage stage;
  stage.Run();
  stage.now += minutes(1);
  stage.UseAll();
  for (event::Use& use : stage.uses) use.own_probe = true;
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
}

TEST(Faults, AClockThatIsOffDecidesNothing) {  // F42, T-24
  Stage stage;
  Until(stage, Phase::kDraining);
  const Rotation before = stage.rotation;
  const Timestamp now = stage.now;
  EXPECT_EQ(Decide(before, {now + hours(100), true})[0].action, Action::kWait);
  EXPECT_EQ(Decide(before, {now - minutes(1), false})[0].action, Action::kWait);
  EXPECT_GT(Decide(before, {now - minutes(1), false})[0].until,
            now - minutes(1));
  const Rotation after =
      Apply(before, event::UsageRead{now + hours(99), stage.uses},
            {now + hours(100), true});
  EXPECT_EQ(In(after), "DRAINING");
  EXPECT_EQ(after.seen_at, before.seen_at);
  // An explicit force works.
  const Rotation forced =
      Apply(before, event::Requested{Cause::kLeak, Urgency::kCompromised},
            {now, true});
  EXPECT_THAT(Decide(forced, {now, true}),
              Contains(Effect{Action::kRevoke, "old", {}}));
}

TEST(Faults, AnOldOneThatExpiresIsNotWaitedFor) {  // F43
  Beginning beginning = TwoTargets();
  beginning.old[0].expires_at = kStart + hours(2);
  Stage stage(std::move(beginning));
  stage.forced = true;
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  stage.RunFor(hours(3), false);
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, ARotationThatCannotFinishIsNotBegun) {
  Beginning beginning = TwoTargets();
  beginning.old[0].expires_at = kStart + minutes(59);
  Stage soon(std::move(beginning));
  soon.Run();
  ExpectPaused(soon, Why::kCannotFinish, "expires at 2026-11-21T00:59:00Z");
  EXPECT_EQ(soon.minted, 0);

  Beginning rare = TwoTargets();
  rare.targets[0].expected_period = hours(48);
  Stage never(std::move(rare));
  never.Run();
  ExpectPaused(never, Why::kCannotFinish, "quiet for 2d, longer than grace");

  Stage blind = WithTerms([](Terms& t) { t.evidence = Evidence::kReadback; });
  blind.can["two"].reads_back = false;
  blind.Run();
  ExpectPaused(blind, Why::kCannotFinish, "two can't be read back");

  Beginning many = TwoTargets();
  many.old.push_back(Old("older"));
  Stage crowded(std::move(many));
  crowded.Run();
  ExpectPaused(crowded, Why::kCannotFinish, "maxActive is 2");
}

TEST(Faults, UseSeenWhilePausedInRevokingIsEvidenceToo) {
  Stage stage;
  Until(stage, Phase::kDraining);
  stage.now += hours(1);
  stage.FailNext(Action::kRevoke, "old", ErrorClass::kAuth);
  stage.Run();
  ASSERT_EQ(stage.rotation.stopped_in, Phase::kRevoking);
  stage.uses.push_back({"old", {}, {stage.now, "::1", "x", "/"}, false});
  stage.Tell(event::UsageRead{stage.now, stage.uses});
  stage.Tell(event::ResumeAsked{});
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  EXPECT_TRUE(stage.issued.contains("old"));
}

// A probe can't be repeated once the value is erased: what was read of use
// since counts, whatever evidence was asked for.
Stage ProbedAndDraining() {
  Stage stage = WithTerms([](Terms& t) { t.evidence = Evidence::kProbe; });
  stage.can["two"].reads_back = false;
  Until(stage, Phase::kVerifying);
  const Effect erase{Action::kEraseValue, {}, {}};
  while (Decide(stage.rotation, stage.Now())[0] != erase) stage.Step();
  // A clock that is off for a moment keeps it in DRAINING.
  stage.sealed = false;
  stage.rotation =
      Apply(stage.rotation, event::Erased{}, {stage.now, /*suspect=*/true});
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  return stage;
}

void UseOld(Stage& stage) {
  stage.uses.push_back(
      {"old", {}, {stage.now, "10.0.4.7", "checkout/2.1", "POST /v1"}, false});
  stage.Tell(event::UsageRead{stage.now, stage.uses});
}

TEST(Faults, WhatWasSeenUsedSinceTheProbeIsNotRevoked) {  // F31
  Stage stage = ProbedAndDraining();
  stage.now += minutes(10);
  stage.holds["two"] = "digest of old";
  UseOld(stage);
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  for (int i = 0; i < 60 && !IsStopped(stage.rotation); ++i) {
    stage.now += minutes(30);
    UseOld(stage);
    stage.Run();
  }
  ExpectPaused(stage, Why::kStillInUse, "from 10.0.4.7 (checkout/2.1");
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Faults, WhatIsQuietAgainSinceTheProbeIsRevoked) {
  Stage stage = ProbedAndDraining();
  stage.now += minutes(10);
  UseOld(stage);
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, UseUpToTheProbeProvesNothing) {
  Stage stage = ProbedAndDraining();
  UseOld(stage);
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DONE");
}

}  // namespace
}  // namespace writ::engine::rotation
