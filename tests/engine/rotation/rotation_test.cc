// The way a rotation goes when the world behaves, and what each schedule makes
// of it.
#include "engine/rotation/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(Rotation, CreatesDeploysVerifiesAndRevokes) {
  Stage stage;
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  EXPECT_THAT(
      stage.done,
      ElementsAre("preflight one", "preflight two", "mint " + New(), "put one",
                  "put two", "activate one", "activate two", "check_health one",
                  "check_health two", "observe one", "observe two", "probe one",
                  "probe two", "erase_value", "read_usage"));
  stage.now += minutes(1);
  stage.UseAll();
  stage.done.clear();
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DRAINING");
  EXPECT_THAT(stage.done, ElementsAre("read_usage", "read_usage"));
  stage.done.clear();
  stage.RunFor(hours(1));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_THAT(stage.done, ElementsAre("read_usage", "observe one",
                                      "observe two", "revoke old"));
  EXPECT_THAT(stage.issued, ElementsAre(New()));
  EXPECT_TRUE(Decide(stage.rotation, stage.Now()).empty());
}

TEST(Rotation, NamesTheSameCredentialEachTime) {
  EXPECT_EQ(CredentialId("r1", 1, ""), CredentialId("r1", 1, ""));
  EXPECT_NE(CredentialId("r1", 1, ""), CredentialId("r1", 2, ""));
  EXPECT_NE(CredentialId("r1", 1, ""), CredentialId("r2", 1, ""));
  EXPECT_NE(CredentialId("r1", 1, ""), CredentialId("r1", 1, "one"));
  // Pinned: a journal of an older binary is gone on from.
  EXPECT_EQ(CredentialId("r1", 1, ""), "c_2c00eaf0749ff6f21de3a23f01");
}

TEST(Rotation, WritesTheCanaryFirstAndThenInWaves) {
  Beginning beginning = TwoTargets();
  beginning.targets = {Spec("a"), Spec("b"), Spec("c"), Spec("d"), Spec("e")};
  beginning.targets[3].canary = true;
  beginning.terms.max_in_flight = 2;
  Stage stage(std::move(beginning));
  std::vector<std::string> waves;
  for (int i = 0; i < 40 && stage.rotation.phase < Phase::kDeployed; ++i) {
    stage.done.clear();
    stage.Step();
    std::string puts;
    for (const std::string& effect : stage.done) {
      if (effect.starts_with("put ")) puts += effect.substr(4);
    }
    if (!puts.empty()) waves.push_back(puts);
    if (puts == "ab") {
      EXPECT_EQ(stage.At("d").state, TargetState::kConfirmed);
    }
  }
  EXPECT_THAT(waves, ElementsAre("d", "ab", "ce"));
}

TEST(Rotation, MintsOneForEachDedicatedTarget) {
  Beginning beginning = TwoTargets();
  beginning.targets.push_back(Spec("own"));
  beginning.targets[2].dedicated = true;
  beginning.old.push_back(Old("old-own", "own"));
  Stage stage(std::move(beginning));
  stage.RunFor(hours(3));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.holds["own"], "digest of " + New(1, "own"));
  EXPECT_EQ(stage.holds["one"], "digest of " + New());
  EXPECT_EQ(stage.issued, (std::set<std::string>{New(), New(1, "own")}));
}

TEST(Rotation, UseOfADedicatedCredentialTellsItsTarget) {
  Beginning beginning = TwoTargets();
  beginning.targets = {Spec("own")};
  beginning.targets[0].dedicated = true;
  Stage stage(std::move(beginning));
  stage.Run();
  stage.now += minutes(1);
  stage.uses.push_back(
      {New(1, "own"), {}, {stage.now, "::1", "x", "/"}, false});
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DRAINING");
}

TEST(Rotation, SkipsWhatATargetCannotDo) {
  Stage stage;
  stage.can["one"] = {};
  stage.can["two"] = {false, false, true, false, false};
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_THAT(stage.done, Not(Contains("observe one")));
  EXPECT_THAT(stage.done, Not(Contains("activate two")));
  EXPECT_THAT(stage.done, Contains("check_health two"));
}

TEST(Rotation, ReadbackIsEnoughWhereItIsAskedFor) {
  Beginning beginning = TwoTargets();
  beginning.terms.evidence = Evidence::kReadback;
  Stage stage(std::move(beginning));
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_THAT(stage.done, Not(Contains("read_usage")));
}

TEST(Rotation, ImmediateRevokesOnceEveryTargetHoldsTheNewOne) {
  Beginning beginning = TwoTargets();
  beginning.urgency = Urgency::kImmediate;
  Stage stage(std::move(beginning));
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_EQ(stage.done.back(), "revoke old");
}

TEST(Rotation, CompromisedRevokesBeforeAnythingElse) {
  Beginning beginning = TwoTargets();
  beginning.urgency = Urgency::kCompromised;
  Stage stage(std::move(beginning));
  stage.forced = true;
  EXPECT_EQ(Decide(stage.rotation, stage.Now()),
            (std::vector<Effect>{{Action::kNotify, "", {}},
                                 {Action::kRevoke, "old", {}}}));
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_THAT(stage.issued, ElementsAre(New()));
}

TEST(Rotation, AFirstIssueHasNothingToProveOrRevoke) {
  Beginning beginning = TwoTargets();
  beginning.cause = Cause::kIssue;
  beginning.old.clear();
  Stage stage(std::move(beginning));
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "DONE");
  EXPECT_THAT(stage.done, Not(Contains("read_usage")));
  EXPECT_FALSE(stage.sealed);
}

TEST(Rotation, WithoutATargetAnybodysUseIsEvidence) {
  Beginning beginning = TwoTargets();
  beginning.targets.clear();
  beginning.terms.evidence = Evidence::kReadback;
  Stage stage(std::move(beginning));
  stage.Run();
  EXPECT_EQ(In(stage.rotation), "VERIFYING");
  stage.now += minutes(1);
  stage.uses.push_back({New(), {}, {stage.now, "::1", "curl", "/"}, false});
  stage.RunFor(hours(2));
  EXPECT_EQ(In(stage.rotation), "DONE");
}

TEST(Rotation, SaysWhenToLookAgain) {
  Stage stage;
  stage.Run();
  stage.now += minutes(1);
  stage.UseAll();
  stage.Run();
  // One hour after the targets were deployed.
  EXPECT_EQ(Decide(stage.rotation, stage.Now()),
            (std::vector<Effect>{{Action::kWait, "", kStart + hours(1)}}));
}

TEST(Rotation, RemembersWhenItEnteredEachPhase) {
  Stage stage;
  stage.RunFor(hours(2));
  EXPECT_EQ(EnteredAt(stage.rotation, Phase::kCreated), kStart);
  EXPECT_EQ(EnteredAt(stage.rotation, Phase::kDeployed), kStart);
  EXPECT_GE(EnteredAt(stage.rotation, Phase::kDone), kStart + hours(1));
  EXPECT_FALSE(EnteredAt(stage.rotation, Phase::kPaused));
}

}  // namespace
}  // namespace writ::engine::rotation
