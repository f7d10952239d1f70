// Showing a plan, asking, applying, and saying what came of it: what `apply`
// and `rollback` share.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "reconciler/applying/apply_run.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/session.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ApplyTalk {
  PlanningArguments planning;
  bool auto_approve = false;
  bool verbose = false;
  bool json = false;
  bool takes_digest = true;  // the command has --digest
  // Told the plan once it may be applied, before anybody is asked; may be
  // empty.
  std::function<void(const PlanRun&)> before_asking;
};

// Errors as of ApplyRun; kInternal where somebody said no.
Result<ExitCode> AskAndApply(Session& session, const ApplyTalk& talk,
                             ApplyRequest request);

// Where `server` turns out to name a gateway, the request's plan is applied
// there. The session outlives it.
ApplyElsewhere ElsewhereOf(Session& session, const ApplyRequest& request,
                           std::shared_ptr<const std::string> server);

}  // namespace writ::reconciler
