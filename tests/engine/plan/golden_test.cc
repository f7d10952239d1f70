// Every folder of tests/golden/plan: case.json (tests/support/plan_case.h) and
// what it comes to, plan.txt and plan.json, or diagnostics.txt where it is
// wrong. UPDATE_GOLDEN=1 rewrites them and reports the case as skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/plan/planner.h"
#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "schema/report/report.h"
#include "tests/support/plan_case.h"

namespace writ::engine {
namespace {

namespace fs = std::filesystem;

const fs::path& Root() {
  static const fs::path root =
      fs::path(WRIT_SOURCE_DIR) / "tests" / "golden" / "plan";
  return root;
}

std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Root())) {
    if (entry.is_directory()) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Outcome {
  std::optional<Plan> plan;
  Diagnostics diagnostics;
};

Outcome PlanOf(const std::string& name) {
  testing::PlanCase loaded;
  testing::Load(Root() / name / "case.json", loaded);
  Outcome outcome;
  const Snapshot live = loaded.model.snapshot();
  outcome.plan =
      MakePlan(loaded.world.Input(), live, loaded.options, outcome.diagnostics);
  outcome.diagnostics.Sort();
  return outcome;
}

bool Updates() { return std::getenv("UPDATE_GOLDEN") != nullptr; }

void Compare(const fs::path& file, const std::string& text) {
  if (Updates()) {
    std::ofstream(file, std::ios::binary) << text;
  } else {
    EXPECT_EQ(testing::ReadFile(file), text) << file;
  }
}

class GoldenPlan : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenPlan, IsAsKept) {
  const fs::path folder = Root() / GetParam();
  const Outcome outcome = PlanOf(GetParam());
  EXPECT_EQ(outcome.plan.has_value(), !outcome.diagnostics.HasErrors());
  if (outcome.plan) {
    Compare(folder / "plan.txt", RenderPlanText(*outcome.plan));
    Compare(folder / "plan.json", RenderPlanJson(*outcome.plan));
    EXPECT_FALSE(fs::exists(folder / "diagnostics.txt"));
  } else {
    Compare(folder / "diagnostics.txt",
            RenderDiagnostics(outcome.diagnostics, {}));
    EXPECT_FALSE(fs::exists(folder / "plan.txt"));
  }
  if (Updates()) GTEST_SKIP() << "rewritten";
}

// A plan that was read back says the same, but for contents' secrets, which
// neither has.
TEST_P(GoldenPlan, ReadsBackFromJson) {
  const Outcome outcome = PlanOf(GetParam());
  if (!outcome.plan) return;
  const std::string json = RenderPlanJson(*outcome.plan);
  const Result<Plan> read = ParsePlanJson(json);
  ASSERT_TRUE(read.has_value()) << Describe(read.error());
  EXPECT_EQ(RenderPlanJson(*read), json);
  EXPECT_EQ(RenderPlanText(*read), RenderPlanText(*outcome.plan));
  EXPECT_EQ(PlanDigest(*read), PlanDigest(*outcome.plan));
  EXPECT_EQ(read->unsafe(), outcome.plan->unsafe());
}

// No value that a manifest holds and the table calls sensitive is anywhere.
TEST_P(GoldenPlan, ShowsNoCanary) {
  const Outcome outcome = PlanOf(GetParam());
  if (!outcome.plan) return;
  PlanTextOptions verbose;
  verbose.verbose = true;
  for (const std::string& text : {RenderPlanText(*outcome.plan),
                                  RenderPlanText(*outcome.plan, verbose)}) {
    EXPECT_EQ(text.find("canary"), std::string::npos) << text;
  }
}

// What may be applied leads to no further change.
TEST_P(GoldenPlan, LeavesNothingToDoOnceApplied) {
  testing::PlanCase loaded;
  testing::Load(Root() / GetParam() / "case.json", loaded);
  Diagnostics diagnostics;
  const Snapshot live = loaded.model.snapshot();
  const auto plan =
      MakePlan(loaded.world.Input(), live, loaded.options, diagnostics);
  if (!plan || plan->unsafe() || plan->counts().suspended > 0 ||
      plan->mode == "refresh-only") {
    return;
  }
  loaded.model.Apply(*plan, loaded.world.resources);
  if (HasFatalFailure()) return;
  const Snapshot after = loaded.model.snapshot();
  const auto again =
      MakePlan(loaded.world.Input(), after, loaded.options, diagnostics);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->changes.empty()) << RenderPlanText(*again);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenPlan, ::testing::ValuesIn(CaseNames()),
                         [](const auto& each) { return each.param; });

TEST(GoldenPlans, HoldEveryActionReasonAndCause) {
  std::set<Action> actions;
  std::set<Reason> reasons;
  std::set<Cause> causes;
  std::set<GuardKind> guards;
  std::set<AlarmKind> alarms;
  for (const std::string& name : CaseNames()) {
    const Outcome outcome = PlanOf(name);
    if (!outcome.plan) continue;
    for (const Guard& guard : outcome.plan->guards) guards.insert(guard.kind);
    for (const Change& change : outcome.plan->changes) {
      actions.insert(change.action);
      reasons.insert(change.reason);
      causes.insert(change.cause);
      for (const Guard& guard : change.guards) guards.insert(guard.kind);
      for (const Alarm& alarm : change.alarms) alarms.insert(alarm.kind);
    }
  }
  // All but rotations, which are due by schedule.
  EXPECT_EQ(actions.size(), 7U);
  EXPECT_EQ(reasons.size(), 12U);
  EXPECT_EQ(causes.size(), 3U);
  EXPECT_EQ(guards.size(), 8U);
  EXPECT_EQ(alarms.size(), 3U);
}

}  // namespace
}  // namespace writ::engine
