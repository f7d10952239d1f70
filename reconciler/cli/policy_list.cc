#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/plan_words.h"
#include "engine/policy/exception.h"
#include "engine/policy/policy.h"
#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/policy_commands.h"
#include "reconciler/cli/table.h"
#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/text_list.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

struct PolicyListArguments {
  SourceArguments source;
  bool json = false;
};

void DeclarePolicyList(Options& options, PolicyListArguments& arguments) {
  DeclareManifests(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

std::string_view ScopeOf(const engine::Policy& policy) {
  return policy.scope == engine::PolicyScope::kPlan ? "plan" : "change";
}

// "Token: create, update (production)"
std::string MatchOf(const engine::Policy& policy) {
  const engine::Match& match = policy.match;
  std::string words = match.kinds.empty() ? "all kinds" : Joined(match.kinds);
  if (!match.actions.empty()) words += ": " + Joined(match.actions);
  if (!match.environments.empty()) {
    words += " (" + Joined(match.environments) + ")";
  }
  return words;
}

std::string OriginOf(const engine::Policy& policy) {
  return policy.pack.empty() ? PlaceText(policy.at) : "pack " + policy.pack;
}

void PrintText(std::ostream& out, const engine::PolicySet& set, Timestamp now) {
  if (set.policies().empty()) {
    out << "There are no policies. Packs that come with writ: policyPacks in "
           "writ.yaml\n";
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& policy : set.policies()) {
    rows.push_back({EscapeTerminal(policy->name), std::string(ScopeOf(*policy)),
                    std::string(Name(policy->enforcement)),
                    EscapeTerminal(MatchOf(*policy)),
                    EscapeTerminal(OriginOf(*policy))});
  }
  PrintTable(out, rows);
  if (set.exceptions().empty()) return;
  out << "\nExceptions\n";
  rows.clear();
  for (const auto& exception : set.exceptions()) {
    const bool ended = exception->expires_at <= now;
    rows.push_back(
        {"  " + EscapeTerminal(exception->name),
         EscapeTerminal(exception->policy +
                        (exception->validation.empty()
                             ? ""
                             : "/" + exception->validation)),
         EscapeTerminal(exception->subject.address()),
         (ended ? "ended " : "until ") + FormatSeconds(exception->expires_at),
         EscapeTerminal(PlaceText(exception->at))});
  }
  PrintTable(out, rows);
}

Value JsonOf(const engine::Policy& policy) {
  Value::List validations;
  for (const engine::Validation& validation : policy.validations) {
    Value each;
    each.Set("name", validation.name);
    each.Set("expression", validation.expression.text());
    validations.push_back(std::move(each));
  }
  Value value;
  value.Set("name", policy.name);
  value.Set("description", policy.description);
  value.Set("scope", ScopeOf(policy));
  value.Set("enforcement", Name(policy.enforcement));
  value.Set("match", MatchOf(policy));
  value.Set("pack", policy.pack);
  value.Set("at", PlaceText(policy.at));
  value.Set("validations", std::move(validations));
  return value;
}

Value JsonOf(const engine::PolicyException& exception) {
  Value value;
  value.Set("name", exception.name);
  value.Set("policy", exception.policy);
  value.Set("validation", exception.validation);
  value.Set("subject", exception.subject.address());
  value.Set("reason", exception.reason);
  value.Set("approved_by", exception.approved_by);
  value.Set("expires_at", FormatTimestamp(exception.expires_at));
  value.Set("at", PlaceText(exception.at));
  return value;
}

Result<ExitCode> List(Session& session, const PolicyListArguments& arguments) {
  Diagnostics diagnostics;
  const auto run = TRY(LoadPolicies(session, arguments.source, diagnostics));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (!run) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  const engine::PolicySet& set = run->policing.desired;
  if (!arguments.json) {
    PrintText(session.out, set, session.clock.Now());
    return ExitCode::kDone;
  }
  Value::List policies;
  for (const auto& policy : set.policies()) policies.push_back(JsonOf(*policy));
  Value::List exceptions;
  for (const auto& exception : set.exceptions()) {
    exceptions.push_back(JsonOf(*exception));
  }
  Value value;
  value.Set("format_version", "1.0");
  value.Set("policies", std::move(policies));
  value.Set("exceptions", std::move(exceptions));
  value.Set("exit_code", 0);
  session.out << PrettyJson(value) << "\n";
  return ExitCode::kDone;
}

}  // namespace

Command PolicyListCommand() {
  Command command = MakeCommand<PolicyListArguments>(
      "list", "Show the policies and exceptions of an environment",
      DeclarePolicyList, RunReporting<PolicyListArguments, List>);
  command.examples = {"writ policy list --env production",
                      "writ policy list --json"};
  return command;
}

}  // namespace writ::reconciler
