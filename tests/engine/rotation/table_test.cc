// Holds the table in apply.h against what Apply does.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/engine/rotation/stage.h"

namespace writ::engine::rotation {
namespace {

// A rotation at rest in each phase that one can rest in, in an orderly way.
Stage At(Phase phase) {
  Beginning beginning = TwoTargets();
  beginning.targets.pop_back();
  Stage stage(std::move(beginning));
  const auto until = [&stage](Phase wanted) {
    for (int i = 0; i < 200 && stage.rotation.phase != wanted; ++i) {
      if (stage.Step()) continue;
      stage.now += minutes(10);
      stage.UseAll();
    }
  };
  if (phase == Phase::kPaused) {
    until(Phase::kVerifying);
    stage.Tell(event::PauseAsked{"a look"});
  } else if (phase == Phase::kNeedsHuman) {
    until(Phase::kVerifying);
    stage.rotation.terms.per_attempt = 1;
    stage.rotation.terms.per_cycle = 1;
    stage.Tell(event::Failed{Action::kReadUsage, "", ErrorClass::kTransient,
                             "busy", std::nullopt});
  } else if (phase == Phase::kRollingBack || phase == Phase::kRolledBack) {
    until(Phase::kDraining);
    stage.Tell(event::RollbackAsked{"a bad day"});
    until(phase);
  } else {
    until(phase);
  }
  EXPECT_EQ(stage.rotation.phase, phase) << Name(phase);
  return stage;
}

std::string Short(Phase phase) {
  static const std::map<Phase, std::string> kShort = {
      {Phase::kPreflight, "PF"},   {Phase::kCreated, "CR"},
      {Phase::kDeploying, "DY"},   {Phase::kVerifying, "VG"},
      {Phase::kDraining, "DR"},    {Phase::kRevoking, "RV"},
      {Phase::kDone, "DO"},        {Phase::kPaused, "PA"},
      {Phase::kRollingBack, "RB"}, {Phase::kRolledBack, "RD"},
      {Phase::kNeedsHuman, "NH"}};
  return kShort.at(phase);
}

// Works until the phase is another one.
void Work(Stage& stage) {
  const Phase from = stage.rotation.phase;
  for (int i = 0; i < 200 && stage.rotation.phase == from; ++i) {
    // Effects one at a time, so that no phase is run past.
    const auto effects = Decide(stage.rotation, stage.Now());
    if (effects.empty()) return;
    if (effects[0].action == Action::kWait) {
      stage.now += minutes(10);
      stage.UseAll();
      continue;
    }
    stage.Tell(event::Intended{effects[0].action, effects[0].subject});
    if (stage.rotation.phase == from) stage.Tell(stage.Perform(effects[0]));
  }
}

void Break(Stage& stage) {
  const Phase phase = stage.rotation.phase;
  const Action action = phase == Phase::kRollingBack ? Action::kRestore
                        : phase == Phase::kRevoking  ? Action::kRevoke
                                                     : Action::kActivate;
  stage.Tell(event::Failed{action, "one", ErrorClass::kAuth, "not allowed",
                           std::nullopt});
}

std::string Cell(Phase phase, const std::string& column) {
  Stage stage = At(phase);
  const Rotation before = stage.rotation;
  if (column == "work") Work(stage);
  if (column == "fails") Break(stage);
  if (column == "pause") stage.Tell(event::PauseAsked{"a look"});
  if (column == "resume") stage.Tell(event::ResumeAsked{});
  if (column == "rollback") stage.Tell(event::RollbackAsked{"no"});
  if (column == "abandon") stage.Tell(event::AbandonAsked{"enough"});
  if (column == "deleted") stage.Tell(event::PrincipalDeleted{});
  const Phase after = stage.rotation.phase;
  if (column == "abandon" && stage.rotation.abandoned) return "NH";
  if (after == phase) return ".";
  if (IsStopped(before) && column == "resume") {
    EXPECT_EQ(after, before.stopped_in);
    return "<";
  }
  return Short(after);
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// The rows of the table, without the comment signs.
std::vector<std::vector<std::string>> TableOfHeader() {
  std::ifstream in(std::string(WRIT_SOURCE_DIR) + "/engine/rotation/apply.h");
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 2) {
      if (!rows.empty()) break;
      continue;
    }
    std::vector<std::string> words = Words(line.substr(2));
    if (!rows.empty() && words.empty()) break;
    const bool head =
        !words.empty() && words[0] == "phase" && words.size() == 8;
    if (head || !rows.empty()) rows.push_back(words);
  }
  return rows;
}

TEST(Table, SaysWhatApplyDoes) {
  const auto table = TableOfHeader();
  ASSERT_EQ(table.size(), 12U);
  for (std::size_t row = 1; row < table.size(); ++row) {
    const auto phase = ParseName<Phase>(table[row][0]);
    ASSERT_TRUE(phase) << table[row][0];
    ASSERT_EQ(table[row].size(), table[0].size());
    for (std::size_t column = 1; column < table[0].size(); ++column) {
      EXPECT_EQ(Cell(*phase, table[0][column]), table[row][column])
          << table[row][0] << ", " << table[0][column];
    }
  }
}

}  // namespace
}  // namespace writ::engine::rotation
