// What the subcommands of `writ policy` share: manifests as they lie there, and
// the policies among them.
#pragma once

#include <optional>
#include <string>

#include "reconciler/cli/command.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/desired_arguments.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/policing.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

// Source, ref (the working tree where none is given), environment, variables.
void DeclareManifests(Options& options, SourceArguments& arguments);

// Desired resources and the policies of that commit, packs included, without
// those that are live. Nothing: `diagnostics` has errors, and they are
// complete.
struct PolicyRun {
  DesiredRun desired;
  Policing policing;
};
Result<std::optional<PolicyRun>> LoadPolicies(const Session& session,
                                              SourceArguments arguments,
                                              Diagnostics& diagnostics);

// "manifests/p.yaml:12:7"; empty without a file.
std::string PlaceText(const Location& at);

}  // namespace writ::reconciler
