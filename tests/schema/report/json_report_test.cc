#include <gtest/gtest.h>

#include <string>

#include "schema/json.h"
#include "schema/report/report.h"
#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

std::string Render(const Diagnostics& diagnostics, ExitCode exit_code) {
  ReportOptions options;
  options.format = ReportFormat::kJson;
  options.exit_code = exit_code;
  return RenderDiagnostics(diagnostics, options);
}

TEST(JsonReport, IsOneDocumentOfAFixedShape) {
  Diagnostics diagnostics;
  Diagnostic diagnostic;
  diagnostic.code = "unknown-field";
  diagnostic.summary = "unknown field \"requird\"";
  diagnostic.hint = "did you mean \"required\"?";
  diagnostic.excerpt = "never part of it";
  diagnostic.locations = {{"a.yaml", 14, 37, 7, "here"}};
  diagnostics.Add(diagnostic);
  Diagnostic warning;
  warning.severity = Severity::kWarning;
  warning.summary = "w";
  diagnostics.Add(warning);
  EXPECT_EQ(Render(diagnostics, ExitCode::kInvalid), R"({
  "format_version": "1.0",
  "exit_code": 3,
  "errors": 1,
  "warnings": 1,
  "diagnostics": [
    {
      "severity": "error",
      "code": "unknown-field",
      "summary": "unknown field \"requird\"",
      "hint": "did you mean \"required\"?",
      "locations": [
        {
          "file": "a.yaml",
          "line": 14,
          "column": 37,
          "length": 7,
          "label": "here"
        }
      ]
    },
    {
      "severity": "warning",
      "code": "",
      "summary": "w",
      "hint": "",
      "locations": []
    }
  ]
}
)");
}

TEST(JsonReport, SaysThatNothingIsWrong) {
  EXPECT_EQ(Render({}, ExitCode::kDone), R"({
  "format_version": "1.0",
  "exit_code": 0,
  "errors": 0,
  "warnings": 0,
  "diagnostics": []
}
)");
}

// T-17
TEST(JsonReport, CarriesHostileTextUnharmed) {
  for (const auto& [name, text] : testing::kHostileTexts) {
    SCOPED_TRACE(name);
    Diagnostic diagnostic;
    diagnostic.severity = Severity::kNote;
    diagnostic.summary = std::string(text);
    Diagnostics diagnostics;
    diagnostics.Add(diagnostic);
    const auto parsed = ParseJson(Render(diagnostics, ExitCode::kDone));
    ASSERT_TRUE(parsed.has_value());
    const Value& item = parsed->Find("diagnostics")->AsList().at(0);
    EXPECT_EQ(item.FindString("severity"), "note");
    if (!IsValidUtf8(text)) continue;
    EXPECT_EQ(item.FindString("summary"), text);
  }
}

}  // namespace
}  // namespace writ
