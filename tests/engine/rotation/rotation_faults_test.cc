// What a rotation makes of a world that doesn't behave, fault by fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

#include "engine/rotation/steps.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string New(int generation = 1) {
  return CredentialId("r1", generation, "");
}

Stage WithTerms(const std::function<void(Terms&)>& set) {
  Beginning beginning = TwoTargets();
  set(beginning.terms);
  return Stage(std::move(beginning));
}

void Until(Stage& stage, Phase phase) {
  for (int i = 0; i < 500 && stage.rotation.phase != phase; ++i) {
    if (stage.Step()) continue;
    stage.now += minutes(5);
    stage.UseAll();
  }
  ASSERT_EQ(In(stage.rotation), Name(phase)) << stage.rotation.text;
}

void ExpectPaused(const Stage& stage, Why why, const std::string& text) {
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(Name(stage.rotation.why), Name(why));
  EXPECT_THAT(stage.rotation.text, HasSubstr(text));
}

TEST(Faults, PreflightComesBeforeAnythingIsCreated) {
  Stage stage;
  stage.FailNext(Action::kPreflight, "two", ErrorClass::kAuth);
  stage.Run();
  ExpectPaused(stage, Why::kStepFailed, "two: it says no");
  EXPECT_EQ(stage.minted, 0);
  stage.Tell(event::ResumeAsked{});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, AServerErrorIsTriedAgain) {  // F22
  Stage stage;
  stage.FailNext(Action::kPut, "one", ErrorClass::kTransient, 2);
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.minted, 1);
}

TEST(Faults, BackoffDoublesAndIsTheSameEachTime) {
  const Rotation rotation = Stage().rotation;
  Duration last{0};
  for (int count = 1; count < 12; ++count) {
    const Duration wait = BackoffOf(rotation, "one", count);
    EXPECT_EQ(wait, BackoffOf(rotation, "one", count));
    EXPECT_LE(wait, rotation.terms.max_backoff);
    EXPECT_GE(wait, std::min<Duration>(seconds(5) * (1 << (count - 1)),
                                       rotation.terms.max_backoff) *
                        3 / 4);
    last = wait;
  }
  EXPECT_GT(last, minutes(3));
}

TEST(Faults, AThrottledTargetIsLeftAloneForAsLongAsItSays) {  // F21
  Stage stage;
  stage.FailNext(Action::kPut, "one", ErrorClass::kThrottled, 1, hours(2));
  stage.Run();
  EXPECT_EQ(Decide(stage.rotation, stage.Now())[0].until, kStart + hours(2));
  EXPECT_EQ(stage.At("two").state, TargetState::kHealthy);
  stage.RunFor(hours(4));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, ARefusalMidWavePausesIt) {  // F23, F30
  Stage stage = WithTerms([](Terms& terms) { terms.max_in_flight = 1; });
  stage.FailNext(Action::kPut, "one", ErrorClass::kAuth);
  stage.Run();
  ExpectPaused(stage, Why::kStepFailed, "one: it says no");
  EXPECT_THAT(stage.done, Not(Contains("put two")));
  EXPECT_EQ(stage.At("one").held_generation, 0);
}

TEST(Faults, OthersOfTheWaveKeepWhatTheyReached) {
  Stage stage;
  stage.FailNext(Action::kPut, "one", ErrorClass::kGone);  // F24
  stage.Run();
  ExpectPaused(stage, Why::kStepFailed, "one");
  EXPECT_EQ(stage.At("two").state, TargetState::kPut);
  stage.Tell(event::ResumeAsked{});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, AConflictIsObservedBeforeItIsWrittenAgain) {  // F25
  Stage stage;
  stage.FailNext(Action::kPut, "one", ErrorClass::kConflict);
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  const auto at = [&](const std::string& effect) {
    return std::find(stage.done.begin(), stage.done.end(), effect);
  };
  EXPECT_LT(at("put one"), at("observe one"));
  EXPECT_EQ(std::count(stage.done.begin(), stage.done.end(), "put one"), 2);
}

TEST(Faults, AnOldValueShownForAWhileIsWaitedFor) {  // F26
  Stage stage;
  for (int i = 0; i < 3; ++i) {
    stage.Answer(Action::kObserve, "one",
                 event::Observed{"one", true, "digest of old", "v1"});
  }
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.At("one").overwritten, 0);
}

