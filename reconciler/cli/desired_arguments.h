// What is desired at a revision, for commands that show it without a state.
#pragma once

#include <optional>

#include "manifests/manifest_set.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/session.h"
#include "schema/diagnostic.h"
#include "schema/facts.h"
#include "schema/result.h"

namespace writ::reconciler {

struct DesiredRun {
  std::unique_ptr<manifests::Source> source;
  manifests::DesiredState desired;
};

// Nothing: `diagnostics` has errors.
Result<std::optional<DesiredRun>> LoadDesired(const Session& session,
                                              const SourceArguments& arguments,
                                              Diagnostics& diagnostics,
                                              PlanOrigin* origin = nullptr);

}  // namespace writ::reconciler
