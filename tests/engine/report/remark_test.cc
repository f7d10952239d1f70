// SARIF, JUnit and annotations: programs read them.
#include "engine/report/remark.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/report/report.h"
#include "schema/json.h"
#include "tests/engine/report/sample_plan.h"
#include "tests/support/hostile_texts.h"

namespace writ::engine {
namespace {

std::string Rendered(const Plan& plan, ReportKind kind,
                     const std::string& folder = {}) {
  ReportInput input;
  input.plan = &plan;
  input.folder = folder;
  return RenderReport(kind, input).text;
}

TEST(Remarks, HavePlacesFromTheRepositorysRoot) {
  const Plan plan = testing::SamplePlan();
  ReportInput input;
  input.plan = &plan;
  input.folder = "deploy";
  bool seen = false;
  for (const Remark& remark : RemarksOf(input)) {
    if (remark.at.file.empty()) continue;
    EXPECT_TRUE(remark.at.file.starts_with("deploy/")) << remark.at.file;
    seen = seen || remark.rule == "policy/in-use-token/live-traffic";
  }
  EXPECT_TRUE(seen);
}

TEST(Remarks, PointAtTheFieldThatBreaks) {
  const Plan plan = testing::SamplePlan();
  ReportInput input;
  input.plan = &plan;
  for (const Remark& remark : RemarksOf(input)) {
    if (remark.rule != "compatibility/breaking") continue;
    EXPECT_EQ(remark.at.line, 16U);
    return;
  }
  ADD_FAILURE() << "no such remark";
}

TEST(Remarks, BeginWithWhyACommitIsNotTrusted) {  // T-05
  Plan plan = testing::SamplePlan();
  plan.untrusted = {"3f9c2e1 isn't signed"};
  ReportInput input;
  input.plan = &plan;
  const Remark first = RemarksOf(input).front();
  EXPECT_EQ(first.rule, "trust");
  EXPECT_EQ(first.severity, Severity::kError);
  EXPECT_EQ(first.message, "3f9c2e1 isn't signed");
}

// The parts of SARIF 2.1.0 that its schema requires, and that code scanning
// relies on.
TEST(SarifReport, HoldsTogether) {
  const Result<Value> document =
      ParseJson(Rendered(testing::SamplePlan(), ReportKind::kSarif));
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->FindString("version"), "2.1.0");
  const Value& run = document->Find("runs")->AsList().at(0);
  const Value* driver = run.FindPath("tool.driver");
  ASSERT_NE(driver, nullptr);
  const Value::List& rules = driver->Find("rules")->AsList();
  std::set<std::string_view> ids;
  for (const Value& rule : rules) ids.insert(rule.FindString("id"));
  EXPECT_EQ(ids.size(), rules.size()) << "a rule is told once";
  std::set<std::string_view> levels;
  for (const Value& result : run.Find("results")->AsList()) {
    const auto index =
        static_cast<std::size_t>(result.Find("ruleIndex")->AsInteger());
    EXPECT_EQ(rules.at(index).FindString("id"), result.FindString("ruleId"));
    EXPECT_FALSE(result.FindPath("message.text")->AsString().empty());
    levels.insert(result.FindString("level"));
    const Value* places = result.Find("locations");
    if (places == nullptr) continue;
    const Value* line =
        places->AsList()[0].FindPath("physicalLocation.region.startLine");
    if (line == nullptr) continue;
    EXPECT_GT(line->AsInteger(), 0);
  }
  EXPECT_EQ(levels, (std::set<std::string_view>{"error", "warning"}));
}

// T-17: hostile texts stay texts; what is read back is JSON.
TEST(SarifReport, HoldsHostileTexts) {
  for (const auto& hostile : writ::testing::kHostileTexts) {
    const std::string text = Rendered(
        testing::HostilePlan(std::string(hostile.text)), ReportKind::kSarif);
    EXPECT_TRUE(ParseJson(text).has_value()) << hostile.name;
    EXPECT_TRUE(writ::testing::IsHarmless(text, "\n")) << hostile.name;
  }
}

TEST(JunitReport, FailsWhatCannotBeApplied) {
  const std::string text = Rendered(testing::SamplePlan(), ReportKind::kJunit);
  EXPECT_NE(text.find("name=\"delete Token/acme/zapier\">\n      <failure "
                      "type=\"unsafe\""),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("name=\"policy/in-use-token/live-traffic\">"),
            std::string::npos);
  EXPECT_NE(text.find("name=\"create NotificationRule/order-service/"
                      "refund-spike\"/>"),
            std::string::npos);
  EXPECT_NE(text.find("tests=\"7\" failures=\"1\""), std::string::npos) << text;
}

// Tags open and close in turn, quotes are closed: what an XML parser asks for.
bool IsWellFormed(const std::string& text) {
  std::vector<std::string> open;
  for (std::size_t at = text.find("?>") + 2;
       (at = text.find('<', at)) != std::string::npos;) {
    std::size_t end = at + 1;
    bool quoted = false;
    while (end < text.size() && (quoted || text[end] != '>')) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '<') return false;
      ++end;
    }
    const std::string tag = text.substr(at + 1, end - at - 1);
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
    at = end;
  }
  return open.empty();
}

TEST(JunitReport, IsWellFormedWhateverOthersWrote) {
  EXPECT_TRUE(
      IsWellFormed(Rendered(testing::SamplePlan(), ReportKind::kJunit)));
  for (const auto& hostile : writ::testing::kHostileTexts) {
    const std::string text = Rendered(
        testing::HostilePlan(std::string(hostile.text)), ReportKind::kJunit);
    EXPECT_TRUE(IsWellFormed(text)) << hostile.name << text;
    EXPECT_TRUE(writ::testing::IsHarmless(text, "\n")) << hostile.name;
  }
}

// T-17: each line is one command of writ's own.
TEST(Annotations, HoldsHostileTexts) {
  for (const auto& hostile : writ::testing::kHostileTexts) {
    const std::string text = Rendered(
        testing::HostilePlan(std::string(hostile.text)), ReportKind::kGithub);
    EXPECT_TRUE(writ::testing::IsHarmless(text, "\n")) << hostile.name;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
      const std::string line = text.substr(at, text.find('\n', at) - at);
      EXPECT_TRUE(line.starts_with("::error ") ||
                  line.starts_with("::warning ") ||
                  line.starts_with("::notice "))
          << hostile.name << line;
    }
  }
}

TEST(Annotations, PutErrorsAtTheirLines) {
  const std::string text =
      Rendered(testing::SamplePlan(), ReportKind::kGithub, "deploy");
  EXPECT_NE(text.find("::error file=deploy/manifests/tokens.yaml,line=4,col=1,"
                      "endColumn=1,title=policy/in-use-token/live-traffic::"
                      "Token/acme/zapier is in use"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace writ::engine
