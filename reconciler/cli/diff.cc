// Two commits against each other, without a state.
#include <ostream>
#include <utility>

#include "engine/plan/planner.h"
#include "engine/plan/render_text.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/desired_arguments.h"
#include "reconciler/cli/plan_output.h"
#include "reconciler/cli/report_arguments.h"
#include "reconciler/controller/desired_buckets.h"
#include "reconciler/controller/resolved_references.h"
#include "reconciler/version.h"

namespace writ::reconciler {
namespace {

struct DiffArguments {
  SourceArguments source;
  std::string range;
  ReportArguments reports;
  bool json = false;
  bool detailed_exitcode = false;
  bool verbose = false;
};

void DeclareDiff(Options& options, DiffArguments& arguments) {
  options.Positional("REF..REF", arguments.range, true,
                     "Two revisions; an empty one means HEAD");
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareVariables(options, arguments.source);
  DeclareReports(options, arguments.reports);
  options.Flag("--json", arguments.json, "Print JSON");
  options.Flag("--detailed-exitcode", arguments.detailed_exitcode,
               "End 2 when there are changes");
  options.Flag("-v,--verbose", arguments.verbose, "Show every field");
}

Result<std::optional<DesiredRun>> LoadSide(const Session& session,
                                           const DiffArguments& arguments,
                                           const std::string& ref,
                                           Diagnostics& diagnostics,
                                           PlanOrigin& origin) {
  SourceArguments source = arguments.source;
  source.ref = ref.empty() ? "HEAD" : ref;
  return While(LoadDesired(session, source, diagnostics, &origin),
               "reading " + source.ref);
}

std::optional<engine::Plan> Compare(const Session& session,
                                    const DesiredRun& before,
                                    const DesiredRun& after,
                                    Diagnostics& diagnostics) {
  const manifests::DesiredState& desired = after.desired;
  engine::DesiredInput input;
  input.owner = desired.repository.name;
  input.environment = desired.environment.name;
  input.files = &desired.files;
  input.resources = &desired.resources;
  input.desired_count = static_cast<std::int64_t>(desired.resources.size());
  input.digest = DigestOfAll(desired.resources).Whole();
  input.commit = after.source->commit();
  engine::PlanOptions options;
  options.now = session.clock.Now();
  const engine::Snapshot live =
      AsIfApplied(before.desired.resources, before.desired.files, input.owner,
                  input.environment);
  auto plan = engine::MakePlan(input, live, options, diagnostics);
  if (!plan) return plan;
  plan->commit = after.source->commit();
  plan->source_ref = plan->commit.ref;
  plan->resource_count = input.desired_count;
  plan->has_digest = false;
  plan->source_folder = after.source->folder();
  plan->mode = "comparison";
  plan->compared_with = ShortRevision(before.source->commit());
  return plan;
}

Result<ExitCode> DiffCommits(Session& session, const DiffArguments& arguments) {
  const auto reports = TRY(RequestedReports(arguments.reports, arguments.json));
  const std::size_t dots = arguments.range.find("..");
  if (dots == std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                "diff wants two revisions, as in main..HEAD, not \"" +
                    arguments.range + "\"");
  }
  Diagnostics diagnostics;
  PlanOrigin origin;
  const auto before =
      TRY(LoadSide(session, arguments, arguments.range.substr(0, dots),
                   diagnostics, origin));
  const auto after =
      TRY(LoadSide(session, arguments, arguments.range.substr(dots + 2),
                   diagnostics, origin));
  std::optional<engine::Plan> plan;
  if (before && after) plan = Compare(session, *before, *after, diagnostics);
  if (after) Complete(diagnostics, *after->source);
  const OutputFormat format =
      arguments.json ? OutputFormat::kJson : OutputFormat::kText;
  engine::ReportInput input;
  input.diagnostics = &diagnostics;
  input.folder = origin.folder;
  input.writ_version = kVersion;
  if (!plan) {
    ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                      /*as_result=*/arguments.json);
    TRY(WriteReports(session, reports, arguments.reports, input));
    return ExitCode::kInvalid;
  }
  input.plan = &*plan;
  ExitCode exit_code = arguments.detailed_exitcode && !plan->changes.empty()
                           ? ExitCode::kChanges
                           : ExitCode::kDone;
  if (!arguments.json && !TakesStdout(reports)) {
    session.out << engine::RenderPlanText(
        *plan, TextOptionsOf(session, arguments.verbose));
  }
  const ExitCode reported =
      TRY(WriteReports(session, reports, arguments.reports, input));
  exit_code = Worse(exit_code, reported);
  if (arguments.json) session.out << PlanJsonOf(*plan, exit_code);
  return exit_code;
}

}  // namespace

Command DiffCommand() {
  Command command = MakeCommand<DiffArguments>(
      "diff", "Compare what two commits declare", DeclareDiff,
      RunReporting<DiffArguments, DiffCommits>);
  command.description = "Needs no state and asks nobody.";
  command.examples = {
      "writ diff main..HEAD --env production",
      "writ diff v1.0..v1.1 --json",
  };
  return command;
}

}  // namespace writ::reconciler
