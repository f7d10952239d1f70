// What policies see of a plan (engine/policy/facts.h), from the plan and what
// it was made from. Nothing is asked of anybody.
//
// Pure; safe from any thread.
#pragma once

#include <vector>

#include "engine/plan/plan.h"
#include "engine/policy/facts.h"
#include "engine/state/snapshot.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::reconciler {

// ChangeFacts count as plan.changes do. A partial plan has the same facts as a
// complete one where `desired` and `live` hold what GatherChanged gathers.
// REQUIRES: resources by address; plan.planned_at is set.
engine::PlanFacts FactsOf(const engine::Plan& plan,
                          const std::vector<Resource>& desired,
                          const engine::Snapshot& live);

// Everything that is live, as if nothing were to happen to it: `no-op`.
// REQUIRES: a snapshot of everything, with contents. kCorrupt.
Result<engine::PlanFacts> FactsOfLive(const engine::Snapshot& live);

}  // namespace writ::reconciler
