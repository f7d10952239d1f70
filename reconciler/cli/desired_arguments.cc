#include "reconciler/cli/desired_arguments.h"

#include <utility>

namespace writ::reconciler {

Result<std::optional<DesiredRun>> LoadDesired(const Session& session,
                                              const SourceArguments& arguments,
                                              Diagnostics& diagnostics,
                                              PlanOrigin* origin) {
  DesiredRun run;
  run.source = TRY(OpenSourceOf(session, arguments));
  if (origin != nullptr) origin->folder = run.source->folder();
  manifests::LoadOptions options = TRY(LoadOptionsOf(arguments));
  const auto repository =
      TRY(manifests::LoadRepository(*run.source, diagnostics));
  if (repository) {
    const auto environment =
        TRY(SelectEnvironment(*repository, arguments.environment));
    options.environment = environment.name;
    if (origin != nullptr) origin->environment = environment.name;
  }
  auto desired = TRY(manifests::Load(*run.source, options, diagnostics));
  if (!desired) return std::nullopt;
  run.desired = std::move(*desired);
  return run;
}

}  // namespace writ::reconciler
