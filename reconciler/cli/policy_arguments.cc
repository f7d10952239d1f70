#include "reconciler/cli/policy_arguments.h"

#include <utility>

#include "engine/plan/plan_words.h"

namespace writ::reconciler {

void DeclareManifests(Options& options, SourceArguments& arguments) {
  DeclareSource(options, arguments);
  options.Text("--ref", arguments.ref,
               "Read a commit instead of the working tree");
  DeclareEnvironment(options, arguments);
  DeclareVariables(options, arguments);
}

Result<std::optional<PolicyRun>> LoadPolicies(const Session& session,
                                              SourceArguments arguments,
                                              Diagnostics& diagnostics) {
  arguments.working_tree = arguments.ref == "HEAD";
  auto desired = TRY(LoadDesired(session, arguments, diagnostics));
  if (!desired) {
    diagnostics.Sort();
    return std::nullopt;
  }
  PolicyRun run{std::move(*desired), {}};
  PolicingInput input;
  input.source = run.desired.source.get();
  input.desired = &run.desired.desired;
  input.guards =
      GuardsIn(run.desired.desired.repository, run.desired.desired.environment);
  run.policing = TRY(CompilePolicies(input, diagnostics));
  Complete(diagnostics, *run.desired.source);
  if (diagnostics.HasErrors()) return std::nullopt;
  return run;
}

std::string PlaceText(const Location& at) {
  return engine::PlaceOnTerminal(at);
}

}  // namespace writ::reconciler
