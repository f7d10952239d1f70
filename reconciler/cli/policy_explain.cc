#include <algorithm>
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/policy/explain.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/policy_commands.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

struct PolicyExplainArguments {
  PlanningArguments planning;
  std::string policy;
  std::string address;
  bool json = false;
};

void DeclarePolicyExplain(Options& options, PolicyExplainArguments& arguments) {
  options.Positional("POLICY", arguments.policy, true, "The policy's name");
  options.Positional("ADDRESS", arguments.address, false,
                     "Only what it says of this resource");
  SourceArguments& source = arguments.planning.source;
  DeclareSource(options, source);
  DeclareRef(options, source);
  DeclareEnvironment(options, source);
  DeclareVariables(options, source);
  DeclareState(options, source);
  options.Text("--now", arguments.planning.now,
               "Decide as of this time (RFC 3339), for tests");
  options.Flag("--json", arguments.json, "Print JSON");
}

// Findings of the policy, in the order of the plan.
std::vector<const engine::Finding*> FindingsOf(
    const engine::Plan& plan, const PolicyExplainArguments& arguments) {
  std::vector<const engine::Finding*> found;
  const auto look = [&](const std::vector<engine::Finding>& findings) {
    for (const engine::Finding& finding : findings) {
      const bool wanted = finding.policy == arguments.policy &&
                          (arguments.address.empty() ||
                           finding.subject.address() == arguments.address);
      if (wanted) found.push_back(&finding);
    }
  };
  look(plan.findings);
  for (const engine::Change& change : plan.changes) look(change.findings);
  return found;
}

engine::Explanation ExplanationOf(const Policing& policing,
                                  const engine::Finding& finding) {
  const bool applied =
      finding.guards == engine::Guards::kApplied && policing.applied;
  return engine::Explain(applied ? *policing.applied : policing.desired,
                         policing.facts, finding);
}

void PrintText(std::ostream& out, const Policing& policing,
               const engine::Finding& finding) {
  out << (finding.subject.empty() ? std::string("The plan as a whole")
                                  : EscapeTerminal(finding.subject.address()))
      << "  " << PlaceText(finding.subject_at) << "\n  "
      << engine::FindingInWords(finding) << "  " << PlaceText(finding.policy_at)
      << "\n";
  for (const engine::ExplainedPart& part :
       ExplanationOf(policing, finding).parts) {
    out << std::string(4 + 2 * static_cast<std::size_t>(part.depth), ' ')
        << EscapeTerminal(part.expression) << "  →  "
        << EscapeTerminal(part.value) << "\n";
  }
}

Value JsonOf(const Policing& policing, const engine::Finding& finding) {
  Value::List parts;
  for (const engine::ExplainedPart& part :
       ExplanationOf(policing, finding).parts) {
    Value each;
    each.Set("expression", part.expression);
    each.Set("value", part.value);
    each.Set("depth", part.depth);
    each.Set("at", PlaceText(part.at));
    parts.push_back(std::move(each));
  }
  Value value;
  value.Set("subject", finding.subject.address());
  value.Set("validation", finding.validation);
  value.Set("verdict", Name(finding.verdict));
  value.Set("enforcement", Name(finding.enforcement));
  value.Set("message", finding.message);
  value.Set("exception", finding.exception);
  value.Set("guards", Name(finding.guards));
  value.Set("policy_at", PlaceText(finding.policy_at));
  value.Set("subject_at", PlaceText(finding.subject_at));
  value.Set("parts", std::move(parts));
  return value;
}

Status CheckThatItIs(const Planned& planned, const std::string& policy) {
  const bool known = planned.policing != nullptr &&
                     (planned.policing->desired.Find(policy) != nullptr ||
                      (planned.policing->applied &&
                       planned.policing->applied->Find(policy) != nullptr));
  if (known || planned.policing == nullptr) return {};
  return Fail(ErrorCode::kNotFound, "no policy \"" + policy + "\" judges here",
              "see which do: writ policy list");
}

Result<ExitCode> Explain(Session& session,
                         const PolicyExplainArguments& arguments) {
  Diagnostics diagnostics;
  const auto run = TRY(MakePlanRun(session, arguments.planning, diagnostics));
  if (!run) {
    ReportDiagnostics(
        session, diagnostics,
        arguments.json ? OutputFormat::kJson : OutputFormat::kText,
        ExitCode::kInvalid, /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  const Planned& planned = run->planned;
  TRY(CheckThatItIs(planned, arguments.policy));
  const auto findings = FindingsOf(planned.plan, arguments);
  if (arguments.json) {
    Value::List list;
    for (const engine::Finding* finding : findings) {
      list.push_back(JsonOf(*planned.policing, *finding));
    }
    Value value;
    value.Set("format_version", "1.0");
    value.Set("policy", arguments.policy);
    value.Set("findings", std::move(list));
    value.Set("exit_code", 0);
    session.out << PrettyJson(value) << "\n";
    return ExitCode::kDone;
  }
  for (const engine::Finding* finding : findings) {
    PrintText(session.out, *planned.policing, *finding);
  }
  if (findings.empty()) {
    session.out << EscapeTerminal(arguments.policy)
                << " has nothing against this plan.\n";
  }
  return ExitCode::kDone;
}

}  // namespace

Command PolicyExplainCommand() {
  Command command = MakeCommand<PolicyExplainArguments>(
      "explain", "Show why a policy says what it says of a plan",
      DeclarePolicyExplain, RunReporting<PolicyExplainArguments, Explain>);
  command.description =
      "Plans, and evaluates the policy again: each part of an expression that "
      "decided it, with its value.";
  command.examples = {"writ policy explain no-admin-all --env production",
                      "writ policy explain no-admin-all Token/acme/import"};
  return command;
}

}  // namespace writ::reconciler
