#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <ostream>
#include <string_view>
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

bool WriteWhole(int file, std::string_view rest) {
  while (!rest.empty()) {
    const ssize_t written = write(file, rest.data(), rest.size());
    if (written <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Beside the file first: what has the plan's name is a whole plan. A pipe or a
// device is written to as it is.
Status WritePlanFile(const std::string& path, const std::string& json) {
  constexpr mode_t kMode = 0666;  // what the umask leaves of it
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  const bool is_file = !std::filesystem::exists(status) ||
                       std::filesystem::is_regular_file(status);
  const std::string draft =
      is_file ? path + ".draft-" + std::to_string(getpid()) : path;
  const int file = open(
      draft.c_str(),
      is_file ? O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC : O_WRONLY | O_CLOEXEC,
      kMode);
  bool done =
      file >= 0 && WriteWhole(file, json) && (!is_file || fsync(file) == 0);
  int cause = errno;
  if (file >= 0) close(file);
  if (done && is_file) {
    done = std::rename(draft.c_str(), path.c_str()) == 0;
    cause = errno;
  }
  if (done) return {};
  if (is_file) unlink(draft.c_str());
  return Fail(ErrorCode::kIo,
              "can't write the plan to " + path + ": " + std::strerror(cause));
}

Result<ExitCode> Plan(Session& session, const Arguments& arguments) {
  Diagnostics diagnostics;
  auto run = TRY(MakePlanRun(session, arguments.planning, diagnostics));
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  if (!run) {
    ReportInvalid(session, diagnostics, format);
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
    engine::PlanTextOptions options =
        TextOptionsOf(session, arguments.verbose, &*run);
    if (!arguments.out.empty() && plan.has_digest) {
      options.apply_command = "writ apply " + arguments.out;
    }
    session.out << engine::RenderPlanText(plan, options);
  }
  if (!arguments.out.empty()) {
    const std::string path =
        (std::filesystem::path(session.cwd) / arguments.out).string();
    TRY(WritePlanFile(path, PlanJsonOf(plan, exit_code)));
    if (!arguments.json) {
      session.err << "The plan is in " << arguments.out
                  << (plan.has_digest
                          ? ".\n"
                          : ", to be looked at: a working tree's plan has no "
                            "digest to be applied by.\n");
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
