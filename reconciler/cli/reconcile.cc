// writ reconcile: once, for cron and CI; or --watch.
#include "reconciler/loop/reconcile.h"

#include <map>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/reconcile_arguments.h"
#include "reconciler/cli/reconcile_output.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/loop/watch.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

struct ReconcileCommandArguments {
  ReconcileArguments reconcile;
  bool watch = false;
  bool detailed_exitcode = false;
  bool json = false;
};

void DeclareReconcileCommand(Options& options,
                             ReconcileCommandArguments& arguments) {
  ReconcileArguments& reconcile = arguments.reconcile;
  options.Flag("--watch", arguments.watch,
               "Go on, looking again each interval, until SIGTERM");
  options.Text("--interval", reconcile.interval,
               "How long between two looks with --watch (default: 60s)");
  options.Flag("--force", reconcile.force,
               "Try again what failed before, though nothing moved since");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 where changes or drift are left");
  DeclareSource(options, reconcile.source);
  DeclareRef(options, reconcile.source);
  options.Text("-e,--env", reconcile.source.environment,
               "This environment alone (default: each whose state lies in a "
               "folder)");
  DeclareVariables(options, reconcile.source);
  DeclareState(options, reconcile.source);
  DeclareParallelism(options, reconcile.source);
  options.Text("--lock-timeout", reconcile.lock_timeout,
               "How long to wait for another apply (default: 30s)");
  options.Text("--host-config", reconcile.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
  options.Text("--audit-anchor", reconcile.audit_anchor,
               "Append the audit's head to this file");
  DeclareTokensOut(options, reconcile.tokens_out);
  options.Flag("--json", arguments.json,
               "Print JSON; with --watch a line for each run");
}

class Reconciling {
 public:
  Reconciling(Session& session, const ReconcileCommandArguments& arguments)
      : session_(session), arguments_(arguments), effects_(EffectsOf(session)) {
    // Who watches finishes the run under way before it ends.
    if (arguments.watch) effects_.stop = [] { return false; };
  }

  Result<ExitCode> Run();

 private:
  Result<ReconcileReport> One(const std::string& environment);
  Result<ExitCode> Once(const std::vector<std::string>& environments);
  Result<ExitCode> Watching(const std::vector<std::string>& environments);
  void TellMistakes(const ReconcileReport& report);
  bool LeavesSomething(const ReconcileReport& report) const;

  Session& session_;
  const ReconcileCommandArguments& arguments_;
  RunEffects effects_;
};

Result<ReconcileReport> Reconciling::One(const std::string& environment) {
  ReconcileRequest request = TRY(ReconcileRequestOf(
      session_, arguments_.reconcile, environment, arguments_.json));
  ReconcileReport report = Reconcile(effects_, std::move(request), {});
  report.environment = environment;
  return report;
}

// What is wrong in manifests is part of the text; JSON says that it is.
void Reconciling::TellMistakes(const ReconcileReport& report) {
  if (!report.diagnostics.HasErrors() || arguments_.json) return;
  ReportDiagnostics(session_, report.diagnostics, OutputFormat::kText,
                    ExitCode::kInvalid, /*as_result=*/false);
}

bool Reconciling::LeavesSomething(const ReconcileReport& report) const {
  const bool applied =
      report.step.action == engine::SyncAction::kApply && !report.failure;
  const bool left_drift = !report.heals && !report.drift.empty();
  return left_drift || (report.changes > 0 && !applied);
}

Result<ExitCode> Reconciling::Once(
    const std::vector<std::string>& environments) {
  ExitCode worst = ExitCode::kDone;
  Value::List reports;
  for (const std::string& environment : environments) {
    if (session_.interrupted()) {
      worst = Worse(worst, ExitCode::kInterrupted);
      break;
    }
    const ReconcileReport report = TRY(One(environment));
    worst = Worse(worst, report.exit_code);
    if (arguments_.detailed_exitcode && LeavesSomething(report)) {
      worst = Worse(worst, ExitCode::kChanges);
    }
    if (arguments_.json) {
      reports.push_back(ReportToValue(report));
      continue;
    }
    TellMistakes(report);
    session_.out << ReportInLines(report, session_.clock.Now(), session_.color)
                 << std::flush;
  }
  if (!arguments_.json) return worst;
  Value found;
  found.Set("environments", std::move(reports));
  return PrintResult(session_, std::move(found), worst);
}

Result<ExitCode> Reconciling::Watching(
    const std::vector<std::string>& environments) {
  QueueOptions options;
  options.interval = TRY(IntervalOf(arguments_.reconcile.interval));
  options.chance = ChanceOf(session_.random);
  Watch watch(environments, options, session_.clock);
  // What says nothing new isn't printed again.
  std::map<std::string, std::string> last;
  watch.Run(
      [&](const std::string& environment) {
        const auto report = One(environment);
        if (!report) {
          ReportError(session_, report.error());
          return RunOutcome{RunEnd::kRetry, {}};
        }
        const Timestamp now = session_.clock.Now();
        if (arguments_.json) {
          Value line = ReportToValue(*report);
          line.Set("at", FormatTimestamp(now));
          session_.out << CanonicalJson(line) << "\n" << std::flush;
          return report->outcome;
        }
        std::string news = CanonicalJson(ReportToValue(*report));
        if (last[environment] != news) {
          TellMistakes(*report);
          session_.out << FormatSeconds(now) << " "
                       << ReportInLines(*report, now, session_.color)
                       << std::flush;
          last[environment] = std::move(news);
        }
        return report->outcome;
      },
      session_.interrupted);
  if (!arguments_.json) session_.out << "Stopped.\n";
  return ExitCode::kDone;
}

Result<ExitCode> Reconciling::Run() {
  std::vector<std::string> skipped;
  const auto environments =
      TRY(EnvironmentsOf(session_, arguments_.reconcile.source, skipped));
  if (!arguments_.json) {
    for (const std::string& name : skipped) {
      session_.err << EscapeTerminal(name)
                   << " is left out: its state isn't a folder here\n";
    }
  }
  TRY(ReconcileRequestOf(session_, arguments_.reconcile, environments.front(),
                         arguments_.json));
  return arguments_.watch ? Watching(environments) : Once(environments);
}

Result<ExitCode> RunReconcile(Session& session,
                              const ReconcileCommandArguments& arguments) {
  return Reconciling(session, arguments).Run();
}

}  // namespace

Command ReconcileCommand() {
  Command command = MakeCommand<ReconcileCommandArguments>(
      "reconcile", "Keep what is live at what git says, as `sync` has it",
      DeclareReconcileCommand,
      RunReporting<ReconcileCommandArguments, RunReconcile>);
  command.description =
      "Plans, and applies where the environment's `sync` lets it: by itself or "
      "not, in which\nwindows, putting drift back or only telling it. Moves "
      "rotations on. Safe when two run. A\ncommit that failed is tried again "
      "once something moved, or with --force. See docs/reconcile.md.";
  command.examples = {
      "writ reconcile                         # once, for cron or CI",
      "writ reconcile --env production --watch --interval 30s",
      "writ reconcile --force                 # once more, whatever was tried",
  };
  return command;
}

}  // namespace writ::reconciler
