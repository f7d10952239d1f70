#include <gtest/gtest.h>

#include <string>

#include "engine/report/report.h"
#include "tests/engine/report/sample_plan.h"
#include "tests/support/hostile_texts.h"

namespace writ::engine {
namespace {

using testing::ChangeOf;

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

PlanReport MarkdownOf(const Plan& plan,
                      std::size_t limit = kGithubCommentLimit) {
  ReportInput input;
  input.plan = &plan;
  input.limit = limit;
  return RenderReport(ReportKind::kMarkdown, input);
}

// A large plan with `dangerous` changes of each sort that no cut may lose.
Plan LargePlan(int dangerous, int others) {
  Plan plan = testing::FramedPlan();
  for (int i = 0; i < dangerous; ++i) {
    const std::string n = std::to_string(i) + "x";
    plan.changes.push_back(ChangeOf(Action::kDelete, "App/deleted" + n));
    plan.changes.push_back(ChangeOf(Action::kUpdate, "Token/a/widened" + n));
    plan.changes.back().alarms = {
        {AlarmKind::kWidened, "spec.scopes", "may do admin:all"}};
    plan.changes.push_back(ChangeOf(Action::kUpdate, "Policy/weakened" + n));
    plan.changes.back().alarms = {
        {AlarmKind::kWeakensGuard, "", "weakens a guard"}};
  }
  for (int i = 0; i < others; ++i) {
    plan.changes.push_back(
        ChangeOf(Action::kCreate, "App/created" + std::to_string(i)));
    plan.changes.back().fields = {
        testing::FieldOf("spec.a", Value(i), Value("b"))};
  }
  plan.alarms = {{AlarmKind::kWeakensGuard, "safety", "guards less"}};
  return plan;
}

// T-17: totals, deletes, widened permissions and guard changes survive any cut.
TEST(MarkdownReport, CutsWhatIsLeastDangerous) {
  for (const int others : {0, 10, 1'000, 20'000}) {
    for (const std::size_t limit :
         {std::size_t{40'000}, kGithubCommentLimit, std::size_t{1'000'000}}) {
      const PlanReport report = MarkdownOf(LargePlan(100, others), limit);
      EXPECT_FALSE(report.too_large);
      EXPECT_LE(report.text.size(), limit);
      for (const char* word : {"/deleted", "/widened", "/weakened"}) {
        EXPECT_EQ(CountOf(report.text, word), 100U) << word << others;
      }
      EXPECT_TRUE(Holds(report.text, "100 to destroy"));
      EXPECT_TRUE(Holds(report.text, "guards less"));
      EXPECT_TRUE(Holds(report.text, "--digest 0000"));
      const bool cut =
          CountOf(report.text, "/created") < static_cast<std::size_t>(others);
      EXPECT_EQ(Holds(report.text, "Left out"), cut) << others << " " << limit;
    }
  }
}

TEST(MarkdownReport, SaysWhatWasCut) {
  const PlanReport report = MarkdownOf(LargePlan(1, 20'000));
  const std::size_t shown = CountOf(report.text, "/created");
  EXPECT_GT(shown, 100U);
  const std::string left = std::to_string(20'000 - shown);
  EXPECT_TRUE(
      Holds(report.text, left.substr(0, 2) + "," + left.substr(2) + " creates"))
      << left;
  EXPECT_EQ(CountOf(report.text, "<details>"),
            CountOf(report.text, "</details>"));
}

// T-17: or the report says that it is too large.
TEST(MarkdownReport, SaysThatItIsTooLarge) {
  const PlanReport report = MarkdownOf(LargePlan(2'000, 10));
  EXPECT_TRUE(report.too_large);
  EXPECT_LE(report.text.size(), kGithubCommentLimit);
  EXPECT_TRUE(Holds(report.text, "Too large to review"));
  EXPECT_TRUE(Holds(report.text, "2,000 to destroy"));
}

TEST(MarkdownReport, HasWhatIsDangerousFirst) {
  const std::string text = MarkdownOf(testing::SamplePlan()).text;
  EXPECT_LT(text.find("safety.minExisting"), text.find("Token/acme/zapier"));
  EXPECT_LT(text.find("Token/acme/zapier"), text.find("order.placed"));
  EXPECT_LT(text.find("order.placed"), text.find("<details>"));
  EXPECT_LT(text.find("<details>"), text.find("App/checkout"));
  EXPECT_TRUE(Holds(text, "writ policy explain in-use-token"));
}

// T-16: a sensitive value has no words.
TEST(MarkdownReport, ShowsNoSensitiveValue) {
  Plan plan = testing::SamplePlan();
  plan.changes[5].fields[0].before = Value("canary");
  EXPECT_FALSE(Holds(MarkdownOf(plan).text, "canary"));
}

// Without what stands between fences, where nothing is markup.
std::string OutsideOfFences(const std::string& text) {
  std::string out;
  bool fenced = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string line = text.substr(at, end - at);
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced) {
      out += line;
    }
    at = end;
  }
  EXPECT_FALSE(fenced);
  return out;
}

// T-17: what others wrote opens no markup, mentions nobody, ends no fence.
TEST(MarkdownReport, HoldsHostileTexts) {
  for (const writ::testing::HostileText& hostile :
       writ::testing::kHostileTexts) {
    const Plan plan = testing::HostilePlan(std::string(hostile.text));
    const std::string text = OutsideOfFences(MarkdownOf(plan, 1 << 20).text);
    EXPECT_TRUE(writ::testing::IsHarmless(text, "\n")) << hostile.name;
    EXPECT_EQ(CountOf(text, "<script"), 0U) << hostile.name;
    EXPECT_EQ(CountOf(text, "<!--"), 0U) << hostile.name;
    EXPECT_EQ(CountOf(text, "<details>"), CountOf(text, "</details>"))
        << hostile.name;
    EXPECT_FALSE(Holds(text, "\n# Approved")) << hostile.name;
    EXPECT_FALSE(Holds(text, "](http")) << hostile.name;
    EXPECT_FALSE(Holds(text, "\n/approve")) << hostile.name;
  }
}

TEST(MarkdownReport, SaysWhyACommitIsNotTrusted) {  // T-05
  Plan plan = testing::SamplePlan();
  plan.untrusted = {"3f9c2e1 by <b>Ana</b> isn't signed"};
  const std::string text = MarkdownOf(plan).text;
  EXPECT_TRUE(Holds(text, "not trusted: 3f9c2e1 by")) << text;
  EXPECT_FALSE(Holds(text, "<b>Ana")) << text;
  EXPECT_FALSE(Holds(text, "exactly this plan is applied")) << text;
}

}  // namespace
}  // namespace writ::engine