TEST(Faults, PastItsLimitsSomebodyIsNeeded) {  // F27, F28
  Stage stage = WithTerms([](Terms& terms) {
    terms.per_attempt = 2;
    terms.per_cycle = 3;
  });
  stage.FailNext(Action::kCheckHealth, "one", ErrorClass::kTransient, 6);
  stage.RunFor(hours(5));
  EXPECT_EQ(In(stage.rotation), "NEEDS_HUMAN");
  EXPECT_EQ(stage.rotation.why, Why::kOutOfAttempts);
  EXPECT_THAT(stage.rotation.text, HasSubstr("one: it says no"));
  EXPECT_TRUE(stage.IsValid("digest of old"));
  EXPECT_THAT(stage.done, Contains("notify"));
  stage.Tell(event::ResumeAsked{});
  EXPECT_EQ(In(stage.rotation), "DEPLOYING");
  EXPECT_EQ(stage.rotation.attempt, 1);
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, AnAlteredValueIsMintedAnew) {  // F29
  Stage stage;
  stage.Answer(Action::kObserve, "one",
               event::Observed{"one", true, "trimmed", "v2"});
  stage.Run();
  ExpectPaused(stage, Why::kAltered, "one holds something else");
  stage.Tell(event::ResumeAsked{});
  EXPECT_EQ(stage.rotation.generation, 2);
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.issued, std::set<std::string>{New(2)});
}

TEST(Faults, WhatSomebodyElseWroteIsSeenBeforeTheRevoke) {  // F31
  Stage stage;
  Until(stage, Phase::kDraining);
  stage.holds["one"] = "digest of old";  // and is quiet about it
  stage.now += hours(2);
  stage.Run();
  ExpectPaused(stage, Why::kOverwritten, "one no longer holds the new value");
  EXPECT_TRUE(stage.issued.contains("old"));
  // The value is erased by then.
  stage.Tell(event::ResumeAsked{});
  stage.RunFor(hours(4));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.rotation.generation, 2);
}

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

TEST(Faults, ALostSealingKeyMintsAnotherGeneration) {  // F10
  Stage stage;
  stage.Answer(Action::kPut, "two", event::ValueLost{});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.rotation.generation, 2);
  EXPECT_EQ(stage.issued, std::set<std::string>{New(2)});
}

TEST(Faults, NobodyReliesOnAValueThatEveryTargetRefused) {  // F10, F21
  Stage stage;
  const auto is_held = [&] {
    return FindCredential(stage.rotation, New(1))->held;
  };
  while (stage.rotation.phase != Phase::kCreated) stage.Step();
  const Moment now{stage.now, false};
  for (const char* target : {"one", "two"}) {
    stage.rotation = Apply(std::move(stage.rotation),
                           event::Intended{Action::kPut, target}, now);
    EXPECT_TRUE(is_held());
    stage.rotation =
        Apply(std::move(stage.rotation),
              event::Failed{Action::kPut, target, ErrorClass::kThrottled,
                            "later", std::nullopt},
              now);
    EXPECT_FALSE(is_held());
  }
}

TEST(Faults, ValuesThatAreLostAgainAndAgainNeedSomebody) {
  Stage stage;
  for (int i = 0; i < 9; ++i) {
    stage.Answer(Action::kPut, "two", event::ValueLost{});
  }
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "NEEDS_HUMAN");
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Faults, AnOldOneRevokedByHandEndsTheWaiting) {  // F15
  Stage stage;
  stage.forced = true;
  Until(stage, Phase::kDraining);
  stage.issued.erase("old");
  stage.Tell(event::Revoked{"old", true});
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, ANewOneRevokedByHandIsReplaced) {  // F16
  Stage stage;
  stage.forced = true;
  Until(stage, Phase::kDraining);
  stage.issued.erase(New());
  stage.Tell(event::Revoked{New(), true});
  EXPECT_EQ(In(stage.rotation), "PREFLIGHT");
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.issued, std::set<std::string>{New(2)});
}

TEST(Faults, ATargetTakenAwayIsNotWaitedFor) {  // F17
  Stage stage;
  Until(stage, Phase::kVerifying);
  stage.Tell(event::TargetsChanged{{Spec("one")}});
  EXPECT_EQ(stage.rotation.dropped, std::vector<std::string>{"two (TOKEN)"});
  stage.now += minutes(1);
  stage.UseOf("one", stage.holds["one"]);
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DRAINING");
}

TEST(Faults, ATargetAddedInTimeIsWritten) {  // F17
  Stage stage;
  Until(stage, Phase::kDeploying);
  stage.can["three"] = {};
  stage.holds["three"] = "digest of old";
  stage.Tell(event::TargetsChanged{{Spec("one"), Spec("two"), Spec("three")}});
  EXPECT_EQ(In(stage.rotation), "PREFLIGHT");
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.holds["three"], "digest of " + New());
  EXPECT_EQ(stage.minted, 1);
}

TEST(Faults, ATargetAddedLateIsForTheNextRotation) {  // F17
  Stage stage;
  Until(stage, Phase::kDraining);
  stage.Tell(event::TargetsChanged{{Spec("one"), Spec("two"), Spec("three")}});
  EXPECT_EQ(stage.rotation.targets.size(), 2U);
}

