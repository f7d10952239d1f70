#include <filesystem>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/reconcile_arguments.h"
#include "reconciler/cli/status_output.h"
#include "reconciler/loop/status.h"

namespace writ::reconciler {
namespace {

struct StatusArguments {
  ReconcileArguments reconcile;
  std::string prometheus_file;
  bool json = false;
};

void DeclareStatus(Options& options, StatusArguments& arguments) {
  SourceArguments& source = arguments.reconcile.source;
  DeclareSource(options, source);
  DeclareRef(options, source);
  options.Text("-e,--env", source.environment,
               "This environment alone (default: all of them)");
  DeclareState(options, source);
  options.Text("--prometheus-file", arguments.prometheus_file,
               "Write gauges to this FILE, for node-exporter's textfile "
               "collector");
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<std::vector<EnvironmentStatus>> ReadAll(
    Session& session, const StatusArguments& arguments) {
  std::vector<std::string> elsewhere;
  const auto names =
      TRY(EnvironmentsOf(session, arguments.reconcile.source, elsewhere));
  const RunEffects effects = EffectsOf(session);
  std::vector<EnvironmentStatus> all;
  for (const std::string& name : names) {
    const ReconcileRequest request = TRY(
        ReconcileRequestOf(session, arguments.reconcile, name, arguments.json));
    all.push_back(TRY(ReadStatus(effects, request.apply.planning)));
  }
  for (const std::string& name : elsewhere) {
    EnvironmentStatus status;
    status.environment = name;
    status.is_reachable = false;
    status.problems.push_back(
        {"its state isn't a folder here", "writ status --state …"});
    all.push_back(std::move(status));
  }
  return all;
}

Result<ExitCode> RunStatus(Session& session, const StatusArguments& arguments) {
  const auto all = TRY(ReadAll(session, arguments));
  const Timestamp now = session.clock.Now();
  if (!arguments.prometheus_file.empty()) {
    const auto path =
        std::filesystem::path(session.cwd) / arguments.prometheus_file;
    TRY(ReplaceFile(path.string(), PrometheusText(all, now)));
  }
  if (!arguments.json) {
    session.out << RenderStatus(
        all, now, session.color,
        session.out_is_terminal ? static_cast<std::size_t>(session.width) : 0);
    return ExitCode::kDone;
  }
  Value::List list;
  for (const EnvironmentStatus& status : all) {
    list.push_back(StatusToValue(status));
  }
  Value found;
  found.Set("environments", std::move(list));
  return PrintResult(session, std::move(found));
}

}  // namespace

Command StatusCommand() {
  Command command = MakeCommand<StatusArguments>(
      "status", "Show how environments stand: revision, health, drift",
      DeclareStatus, RunReporting<StatusArguments, RunStatus>);
  command.description =
      "Reads git and the live state, changes nothing. What needs somebody "
      "stands below its\nenvironment, with the command to look at it.";
  command.examples = {
      "writ status",
      "writ status --env production --json",
      "writ status --prometheus-file /var/lib/node_exporter/writ.prom",
  };
  return command;
}

}  // namespace writ::reconciler
