#include <ostream>
#include <utility>

#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/output_file.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/report_arguments.h"
#include "reconciler/version.h"

namespace writ::reconciler {
namespace {

struct PlanArguments {
  PlanningArguments planning;
  ReportArguments reports;
  std::string out;
  bool json = false;
  bool detailed_exitcode = false;
  bool verbose = false;
};

void DeclarePlan(Options& options, PlanArguments& arguments) {
  DeclarePlanning(options, arguments.planning);
  DeclareMergeBase(options, arguments.planning);
  options.Text("-o,--out", arguments.out,
               "Write the plan into a file for `writ apply FILE`");
  DeclareReports(options, arguments.reports);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 when there are changes");
  options.Flag("-v,--verbose", arguments.verbose, "Show every field");
}

std::string WhereItIs(const PlanArguments& arguments,
                      const engine::Plan& plan) {
  return "The plan is in " + arguments.out +
         (plan.has_digest
              ? ".\n"
              : ", to be looked at: a working tree's plan has no digest to be "
                "applied by.\n");
}

void PrintPlan(Session& session, const PlanArguments& arguments,
               const PlanRun& run, ExitCode exit_code) {
  const engine::Plan& plan = run.planned.plan;
  if (arguments.json) {
    session.out << PlanJsonOf(plan, exit_code);
    return;
  }
  engine::PlanTextOptions options =
      TextOptionsOf(session, arguments.verbose, &run);
  if (!arguments.out.empty() && plan.has_digest) {
    options.apply_command = "writ apply " + arguments.out;
  }
  session.out << engine::RenderPlanText(plan, options);
}

Result<ExitCode> RunPlan(Session& session, const PlanArguments& arguments) {
  const auto reports = TRY(RequestedReports(arguments.reports, arguments.json));
  Diagnostics diagnostics;
  PlanOrigin origin;
  auto run =
      TRY(MakePlanRun(session, arguments.planning, diagnostics, &origin));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  engine::ReportInput input;
  input.diagnostics = &diagnostics;
  input.folder = origin.folder;
  input.writ_version = kVersion;
  if (!run) {
    ReportInvalid(session, diagnostics, format);
    TRY(WriteReports(session, reports, arguments.reports, input));
    return ExitCode::kInvalid;
  }
  // Warnings don't belong into JSON that describes a plan.
  ReportDiagnostics(session, diagnostics, OutputFormat::kText, ExitCode::kDone,
                    /*as_result=*/false);
  engine::Plan& plan = run->planned.plan;
  AddSourceNotices(session, *run, plan);
  input.plan = &plan;
  input.apply_command = run->apply_command;
  ExitCode exit_code = OutcomeOf(plan, arguments.detailed_exitcode);
  // Annotations stand below the text, and JSON says how the process ends.
  const bool prints = !TakesStdout(reports);
  if (prints && !arguments.json) {
    PrintPlan(session, arguments, *run, exit_code);
  }
  const ExitCode reported =
      TRY(WriteReports(session, reports, arguments.reports, input));
  exit_code = Worse(exit_code, reported);
  if (arguments.json) PrintPlan(session, arguments, *run, exit_code);
  if (!arguments.out.empty()) {
    const std::string path = AbsolutePath(session, arguments.out);
    TRY(WriteOutputFile(path, PlanJsonOf(plan, exit_code), "the plan"));
    if (!arguments.json) session.err << WhereItIs(arguments, plan);
  }
  return exit_code;
}

}  // namespace

Command PlanCommand() {
  Command command = MakeCommand<PlanArguments>(
      "plan", "Show what would change, why, and what stands in the way",
      DeclarePlan, RunReporting<PlanArguments, RunPlan>);
  command.description =
      "Reads a commit (HEAD) and the live state; changes nothing, takes no "
      "lock. The digest names\nexactly this plan: `writ apply --digest` "
      "accepts no other.";
  command.examples = {
      "writ plan --env production",
      "writ plan --ref main --out plan.json   # for a later `writ apply "
      "plan.json`",
      "writ plan --json --detailed-exitcode   # for CI",
      "writ plan --merge-base origin/main    # what the pull request will do",
      "writ plan --report markdown=plan.md --report html=plan.html",
      "writ plan --working-tree               # uncommitted changes as well",
  };
  return command;
}

}  // namespace writ::reconciler
