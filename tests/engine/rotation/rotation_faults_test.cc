// What a rotation makes of targets and values that don't behave, fault by
// fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "engine/rotation/steps.h"
#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

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

}  // namespace
}  // namespace writ::engine::rotation
