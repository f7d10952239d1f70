// How a plan is printed and judged, the same for `plan`, `show` and `apply`.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "engine/plan/render_text.h"
#include "reconciler/cli/planning_arguments.h"
#include "reconciler/cli/session.h"

namespace writ::reconciler {

// 5 when apply would refuse it, 2 for changes where asked for, else 0.
ExitCode OutcomeOf(const engine::Plan& plan, bool detailed);

// `run` gives the time it took, which only a terminal shows; may be null.
engine::PlanTextOptions TextOptionsOf(const Session& session, bool verbose,
                                      const PlanRun* run = nullptr);

// The plan as JSON with `exit_code`.
std::string PlanJsonOf(const engine::Plan& plan, ExitCode exit_code);

// Says when uncommitted changes were left out.
void AddSourceNotices(const Session& session, const PlanRun& run,
                      engine::Plan& plan);

}  // namespace writ::reconciler
