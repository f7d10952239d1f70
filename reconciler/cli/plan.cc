#include <filesystem>
#include <fstream>
#include <ostream>
#include <utility>

#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/planning_arguments.h"

namespace writ::reconciler {
namespace {

struct Arguments {
  PlanningArguments planning;
  std::string out;
  bool json = false;
  bool detailed_exitcode = false;
  bool verbose = false;
};

void Declare(Options& options, Arguments& arguments) {
  DeclarePlanning(options, arguments.planning);
  options.Text("-o,--out", arguments.out,
               "Write the plan into a file for `writ apply FILE`");
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 when there are changes");
  options.Flag("-v,--verbose", arguments.verbose, "Show every field");
}

Status WritePlanFile(const std::string& path, const std::string& json) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << json;
  file.flush();
  if (!file) {
    return Fail(ErrorCode::kIo, "can't write the plan to " + path);
  }
  return {};
}

Result<ExitCode> Plan(Session& session, const Arguments& arguments) {
  Diagnostics diagnostics;
  auto run = TRY(MakePlanRun(session, arguments.planning, diagnostics));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (!run) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  // Warnings don't belong into JSON that describes a plan.
  ReportDiagnostics(session, diagnostics, OutputFormat::kText, ExitCode::kDone,
                    /*as_result=*/false);
  engine::Plan& plan = run->planned.plan;
  AddSourceNotices(session, *run, plan);
  const ExitCode exit_code = OutcomeOf(plan, arguments.detailed_exitcode);
  if (arguments.json) {
    session.out << PlanJsonOf(plan, exit_code);
  } else {
    session.out << engine::RenderPlanText(
        plan, TextOptionsOf(session, arguments.verbose, &*run));
  }
  if (!arguments.out.empty()) {
    const std::string path =
        (std::filesystem::path(session.cwd) / arguments.out).string();
    TRY(WritePlanFile(path, PlanJsonOf(plan, exit_code)));
    if (!arguments.json) {
      session.err << "The plan is in " << arguments.out
                  << ". To apply it: writ apply " << arguments.out << "\n";
    }
  }
  return exit_code;
}

}  // namespace

Command PlanCommand() {
  Command command = MakeCommand<Arguments>(
      "plan", "Show what would change, why, and what stands in the way",
      Declare, RunReporting<Arguments, Plan>);
  command.description =
      "Reads a commit (HEAD) and the live state; changes nothing, takes no "
      "lock. The digest names\nexactly this plan: `writ apply --digest` "
      "accepts no other.";
  command.examples = {
      "writ plan --env production",
      "writ plan --ref main --out plan.json   # for a later `writ apply "
      "plan.json`",
      "writ plan --json --detailed-exitcode   # for CI",
      "writ plan --working-tree               # uncommitted changes as well",
  };
  return command;
}

}  // namespace writ::reconciler