TEST(Faults, ADeletedPrincipalsCredentialsAreAllRevoked) {  // F18
  for (const Phase phase :
       {Phase::kPreflight, Phase::kDeploying, Phase::kDraining, Phase::kDone}) {
    Stage stage;
    stage.forced = true;
    Until(stage, phase);
    stage.Tell(event::PrincipalDeleted{});
    stage.Run();
    EXPECT_EQ(In(stage.rotation), "DONE");
    EXPECT_EQ(stage.issued.empty(), phase != Phase::kDone);
    EXPECT_FALSE(stage.sealed);
  }
}

TEST(Faults, ASecondRequestJoins) {  // F14, F19
  Stage stage;
  Until(stage, Phase::kDeploying);
  const Rotation before = stage.rotation;
  stage.Tell(event::Requested{Cause::kManual, Urgency::kNone});
  EXPECT_EQ(stage.rotation, before);
}

TEST(Faults, ALeakEscalatesWhatIsLive) {  // F14
  for (const Phase phase : {Phase::kDeploying, Phase::kDraining, Phase::kPaused,
                            Phase::kRollingBack}) {
    Stage stage;
    stage.forced = true;
    if (phase == Phase::kPaused) {
      Until(stage, Phase::kDeploying);
      stage.Tell(event::PauseAsked{"lunch"});
    } else if (phase == Phase::kRollingBack) {
      Until(stage, Phase::kDraining);
      stage.Tell(event::RollbackAsked{"no"});
    } else {
      Until(stage, phase);
    }
    stage.Tell(event::Requested{Cause::kLeak, Urgency::kCompromised});
    EXPECT_THAT(Decide(stage.rotation, stage.Now()),
                Contains(Effect{Action::kRevoke, "old", {}}));
    stage.RunFor(hours(1));
    EXPECT_EQ(In(stage.rotation), "DONE") << Name(phase);
    EXPECT_EQ(stage.issued.size(), 1U);
  }
}

TEST(Faults, OnFailureRollbackPutsBackWhatTargetsHad) {
  Stage stage =
      WithTerms([](Terms& terms) { terms.on_failure = OnFailure::kRollback; });
  stage.FailNext(Action::kActivate, "two", ErrorClass::kAuth);
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "ROLLING_BACK");
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "ROLLED_BACK");
  EXPECT_EQ(stage.issued, std::set<std::string>{"old"});
  EXPECT_EQ(stage.holds["one"], "digest of old");
  EXPECT_FALSE(stage.sealed);
}

TEST(Faults, ATargetThatCannotBeGivenBackNeedsSomebody) {
  Stage stage;
  stage.can["one"].restores = false;
  Until(stage, Phase::kVerifying);
  stage.Tell(event::RollbackAsked{"no"});
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "NEEDS_HUMAN");
  EXPECT_EQ(stage.rotation.why, Why::kHoldsNew);
  EXPECT_THAT(stage.rotation.text, HasSubstr("one"));
  EXPECT_TRUE(stage.issued.contains(New()));
  // Somebody writes the old one by hand.
  stage.holds["one"] = "digest of old";
  stage.Tell(event::ResumeAsked{});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "ROLLED_BACK");
}

TEST(Faults, RollbackIsRefusedOnceAnOldOneIsGone) {
  Stage stage;
  Until(stage, Phase::kDone);
  EXPECT_EQ(WhyNotRollBack(stage.rotation), "it is over");
  Stage revoking;
  Until(revoking, Phase::kDraining);
  revoking.Tell(event::Requested{Cause::kLeak, Urgency::kCompromised});
  EXPECT_EQ(WhyNotRollBack(revoking.rotation),
            "the old credential is compromised");
  EXPECT_EQ(WhyNotResume(revoking.rotation), "it isn't paused");
}

TEST(Faults, AnOldOneRevokedInARollbackTurnsItForward) {
  Stage stage;
  stage.forced = true;
  Until(stage, Phase::kDraining);
  stage.Tell(event::RollbackAsked{"no"});
  stage.issued.erase("old");
  stage.Tell(event::Revoked{"old", true});
  EXPECT_EQ(In(stage.rotation), "PREFLIGHT");
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Faults, AbandonedItStopsAndLeavesNoValue) {
  Stage stage;
  Until(stage, Phase::kDeploying);
  stage.Tell(event::AbandonAsked{"we moved away"});
  EXPECT_FALSE(IsOver(stage.rotation));
  stage.Run();
  EXPECT_TRUE(IsOver(stage.rotation));
  EXPECT_FALSE(stage.sealed);
  EXPECT_EQ(stage.issued, (std::set<std::string>{"old", New()}));
  EXPECT_EQ(WhyNotResume(stage.rotation), "it was abandoned");
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

}  // namespace
}  // namespace writ::engine::rotation
