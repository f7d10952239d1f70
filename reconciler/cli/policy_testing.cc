#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/policy_commands.h"
#include "reconciler/controller/policy_tests.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using engine::PolicyTestCase;
using engine::PolicyTestResult;

struct PolicyTestArguments {
  SourceArguments source;
  std::vector<std::string> policies;
  bool json = false;
  bool verbose = false;
};

void DeclarePolicyTest(Options& options, PolicyTestArguments& arguments) {
  options.Positionals("POLICY", arguments.policies, false,
                      "Only the tests of these policies");
  DeclareManifests(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose, "Show cases that pass");
}

struct Counts {
  std::int64_t passed = 0;
  std::int64_t failed = 0;
};

Counts CountOf(const std::vector<PolicyTestResult>& results) {
  Counts counts;
  for (const PolicyTestResult& result : results) {
    // A test that can't be run fails, whatever its cases.
    if (!result.failures.empty()) ++counts.failed;
    for (const PolicyTestCase& each : result.cases) {
      ++(each.passed() ? counts.passed : counts.failed);
    }
  }
  return counts;
}

void PrintFailures(std::ostream& out, const std::vector<std::string>& failures,
                   const char* indent) {
  for (const std::string& failure : failures) {
    out << indent << EscapeTerminal(failure) << "\n";
  }
}

void PrintText(Session& session, const std::vector<PolicyTestResult>& results,
               bool verbose) {
  for (const PolicyTestResult& result : results) {
    if (result.passed() && !verbose) continue;
    session.out << EscapeTerminal(result.policy) << "  " << PlaceText(result.at)
                << "\n";
    PrintFailures(session.out, result.failures, "  ✗ ");
    for (const PolicyTestCase& each : result.cases) {
      if (each.passed() && !verbose) continue;
      session.out << (each.passed() ? "  ✓ " : "  ✗ ")
                  << EscapeTerminal(each.name) << "  " << PlaceText(each.at)
                  << "\n";
      PrintFailures(session.out, each.failures, "      ");
    }
  }
  const Counts counts = CountOf(results);
  session.out << engine::Counted(counts.passed + counts.failed, "case", "cases")
              << " of "
              << engine::Counted(static_cast<std::int64_t>(results.size()),
                                 "test", "tests")
              << ": " << engine::WithCommas(counts.passed) << " passed, "
              << engine::WithCommas(counts.failed) << " failed.\n";
}

Value JsonOf(const PolicyTestResult& result) {
  Value::List cases;
  for (const PolicyTestCase& each : result.cases) {
    Value value;
    value.Set("name", each.name);
    value.Set("at", PlaceText(each.at));
    value.Set("passed", each.passed());
    value.Set("failures",
              Value::List(each.failures.begin(), each.failures.end()));
    cases.push_back(std::move(value));
  }
  Value value;
  value.Set("test", result.test);
  value.Set("policy", result.policy);
  value.Set("at", PlaceText(result.at));
  value.Set("passed", result.passed());
  value.Set("failures",
            Value::List(result.failures.begin(), result.failures.end()));
  value.Set("cases", std::move(cases));
  return value;
}

Result<ExitCode> TestPolicies(Session& session,
                              const PolicyTestArguments& arguments) {
  SourceArguments source = arguments.source;
  source.working_tree = source.ref == "HEAD";
  Diagnostics diagnostics;
  const auto run = TRY(LoadDesired(session, source, diagnostics));
  std::vector<PolicyTestResult> results;
  if (run) {
    results = TRY(RunPolicyTests(*run->source, run->desired, arguments.policies,
                                 diagnostics));
    Complete(diagnostics, *run->source);
  }
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (diagnostics.HasErrors()) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  const bool passed =
      std::all_of(results.begin(), results.end(),
                  [](const PolicyTestResult& each) { return each.passed(); });
  const ExitCode exit_code = passed ? ExitCode::kDone : ExitCode::kError;
  if (!arguments.json) {
    PrintText(session, results, arguments.verbose);
    return exit_code;
  }
  Value::List tests;
  for (const PolicyTestResult& result : results) {
    tests.push_back(JsonOf(result));
  }
  const Counts counts = CountOf(results);
  Value value;
  value.Set("format_version", "1.0");
  value.Set("passed", counts.passed);
  value.Set("failed", counts.failed);
  value.Set("tests", std::move(tests));
  value.Set("exit_code", static_cast<int>(exit_code));
  session.out << PrettyJson(value) << "\n";
  return exit_code;
}

}  // namespace

Command PolicyTestCommand() {
  Command command = MakeCommand<PolicyTestArguments>(
      "test", "Run the cases of PolicyTest documents (*.test.yaml)",
      DeclarePolicyTest, RunReporting<PolicyTestArguments, TestPolicies>);
  command.description =
      "Reads the working tree. Ends 1 when a case fails, or expects nothing.";
  command.examples = {"writ policy test",
                      "writ policy test no-admin-all --verbose"};
  return command;
}

}  // namespace writ::reconciler
