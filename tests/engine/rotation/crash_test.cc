// A driver killed at every point of a rotation, once and twice, and gone on
// from what it had saved (F1 to F6).
#include <gtest/gtest.h>

#include <string>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

// Drives to the end; a crash is followed by a restart, which may crash once
// more after as many points. False where no crash came.
bool Drive(Stage& stage, int crash_in, int crash_again_in) {
  bool crashed = false;
  stage.crash_in = crash_in;
  for (int i = 0; i < 2000 && !IsOver(stage.rotation); ++i) {
    try {
      if (!stage.Step()) {
        stage.now += minutes(10);
        stage.UseAll();
      }
    } catch (const Stage::Crash&) {
      crashed = true;
      stage.Restart();
      if (crash_again_in > 0) stage.crash_in = crash_again_in;
      crash_again_in = 0;
    }
    EXPECT_EQ(stage.Broken(), "");
    if (testing::Test::HasFailure()) return false;
  }
  return crashed;
}

void Expect(const Stage& stage, Phase phase, const std::string& valid) {
  EXPECT_EQ(In(stage.rotation), Name(phase));
  EXPECT_EQ(stage.issued, std::set<std::string>{valid});
  EXPECT_EQ(stage.rotation.generation, 1);
  EXPECT_FALSE(stage.sealed);
  for (const auto& [target, digest] : stage.holds) {
    EXPECT_EQ(digest, "digest of " + valid) << target;
  }
}

const std::string& NewId() {
  static const std::string kId = CredentialId("r1", 1, "");
  return kId;
}

// `blind`: nobody can say what was written.
Stage Fresh(bool blind) {
  Stage stage;
  if (!blind) return stage;
  for (auto& [target, can] : stage.can) can.reads_back = false;
  return stage;
}

void CrashEverywhere(bool blind, int again_in) {
  int points = 0;
  while (true) {
    Stage stage = Fresh(blind);
    if (!Drive(stage, points + 1, again_in)) break;
    SCOPED_TRACE("killed at point " + std::to_string(points));
    Expect(stage, Phase::kDone, NewId());
    if (testing::Test::HasFailure()) return;
    ++points;
  }
  EXPECT_GT(points, 60);
}

TEST(Crash, AnywhereIsGoneOnFrom) { CrashEverywhere(false, 0); }

TEST(Crash, AnywhereIsGoneOnFromWithTargetsThatSayNothing) {
  CrashEverywhere(true, 0);
}

TEST(Crash, TwiceInARowIsGoneOnFrom) {
  for (int again_in = 1; again_in <= 12; ++again_in) {
    CrashEverywhere(false, again_in);
  }
}

TEST(Crash, AnywhereInARollbackIsGoneOnFrom) {
  int points = 0;
  while (true) {
    Stage stage;
    for (int i = 0; i < 8; ++i) stage.Step();
    ASSERT_GE(stage.rotation.phase, Phase::kDeploying);
    stage.Tell(event::RollbackAsked{"a bad day"});
    if (!Drive(stage, points + 1, 0)) break;
    SCOPED_TRACE("killed at point " + std::to_string(points));
    Expect(stage, Phase::kRolledBack, "old");
    if (HasFailure()) return;
    ++points;
  }
  EXPECT_GT(points, 15);
}

TEST(Crash, AnIntentWithoutOutcomeIsObservedFirst) {  // F2, F3, F20
  for (const bool written : {false, true}) {
    Stage stage;
    while (stage.rotation.phase != Phase::kCreated) stage.Step();
    stage.Tell(event::Intended{Action::kPut, "one"});
    if (written) stage.Succeed({Action::kPut, "one", {}});
    stage.Restart();
    stage.done.clear();
    stage.Step();
    EXPECT_EQ(stage.done[0], "observe one");
    stage.done.clear();
    stage.Step();
    EXPECT_EQ(stage.done[0], written ? "activate one" : "put one");
  }
}

TEST(Crash, OfABlindTargetIsWrittenAgain) {
  Stage stage = Fresh(true);
  while (stage.rotation.phase != Phase::kCreated) stage.Step();
  stage.Tell(event::Intended{Action::kPut, "one"});
  stage.Succeed({Action::kPut, "one", {}});
  stage.Restart();
  stage.Step();
  EXPECT_EQ(stage.At("one").state, TargetState::kWaiting);
  stage.done.clear();
  stage.Step();
  EXPECT_EQ(stage.done[0], "put one");
}

TEST(Crash, BetweenMintsNeverMintsAnother) {
  Stage stage;
  while (stage.done.size() < 2) stage.Step();
  stage.Tell(event::Intended{Action::kMint, NewId()});
  stage.Succeed({Action::kMint, NewId(), {}});
  stage.Restart();
  stage.RunFor(hours(3));
  Expect(stage, Phase::kDone, NewId());
}

}  // namespace
}  // namespace writ::engine::rotation
