// What somebody does while a rotation is under way: revokes, retargets,
// deletes, asks again, rolls back, abandons.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

bool FindHeld(const Rotation& rotation, const std::string& id) {
  for (const Credential& credential : rotation.credentials) {
    if (credential.id == id) return credential.held;
  }
  return false;
}

using testing::Contains;
using testing::HasSubstr;

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

// What it would be revoked by could never be had of it.
TEST(Faults, ATargetAddedInTimeHasToGiveTheEvidenceToo) {  // F17
  Stage stage;
  stage.rotation.terms.evidence = Evidence::kProbe;
  for (auto& [name, can] : stage.can) can.probes = true;
  Until(stage, Phase::kDeploying);
  stage.can["three"] = {};
  stage.can["three"].probes = false;
  stage.holds["three"] = "digest of old";
  stage.Tell(event::TargetsChanged{{Spec("one"), Spec("two"), Spec("three")}});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "PAUSED");
  EXPECT_EQ(stage.rotation.text, "three has no probe");
}

TEST(Faults, ATargetAddedLateIsForTheNextRotation) {  // F17
  Stage stage;
  Until(stage, Phase::kDraining);
  stage.Tell(event::TargetsChanged{{Spec("one"), Spec("two"), Spec("three")}});
  EXPECT_EQ(stage.rotation.targets.size(), 2U);
}

// Use is the evidence then, and nobody may ever give it.
TEST(Faults, WhereTheLastTargetIsTakenAwayItPausesAtTheDeadline) {  // F17
  Stage stage = WithTerms([](Terms& t) { t.evidence = Evidence::kReadback; });
  Until(stage, Phase::kRevoking);
  stage.Tell(event::TargetsChanged{});
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  stage.RunFor(hours(25), false);
  ExpectPaused(stage, Why::kNotSeen, "nobody was seen using the new one");
  EXPECT_TRUE(stage.issued.contains("old"));
}

TEST(Faults, WhatATargetHoldsIsKnownWhenItIsBack) {  // F17
  Stage stage;
  while (stage.holds["one"] != "digest of " + New()) ASSERT_TRUE(stage.Step());
  stage.Tell(event::TargetsChanged{{Spec("two")}});
  stage.Tell(event::TargetsChanged{{Spec("one"), Spec("two")}});
  EXPECT_EQ(stage.At("one").held_generation, 1);
  EXPECT_THAT(stage.rotation.dropped, testing::IsEmpty());
  // What it held before isn't known any more, so that nothing can be put back.
  while (!stage.At("one").ready) ASSERT_TRUE(stage.Step());
  ASSERT_TRUE(stage.At("one").can.restores);
  stage.Tell(event::RollbackAsked{"back"});
  stage.RunFor(hours(3));
  EXPECT_EQ(Name(stage.rotation.why), Name(Why::kHoldsNew));
  EXPECT_TRUE(stage.issued.contains(New()));
}

// It holds what was shared, though one of its own is wanted for it now.
TEST(Faults, WhatATargetHeldIsNotTakenForNobodys) {  // F17
  Stage stage;
  while (stage.holds["one"] != "digest of " + New()) ASSERT_TRUE(stage.Step());
  std::vector<TargetSpec> specs = {Spec("one"), Spec("two")};
  specs[0].dedicated = true;
  stage.Tell(event::TargetsChanged{specs});
  stage.FailNext(Action::kPut, "two", ErrorClass::kInvalid);
  stage.FailNext(Action::kPut, "one", ErrorClass::kTransient);
  for (int i = 0; i < 50 && !IsStopped(stage.rotation); ++i) stage.Step();
  EXPECT_TRUE(FindHeld(stage.rotation, New()));
  stage.Tell(event::ResumeAsked{});
  stage.Run();
  EXPECT_EQ(stage.Broken(), "");
}

TEST(Faults, WhetherTargetsHaveChangedIsWhatChangingThemWouldDo) {  // F17
  Stage stage;
  const std::vector<TargetSpec> both = {Spec("one"), Spec("two")};
  std::vector<TargetSpec> other = both;
  other[1].key = "OTHER";
  std::vector<TargetSpec> rarer = both;
  rarer[1].expected_period = hours(3);
  const std::vector<TargetSpec> more = {both[0], both[1], Spec("three")};
  EXPECT_FALSE(HaveChanged(stage.rotation, both));
  for (const auto& specs : {other, rarer, more, {both[0]}}) {
    EXPECT_TRUE(HaveChanged(stage.rotation, specs));
  }
  Until(stage, Phase::kDraining);
  EXPECT_FALSE(HaveChanged(stage.rotation, both));
  EXPECT_FALSE(HaveChanged(stage.rotation, more)) << "too late for it";
}

Beginning WithOneDedicated() {
  Beginning beginning = TwoTargets();
  beginning.targets[0].dedicated = true;
  return beginning;
}

// Its target was gone for a moment, in which it was revoked, or was not.
TEST(Faults, WhatMayHaveBeenRevokedIsNotHandedOut) {  // F17
  Beginning beginning = WithOneDedicated();
  beginning.old.push_back(Old("its own", "one"));
  const std::vector<TargetSpec> both = beginning.targets;
  Stage stage(std::move(beginning));
  while (!stage.issued.contains(New(1, "one"))) ASSERT_TRUE(stage.Step());
  stage.Tell(event::TargetsChanged{{both[1]}});
  EXPECT_THAT(Decide(stage.rotation, stage.Now()),
              Contains(Effect{Action::kRevoke, New(1, "one"), {}}));
  stage.Tell(event::Intended{Action::kRevoke, New(1, "one")});
  stage.issued.erase(New(1, "one"));
  stage.Tell(event::TargetsChanged{both});
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.holds["one"], "digest of " + New(2, "one"));
}

// A first issue has nothing to prove, until there is something to revoke.
TEST(Faults, WhatATargetHeldThatIsGoneWantsEvidenceOfTheRest) {  // F17
  Beginning beginning = WithOneDedicated();
  beginning.old.clear();
  beginning.terms.evidence = Evidence::kProbe;
  Stage stage(std::move(beginning));
  stage.can["two"].probes = false;
  Until(stage, Phase::kVerifying);
  stage.Tell(event::TargetsChanged{{Spec("two")}});
  stage.RunFor(hours(3));
  ExpectPaused(stage, Why::kCannotFinish, "two has no probe");
  EXPECT_TRUE(stage.issued.contains(New(1, "one")));
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

}  // namespace
}  // namespace writ::engine::rotation
