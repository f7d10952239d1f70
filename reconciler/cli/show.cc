#include <fstream>
#include <iterator>
#include <ostream>

#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/plan_output.h"

namespace writ::reconciler {
namespace {

struct ShowArguments {
  std::string file;
  bool json = false;
  bool verbose = false;
};

void DeclareShow(Options& options, ShowArguments& arguments) {
  options.Positional("PLAN", arguments.file, true,
                     "A file that `writ plan --out` wrote");
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("-v,--verbose", arguments.verbose, "Show every field");
}

Result<ExitCode> Show(Session& session, const ShowArguments& arguments) {
  const std::string path = AbsolutePath(session, arguments.file);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorCode::kNotFound,
                "can't read the plan file " + arguments.file);
  }
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const engine::Plan plan =
      TRY(While(engine::ParsePlanJson(text), "reading " + arguments.file));
  const ExitCode exit_code = OutcomeOf(plan, /*detailed=*/false);
  if (arguments.json) {
    session.out << PlanJsonOf(plan, exit_code);
    return exit_code;
  }
  engine::PlanTextOptions options = TextOptionsOf(session, arguments.verbose);
  options.apply_command = "writ apply " + arguments.file;
  session.out << engine::RenderPlanText(plan, options);
  return exit_code;
}

}  // namespace

Command ShowCommand() {
  Command command = MakeCommand<ShowArguments>(
      "show", "Print a plan from its file", DeclareShow,
      RunReporting<ShowArguments, Show>);
  command.examples = {"writ show plan.json --verbose"};
  return command;
}

}  // namespace writ::reconciler
