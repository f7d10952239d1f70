#include <ostream>
#include <utility>

#include "engine/plan/render_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

struct DriftArguments {
  PlanningArguments planning;
  bool json = false;
  bool detailed_exitcode = false;
  bool verbose = false;
};

void DeclareDrift(Options& options, DriftArguments& arguments) {
  SourceArguments& source = arguments.planning.source;
  DeclareSource(options, source);
  DeclareRef(options, source);
  DeclareEnvironment(options, source);
  DeclareVariables(options, source);
  DeclareState(options, source);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 when there is drift");
  options.Flag("-v,--verbose", arguments.verbose, "Show every field");
}

Result<std::vector<std::string>> Unmanaged(StateStore& store) {
  std::vector<std::string> addresses;
  const engine::Snapshot live = TRY(store.ReadAll(/*contents=*/false));
  for (const engine::LiveResource& resource : live.resources) {
    if (!resource.owner) addresses.push_back(resource.id.address());
  }
  return addresses;
}

void Print(Session& session, const PlanRun& run,
           const std::vector<std::string>& unmanaged, bool verbose) {
  const engine::Plan& plan = run.planned.plan;
  if (plan.changes.empty()) {
    session.out << "No drift: what is live in " << plan.environment
                << " is what was applied.\n";
  } else {
    session.out << engine::RenderPlanText(
        plan, TextOptionsOf(session, verbose, &run));
  }
  if (unmanaged.empty()) return;
  session.out << "\nUnmanaged (live, declared by no repository)\n";
  for (const std::string& address : unmanaged) {
    session.out << "  " << EscapeTerminal(address) << "\n";
  }
  session.out << "To take one over, declare it with lifecycle: {adopt: true}\n";
}

Result<ExitCode> Drift(Session& session, const DriftArguments& given) {
  DriftArguments arguments = given;
  arguments.planning.refresh_only = true;
  Diagnostics diagnostics;
  auto run = TRY(MakePlanRun(session, arguments.planning, diagnostics));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (!run) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  if (run->store == nullptr) {
    return Fail(ErrorCode::kNotFound,
                "there is no state in " + run->state_folder,
                "nothing was applied to " + run->environment +
                    " yet, or the state is another one: --state");
  }
  const auto unmanaged = TRY(Unmanaged(*run->store));
  const engine::Plan& plan = run->planned.plan;
  const ExitCode exit_code =
      arguments.detailed_exitcode && !plan.changes.empty() ? ExitCode::kChanges
                                                           : ExitCode::kDone;
  if (!arguments.json) {
    Print(session, *run, unmanaged, arguments.verbose);
    return exit_code;
  }
  Value value = TRY(ParseJson(PlanJsonOf(plan, exit_code)));
  Value::List list(unmanaged.begin(), unmanaged.end());
  value.Set("unmanaged", std::move(list));
  session.out << PrettyJson(value) << "\n";
  return exit_code;
}

}  // namespace

Command DriftCommand() {
  Command command = MakeCommand<DriftArguments>(
      "drift", "Show what was changed outside of git", DeclareDrift,
      RunReporting<DriftArguments, Drift>);
  command.examples = {
      "writ drift --env production",
      "writ drift --detailed-exitcode         # for a scheduled job",
  };
  return command;
}

}  // namespace writ::reconciler
