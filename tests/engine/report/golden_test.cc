// Every report of one plan, as kept in tests/golden/report; UPDATE_GOLDEN=1
// rewrites them and reports the case as skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/report/report.h"
#include "schema/json.h"
#include "tests/engine/report/sample_plan.h"

namespace writ::engine {
namespace {

namespace fs = std::filesystem;

void CompareWithKept(const std::string& name, const std::string& text) {
  const fs::path file =
      fs::path(WRIT_SOURCE_DIR) / "tests" / "golden" / "report" / name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return;
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(stream), {}};
  EXPECT_EQ(kept, text) << file;
}

const std::string& FileOf(ReportKind kind) {
  static const std::string names[] = {"plan.md", "plan.html", "plan.sarif",
                                      "plan.xml", "plan.github"};
  return names[static_cast<int>(kind)];
}

class GoldenReport : public ::testing::TestWithParam<std::string> {};

TEST_P(GoldenReport, IsAsKept) {
  const ReportKind kind = ParseReportKind(GetParam()).value();
  Plan plan = testing::SamplePlan();
  ReportInput input;
  input.plan = &plan;
  input.writ_version = "0.1.0";
  CompareWithKept("denied/" + FileOf(kind), RenderReport(kind, input).text);

  // What is left when somebody has mended it, of a merge result.
  plan.changes.erase(plan.changes.begin());
  plan.alarms.clear();
  plan.merged_with = "main";
  plan.digest = PlanDigest(plan);
  CompareWithKept("merge/" + FileOf(kind), RenderReport(kind, input).text);

  plan.changes.clear();
  plan.scheduled.clear();
  CompareWithKept("empty/" + FileOf(kind), RenderReport(kind, input).text);

  Diagnostics diagnostics;
  diagnostics.Add({Severity::kError,
                   "unknown-field",
                   "unknown field \"requird\" in EventSchema/shop/order.placed",
                   {{"manifests/events.yaml", 14, 37, 7, ""}},
                   "did you mean \"required\"?",
                   ""});
  input.plan = nullptr;
  input.diagnostics = &diagnostics;
  CompareWithKept("invalid/" + FileOf(kind), RenderReport(kind, input).text);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) GTEST_SKIP() << "rewritten";
}

INSTANTIATE_TEST_SUITE_P(All, GoldenReport,
                         ::testing::ValuesIn(ReportKindNames()),
                         [](const auto& each) { return each.param; });

// A plan that was kept and read back gives the same reports, but for the
// order of what nobody sees.
TEST(Reports, AreTheSameOfAPlanReadBack) {
  const Plan plan = testing::SamplePlan();
  const Result<Plan> read = ParsePlanJson(RenderPlanJson(plan));
  ASSERT_TRUE(read.has_value()) << Describe(read.error());
  for (const std::string& name : ReportKindNames()) {
    const ReportKind kind = ParseReportKind(name).value();
    ReportInput first;
    first.plan = &plan;
    ReportInput second;
    second.plan = &*read;
    EXPECT_EQ(RenderReport(kind, first).text, RenderReport(kind, second).text)
        << name;
  }
}

}  // namespace
}  // namespace writ::engine
