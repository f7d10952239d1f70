#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "schema/report/report.h"
#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

std::string Render(const Diagnostic& diagnostic) {
  Diagnostics diagnostics;
  diagnostics.Add(diagnostic);
  ReportOptions options;
  options.format = ReportFormat::kGithub;
  options.color = true;
  return RenderDiagnostics(diagnostics, options);
}

TEST(GithubReport, AnnotatesTheFirstPlace) {
  Diagnostic diagnostic;
  diagnostic.code = "unknown-field";
  diagnostic.summary = "unknown field \"requird\"";
  diagnostic.hint = "did you mean \"required\"?";
  diagnostic.locations = {{"manifests/a.yaml", 14, 37, 7, ""}};
  EXPECT_EQ(Render(diagnostic),
            "::error file=manifests/a.yaml,line=14,col=37,endColumn=43,"
            "title=unknown-field::unknown field \"requird\"%0A"
            "did you mean \"required\"?\n");
}

TEST(GithubReport, NamesTheLevelAndWhatIsKnown) {
  Diagnostic diagnostic;
  diagnostic.code = "c";
  diagnostic.summary = "s";
  diagnostic.severity = Severity::kWarning;
  EXPECT_EQ(Render(diagnostic), "::warning title=c::s\n");
  diagnostic.severity = Severity::kNote;
  diagnostic.locations = {{"a.yaml", 0, 0, 0, ""}};
  EXPECT_EQ(Render(diagnostic), "::notice file=a.yaml,title=c::s\n");
  diagnostic.locations = {{"a.yaml", 2, 0, 0, ""}};
  EXPECT_EQ(Render(diagnostic), "::notice file=a.yaml,line=2,title=c::s\n");
  diagnostic.locations = {{"a.yaml", 2, 5, 0, ""}};
  EXPECT_EQ(Render(diagnostic),
            "::notice file=a.yaml,line=2,col=5,endColumn=5,title=c::s\n");
}

TEST(GithubReport, ListsTheStepsOfACycle) {
  Diagnostic diagnostic;
  diagnostic.code = "dependency-cycle";
  diagnostic.summary = "dependency cycle";
  diagnostic.locations = {{"a.yaml", 7, 12, 1, "A needs B"},
                          {"b.yaml", 9, 12, 1, "B needs A"}};
  EXPECT_EQ(Render(diagnostic),
            "::error file=a.yaml,line=7,col=12,endColumn=12,"
            "title=dependency-cycle::dependency cycle%0A"
            "a.yaml:7:12 A needs B%0Ab.yaml:9:12 B needs A\n");
}

// T-17: one line, one command, and no property that wasn't meant.
TEST(GithubReport, HostileTextCannotForgeACommand) {
  for (const auto& [name, text] : testing::kHostileTexts) {
    SCOPED_TRACE(name);
    const std::string hostile(text);
    Diagnostic diagnostic;
    diagnostic.code = hostile;
    diagnostic.summary = hostile;
    diagnostic.hint = hostile;
    diagnostic.locations = {{hostile + "f", 1, 1, 1, hostile},
                            {hostile + "f", 1, 1, 1, hostile}};
    const std::string report = Render(diagnostic);
    EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 1);
    EXPECT_TRUE(testing::IsHarmless(report, "\n"));
    const std::string head = report.substr(2, report.find("::", 2) - 2);
    EXPECT_EQ(std::count(head.begin(), head.end(), ','), 4) << head;
    EXPECT_EQ(std::count(head.begin(), head.end(), ':'), 0) << head;
  }
}

}  // namespace
}  // namespace writ
