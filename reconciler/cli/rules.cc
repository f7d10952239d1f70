// writ rules, and writ rules test.
#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/rules_arguments.h"
#include "reconciler/controller/rule_tests.h"
#include "schema/report/escape.h"
#include "schema/text_list.h"

namespace writ::reconciler {
namespace {

using engine::RuleTestCase;
using engine::RuleTestResult;

struct RulesArguments {
  SourceArguments source;
  std::vector<std::string> tests;
  bool json = false;
  bool verbose = false;
};

void DeclareRules(Options& options, RulesArguments& arguments) {
  options.Positionals("TEST", arguments.tests, false,
                      "Only the RuleTests of these names");
  DeclareManifests(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose,
               "Show cases that pass, and what they sent");
}

struct RuleCounts {
  std::int64_t passed = 0;
  std::int64_t failed = 0;
};

RuleCounts CountOf(const std::vector<RuleTestResult>& results) {
  RuleCounts counts;
  for (const RuleTestResult& result : results) {
    // A test that can't be run fails, whatever its cases.
    if (!result.failures.empty()) ++counts.failed;
    for (const RuleTestCase& each : result.cases) {
      ++(each.passed() ? counts.passed : counts.failed);
    }
  }
  return counts;
}

void PrintLines(std::ostream& out, const std::vector<std::string>& lines,
                const char* indent) {
  for (const std::string& line : lines) {
    out << indent << EscapeTerminal(line) << "\n";
  }
}

void PrintText(std::ostream& out, const std::vector<RuleTestResult>& results,
               bool verbose) {
  for (const RuleTestResult& result : results) {
    if (result.passed() && !verbose) continue;
    out << EscapeTerminal(result.test) << "  " << PlaceText(result.at) << "\n";
    PrintLines(out, result.failures, "  ✗ ");
    for (const RuleTestCase& each : result.cases) {
      if (each.passed() && !verbose) continue;
      out << (each.passed() ? "  ✓ " : "  ✗ ") << EscapeTerminal(each.name)
          << "  " << PlaceText(each.at) << "\n";
      PrintLines(out, each.failures, "      ");
      if (verbose && each.passed()) PrintLines(out, each.told, "      ");
    }
  }
  const RuleCounts counts = CountOf(results);
  out << engine::Counted(counts.passed + counts.failed, "case", "cases")
      << " of "
      << engine::Counted(static_cast<std::int64_t>(results.size()), "test",
                         "tests")
      << ": " << engine::WithCommas(counts.passed) << " passed, "
      << engine::WithCommas(counts.failed) << " failed.\n";
}

Value ToValue(const RuleTestResult& result) {
  Value::List cases;
  for (const RuleTestCase& each : result.cases) {
    Value value;
    value.Set("name", each.name);
    value.Set("at", PlaceText(each.at));
    value.Set("passed", each.passed());
    value.Set("failures", ListOfTexts(each.failures));
    value.Set("sent", ListOfTexts(each.told));
    cases.push_back(std::move(value));
  }
  Value value;
  value.Set("test", result.test);
  value.Set("app", result.app);
  value.Set("at", PlaceText(result.at));
  value.Set("passed", result.passed());
  value.Set("failures", ListOfTexts(result.failures));
  value.Set("cases", std::move(cases));
  return value;
}

Result<ExitCode> TestRules(Session& session, const RulesArguments& arguments) {
  SourceArguments source = arguments.source;
  source.working_tree = source.ref == "HEAD";
  Diagnostics diagnostics;
  const auto run = TRY(LoadDesired(session, source, diagnostics));
  std::vector<RuleTestResult> results;
  if (run) {
    results = TRY(
        RunRuleTests(*run->source, run->desired, arguments.tests, diagnostics));
    Complete(diagnostics, *run->source);
  }
  if (diagnostics.HasErrors()) {
    ReportDiagnostics(
        session, diagnostics,
        arguments.json ? OutputFormat::kJson : OutputFormat::kText,
        ExitCode::kInvalid, /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  if (!arguments.tests.empty() && results.empty()) {
    return Fail(ErrorCode::kNotFound, "there is no RuleTest of that name");
  }
  const bool passed =
      std::all_of(results.begin(), results.end(),
                  [](const RuleTestResult& each) { return each.passed(); });
  const ExitCode exit_code = passed ? ExitCode::kDone : ExitCode::kError;
  if (!arguments.json) {
    PrintText(session.out, results, arguments.verbose);
    return exit_code;
  }
  Value::List tests;
  for (const RuleTestResult& result : results) tests.push_back(ToValue(result));
  const RuleCounts counts = CountOf(results);
  Value value;
  value.Set("passed", counts.passed);
  value.Set("failed", counts.failed);
  value.Set("tests", std::move(tests));
  return PrintResult(session, std::move(value), exit_code);
}

}  // namespace

Command RulesTestCommand() {
  Command command = MakeCommand<RulesArguments>(
      "test", "Run the cases of RuleTest documents (*.test.yaml)", DeclareRules,
      RunReporting<RulesArguments, TestRules>);
  command.description =
      "Reads the working tree; events come in on a clock of their own. Ends 1 "
      "when a case fails, or expects nothing.";
  command.examples = {"writ rules test",
                      "writ rules test large-payment-failure --verbose"};
  return command;
}

Command RulesCommand() {
  Command command;
  command.name = "rules";
  command.summary = "Test notification rules; explain what an event fires";
  command.subcommands = {RulesTestCommand(), RulesExplainCommand()};
  return command;
}

}  // namespace writ::reconciler
