#include <gtest/gtest.h>

#include <string>

#include "schema/report/report.h"
#include "tests/support/hostile_texts.h"

namespace writ {
namespace {

std::string Render(const Diagnostics& diagnostics, bool color = false) {
  ReportOptions options;
  options.color = color;
  return RenderDiagnostics(diagnostics, options);
}

std::string Render(const Diagnostic& diagnostic) {
  Diagnostics diagnostics;
  diagnostics.Add(diagnostic);
  return Render(diagnostics);
}

Diagnostic UnknownField() {
  Diagnostic diagnostic;
  diagnostic.code = "unknown-field";
  diagnostic.summary =
      "unknown field \"requird\" in EventSchema/order-service/order.placed";
  diagnostic.locations = {{"manifests/orders/events.yaml", 14, 37, 7, ""}};
  diagnostic.hint = "did you mean \"required\"?";
  diagnostic.excerpt = "    - {name: orderId, type: string, requird: true}";
  return diagnostic;
}

Diagnostic Cycle() {
  Diagnostic diagnostic;
  diagnostic.code = "dependency-cycle";
  diagnostic.summary = "dependency cycle";
  diagnostic.locations = {
      {"manifests/a.yaml", 7, 12, 1,
       "Secret/core/A reads its Vault token from Secret/core/B"},
      {"manifests/b.yaml", 19, 12, 1,
       "Secret/core/B reads its Vault token from Secret/core/A"}};
  return diagnostic;
}

TEST(TextReport, ShowsTheLineACaretAndWhatToDo) {
  EXPECT_EQ(
      Render(UnknownField()),
      R"(error: unknown field "requird" in EventSchema/order-service/order.placed
  --> manifests/orders/events.yaml:14:37
   |
14 |     - {name: orderId, type: string, requird: true}
   |                                     ^^^^^^^ did you mean "required"?
)");
}

TEST(TextReport, TheGutterIsAsWideAsTheNumber) {
  Diagnostic diagnostic = UnknownField();
  diagnostic.summary = "x";
  diagnostic.hint.clear();
  diagnostic.excerpt = "abc";
  diagnostic.locations = {{"a.yaml", 9, 2, 1, ""}};
  EXPECT_EQ(Render(diagnostic),
            "error: x\n"
            "  --> a.yaml:9:2\n"
            "   |\n"
            " 9 | abc\n"
            "   |  ^\n");
  diagnostic.locations[0].line = 1234;
  EXPECT_EQ(Render(diagnostic),
            "error: x\n"
            "    --> a.yaml:1234:2\n"
            "     |\n"
            "1234 | abc\n"
            "     |  ^\n");
}

TEST(TextReport, LinksTheStepsOfACycle) {
  EXPECT_EQ(Render(Cycle()),
            "error: dependency cycle\n"
            "  --> manifests/a.yaml:7:12    "
            "Secret/core/A reads its Vault token from Secret/core/B\n"
            "  --> manifests/b.yaml:19:12   "
            "Secret/core/B reads its Vault token from Secret/core/A\n");
}

TEST(TextReport, SaysWhatItKnowsOfAPlace) {
  Diagnostic diagnostic;
  diagnostic.severity = Severity::kWarning;
  diagnostic.summary = "x";
  EXPECT_EQ(Render(diagnostic), "warning: x\n");
  diagnostic.hint = "do y";
  EXPECT_EQ(Render(diagnostic), "warning: x\n   = do y\n");
  diagnostic.locations = {{"a.yaml", 0, 0, 0, ""}};
  EXPECT_EQ(Render(diagnostic), "warning: x\n  --> a.yaml\n   = do y\n");
  diagnostic.locations = {{"a.yaml", 3, 0, 0, ""}};
  EXPECT_EQ(Render(diagnostic), "warning: x\n  --> a.yaml:3\n   = do y\n");
  diagnostic.excerpt = "line three";
  EXPECT_EQ(Render(diagnostic),
            "warning: x\n  --> a.yaml:3\n   |\n 3 | line three\n   | do y\n");
  diagnostic.locations = {{"", 0, 0, 0, ""}};
  EXPECT_EQ(Render(diagnostic), "warning: x\n   = do y\n");
}

TEST(TextReport, PutsABlankLineBetween) {
  Diagnostics diagnostics;
  Diagnostic first;
  first.summary = "one";
  Diagnostic second;
  second.severity = Severity::kNote;
  second.summary = "two";
  diagnostics.Add(first);
  diagnostics.Add(second);
  EXPECT_EQ(Render(diagnostics), "error: one\n\nnote: two\n");
  EXPECT_EQ(Render(Diagnostics{}), "");
}

TEST(TextReport, ColoursOnlyWhenAsked) {
  Diagnostics diagnostics;
  diagnostics.Add(UnknownField());
  EXPECT_EQ(Render(diagnostics).find('\x1b'), std::string::npos);
  const std::string colored = Render(diagnostics, true);
  EXPECT_EQ(colored.rfind("\x1b[1;31merror\x1b[0m\x1b[1m: unknown", 0), 0U);
  EXPECT_NE(colored.find("\x1b[1;31m^^^^^^^ did you mean"), std::string::npos);

  std::string stripped;
  for (std::size_t at = 0; at < colored.size(); ++at) {
    if (colored[at] == '\x1b') {
      at = colored.find('m', at);
    } else {
      stripped += colored[at];
    }
  }
  EXPECT_EQ(stripped, Render(diagnostics));
}

TEST(TextReport, KeepsTheCaretRightUnderWideTextAndTabs) {
  Diagnostic diagnostic = UnknownField();
  diagnostic.summary = "x";
  diagnostic.hint.clear();
  diagnostic.excerpt = "\t日本: zzz";
  diagnostic.locations = {{"a.yaml", 12, 6, 3, ""}};
  EXPECT_EQ(Render(diagnostic),
            "error: x\n"
            "  --> a.yaml:12:6\n"
            "   |\n"
            "12 |     日本: zzz\n"
            "   |           ^^^\n");
}

TEST(TextReport, AnExcerptFitsWithItsNumber) {
  Diagnostic diagnostic = UnknownField();
  diagnostic.hint.clear();
  diagnostic.excerpt = "abc" + std::string(200, 'd');
  diagnostic.locations = {{"a.yaml", 1234, 1, 3, ""}};
  Diagnostics diagnostics;
  diagnostics.Add(diagnostic);
  ReportOptions options;
  options.excerpt_width = 80;
  EXPECT_NE(
      RenderDiagnostics(diagnostics, options)
          .find("\n1234 | abc" + std::string(68, 'd') + "…\n     | ^^^\n"),
      std::string::npos);
}

// S-08
TEST(TextReport, ClosesTheGapOfAHiddenCredential) {
  Diagnostic diagnostic = UnknownField();
  diagnostic.summary = "x";
  diagnostic.hint = "revoke it";
  diagnostic.excerpt =
      "  note: vela_live_Zk3…" + std::string(44, ' ') + "(not shown)";
  diagnostic.locations = {{"a.yaml", 9, 9, 13, ""}};
  EXPECT_EQ(Render(diagnostic),
            "error: x\n"
            "  --> a.yaml:9:9\n"
            "   |\n"
            " 9 |   note: vela_live_Zk3… (not shown)\n"
            "   |         ^^^^^^^^^^^^^ revoke it\n");
}

// T-17
TEST(TextReport, HostileTextCannotForgeALine) {
  for (const auto& [name, text] : testing::kHostileTexts) {
    SCOPED_TRACE(name);
    Diagnostic diagnostic;
    const std::string hostile(text);
    diagnostic.summary = hostile;
    diagnostic.hint = hostile + "x";
    diagnostic.excerpt = hostile + "x";
    diagnostic.locations = {{hostile + "f", 1, 1, 1, hostile}};
    const std::string report = Render(diagnostic);
    EXPECT_TRUE(testing::IsHarmless(report, "\n"));
    EXPECT_EQ(std::count(report.begin(), report.end(), '\n'), 5);
  }
}

}  // namespace
}  // namespace writ
