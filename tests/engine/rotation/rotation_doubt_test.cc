// What a rotation makes of what it can't know: intents that were overtaken,
// clocks that were off, targets that show what was. tests/bench/rotation_sim
// found each of these.
#include <gtest/gtest.h>

#include <string>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

Stage WithEvidence(Evidence evidence) {
  Beginning beginning = TwoTargets();
  beginning.terms.evidence = evidence;
  return Stage(std::move(beginning));
}

TEST(Doubt, EvidenceOfAClockThatIsOffIsAskedForAgain) {  // T-24
  Stage stage;
  Until(stage, Phase::kDraining);
  stage.UseAll();
  stage.now += hours(3);
  stage.rotation =
      Apply(stage.rotation, stage.Succeed({Action::kReadUsage, {}, {}}),
            {stage.now, true});
  for (const char* target : {"one", "two"}) {
    stage.rotation =
        Apply(stage.rotation, stage.Seen(target), {stage.now, true});
  }
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  EXPECT_FALSE(Decide(stage.rotation, stage.Now()).empty());
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Doubt, TimesOfAClockThatIsOffAreNotKept) {  // T-24
  Stage stage;
  Until(stage, Phase::kDraining);
  const Timestamp seen = stage.rotation.seen_at;
  stage.rotation =
      Apply(stage.rotation, event::UsageRead{}, {stage.now + hours(5), true});
  EXPECT_EQ(stage.rotation.usage_read_at, seen);
  EXPECT_EQ(stage.rotation.seen_at, seen);
  stage.rotation =
      Apply(stage.rotation, event::UsageRead{}, {seen - hours(5), false});
  EXPECT_EQ(stage.rotation.usage_read_at, seen);
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Doubt, AValueWhoseMintWasOvertakenIsErased) {
  for (const bool minted : {false, true}) {
    Stage stage;
    while (stage.done.size() < 2) stage.Step();
    stage.Tell(event::Intended{Action::kMint, New()});
    if (minted) stage.Succeed({Action::kMint, New(), {}});
    stage.Tell(event::RollbackAsked{"not today"});
    stage.RunFor(hours(3));
    EXPECT_EQ(In(stage.rotation), "ROLLED_BACK");
    EXPECT_FALSE(stage.sealed);
    EXPECT_EQ(stage.issued, std::set<std::string>{"old"});
  }
}

TEST(Doubt, AnEarlierGenerationsValueIsErasedToo) {
  Stage stage;
  Until(stage, Phase::kCreated);
  ASSERT_TRUE(stage.sealed);
  stage.issued.erase(New());
  stage.Tell(event::Revoked{New(), true});
  EXPECT_EQ(stage.rotation.generation, 2);
  stage.Tell(event::AbandonAsked{"enough"});
  stage.Run();
  EXPECT_FALSE(stage.sealed);
}

TEST(Doubt, ARevokeThatWasBegunIsNotRolledBack) {
  for (const bool revoked : {false, true}) {
    Stage stage;
    Until(stage, Phase::kRevoking);
    stage.Tell(event::Intended{Action::kRevoke, "old"});
    if (revoked) stage.Succeed({Action::kRevoke, "old", {}});
    stage.Restart();
    stage.Tell(event::RollbackAsked{"back"});
    EXPECT_EQ(In(stage.rotation), "REVOKING");
    EXPECT_NE(WhyNotRollBack(stage.rotation), "");
    stage.RunFor(hours(3));
    EXPECT_EQ(In(stage.rotation), "DONE");
    EXPECT_EQ(stage.issued, std::set<std::string>{New()});
  }
}

TEST(Doubt, WhatIsPutBackHasToShowFirst) {
  for (const Evidence evidence : {Evidence::kReadback, Evidence::kUsage}) {
    Stage stage = WithEvidence(evidence);
    stage.can["one"].activates = false;
    Until(stage, Phase::kDeploying);
    stage.Step();
    stage.Step();
    stage.Tell(event::RollbackAsked{"back"});
    const std::string digest = "digest of " + New();
    stage.Answer(Action::kObserve, "one",
                 event::Observed{"one", true, digest, "v2"});
    stage.Step();
    stage.Step();
    EXPECT_EQ(stage.At("one").state, TargetState::kRestored);
    EXPECT_TRUE(stage.issued.contains(New()));
    stage.RunFor(hours(3));
    EXPECT_EQ(In(stage.rotation), "ROLLED_BACK") << stage.rotation.text;
    EXPECT_EQ(stage.issued, std::set<std::string>{"old"});
  }
}

// What was written may show later than what was there is seen.
TEST(Doubt, ATargetThatStillShowsTheOldOneIsLookedAtTwice) {
  Stage stage = WithEvidence(Evidence::kReadback);
  for (auto& [target, can] : stage.can) can.restores = false;
  Until(stage, Phase::kDeploying);
  stage.Step();
  stage.Tell(event::RollbackAsked{"back"});
  for (const char* target : {"one", "two"}) {
    stage.Answer(Action::kObserve, target,
                 event::Observed{target, true, "digest of old", "v1"});
  }
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "ROLLING_BACK");
  EXPECT_TRUE(stage.issued.contains(New()));
  stage.RunFor(minutes(10));
  EXPECT_EQ(In(stage.rotation), "NEEDS_HUMAN");
  EXPECT_EQ(stage.rotation.why, Why::kHoldsNew);
  EXPECT_TRUE(stage.issued.contains(New()));
}

// The first credential replaced nothing, so that nothing was asked of it.
TEST(Doubt, ALaterGenerationHasToGiveEvidenceToo) {
  Beginning beginning = TwoTargets();
  beginning.cause = Cause::kIssue;
  beginning.old.clear();
  beginning.terms.evidence = Evidence::kProbe;
  Stage stage(std::move(beginning));
  stage.can["one"].probes = false;
  Until(stage, Phase::kCreated);
  stage.Tell(event::Intended{Action::kPut, "one"});
  stage.Tell(stage.Succeed({Action::kPut, "one", {}}));
  stage.Tell(event::ValueLost{});
  stage.Run();
  EXPECT_EQ(stage.rotation.generation, 2);
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(stage.rotation.why, Why::kCannotFinish);
  EXPECT_TRUE(stage.issued.contains(New()));
}

TEST(Doubt, WhatIsResumedWithoutAPrincipalMakesNothingNew) {
  Stage stage;
  Until(stage, Phase::kVerifying);
  stage.FailNext(Action::kRevoke, "old", ErrorClass::kAuth);
  stage.Tell(event::PrincipalDeleted{});
  // Not Run: nobody is served any more, which is what was asked for.
  while (stage.Step()) {
  }
  ASSERT_EQ(stage.rotation.phase, Phase::kPaused);
  stage.Tell(event::ResumeAsked{});
  EXPECT_EQ(stage.rotation.phase, Phase::kRevoking);
  while (stage.Step()) {
  }
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.rotation.generation, 1);
}

}  // namespace
}  // namespace writ::engine::rotation
