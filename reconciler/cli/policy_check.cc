#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/policy/judge.h"
#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/policy_commands.h"
#include "reconciler/controller/policy_facts.h"
#include "reconciler/controller/stored_use.h"
#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

struct PolicyCheckArguments {
  SourceArguments source;
  std::string now;
  bool json = false;
  bool verbose = false;
};

void DeclarePolicyCheck(Options& options, PolicyCheckArguments& arguments) {
  DeclareManifests(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Text("--now", arguments.now,
               "Judge as of this time (RFC 3339), for tests");
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose,
               "Show what is exempt or only recorded as well");
}

Result<Timestamp> TimeOf(const Session& session,
                         const PolicyCheckArguments& arguments) {
  if (arguments.now.empty()) return session.clock.Now();
  const auto now = ParseTimestamp(arguments.now);
  if (now) return *now;
  return Fail(ErrorCode::kInvalidArgument,
              "--now wants a time like 2026-11-21T03:20:00Z, not \"" +
                  arguments.now + "\"");
}

Result<engine::PlanFacts> ReadFacts(const Session& session,
                                    const SourceArguments& arguments,
                                    const PolicyRun& run, Timestamp now) {
  const auto& environment = run.desired.desired.environment;
  const StateLocation location = TRY(StateLocationOf(
      session, arguments, &environment, run.desired.source->base_folder()));
  const std::string folder =
      TRY(ReadableFolder(session, location, environment.name));
  auto store =
      TRY(OpenState(session, folder, OpenMode::kReadOnly, environment.name));
  engine::Snapshot live = TRY(store->ReadAll(/*contents=*/true));
  TRY(AddTokenUse(*store, now, live));
  auto facts = TRY(FactsOfLive(live));
  const Commit& commit = run.desired.source->commit();
  facts.commit.id = commit.id;
  facts.commit.author = commit.author_email;
  return facts;
}

bool IsShown(const engine::Finding& finding, bool verbose) {
  return verbose || finding.denies() ||
         (finding.verdict != engine::Verdict::kExempt &&
          finding.enforcement != engine::Enforcement::kAudit);
}

void PrintText(Session& session, const engine::Judgement& judgement,
               std::size_t resources, bool verbose) {
  std::string last;
  for (const engine::Finding& finding : judgement.findings) {
    if (!IsShown(finding, verbose)) continue;
    const std::string subject =
        finding.subject.empty() ? "All together" : finding.subject.address();
    if (subject != last) {
      session.out << EscapeTerminal(subject) << "  "
                  << PlaceText(finding.subject_at) << "\n";
    }
    last = subject;
    session.out << "  " << engine::FindingInWords(finding) << "  "
                << PlaceText(finding.policy_at) << "\n";
  }
  for (const auto& notice : judgement.exceptions) {
    session.out << "Note: " << engine::ExceptionInWords(notice) << "\n";
  }
  const engine::Totals& totals = judgement.totals;
  session.out << engine::Counted(static_cast<std::int64_t>(resources),
                                 "resource", "resources")
              << " judged: "
              << engine::Counted(totals.violation, "violation", "violations")
              << ", " << engine::Counted(totals.error, "error", "errors")
              << ", " << engine::WithCommas(totals.exempt) << " exempt, "
              << engine::WithCommas(totals.pass) << " passed.\n";
}

Value JsonOf(const engine::Finding& finding) {
  Value value;
  value.Set("subject", finding.subject.address());
  value.Set("policy", finding.policy);
  value.Set("validation", finding.validation);
  value.Set("verdict", Name(finding.verdict));
  value.Set("enforcement", Name(finding.enforcement));
  value.Set("message", finding.message);
  value.Set("exception", finding.exception);
  value.Set("pack", finding.pack);
  value.Set("policy_at", PlaceText(finding.policy_at));
  value.Set("subject_at", PlaceText(finding.subject_at));
  return value;
}

void PrintJson(Session& session, const engine::Judgement& judgement,
               ExitCode exit_code) {
  Value::List findings;
  for (const engine::Finding& finding : judgement.findings) {
    findings.push_back(JsonOf(finding));
  }
  Value totals;
  totals.Set("pass", judgement.totals.pass);
  totals.Set("exempt", judgement.totals.exempt);
  totals.Set("violation", judgement.totals.violation);
  totals.Set("error", judgement.totals.error);
  Value value;
  value.Set("format_version", "1.0");
  value.Set("denied", judgement.denied());
  value.Set("verdicts", std::move(totals));
  value.Set("findings", std::move(findings));
  value.Set("exit_code", static_cast<int>(exit_code));
  session.out << PrettyJson(value) << "\n";
}

Result<ExitCode> Check(Session& session,
                       const PolicyCheckArguments& arguments) {
  Diagnostics diagnostics;
  auto run = TRY(LoadPolicies(session, arguments.source, diagnostics));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (!run) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  const Timestamp now = TRY(TimeOf(session, arguments));
  engine::PlanFacts facts =
      TRY(ReadFacts(session, arguments.source, *run, now));
  facts.now = now;
  engine::JudgeOptions options;
  options.any_action = true;
  const engine::Judgement judgement =
      engine::Judge(run->policing.desired, nullptr, facts, options);
  const ExitCode exit_code =
      judgement.denied() ? ExitCode::kDenied : ExitCode::kDone;
  if (arguments.json) {
    PrintJson(session, judgement, exit_code);
  } else {
    PrintText(session, judgement, facts.changes.size(), arguments.verbose);
  }
  return exit_code;
}

}  // namespace

Command PolicyCheckCommand() {
  Command command = MakeCommand<PolicyCheckArguments>(
      "check", "Judge everything that is live", DeclarePolicyCheck,
      RunReporting<PolicyCheckArguments, Check>);
  command.description =
      "By the policies of the working tree, so that what a new one means is "
      "seen before it is merged.\nEnds 4 where one would deny.";
  command.examples = {"writ policy check --env production",
                      "writ policy check --ref main --json"};
  return command;
}

}  // namespace writ::reconciler
