// What stands in a plan's way until a flag allows it (design, section 4,
// "Safety"; T-12): too much at once, an empty desired state, a protected
// resource, children left behind, data that would be lost.
//
// Pure; borrows its inputs.
#pragma once

#include "engine/plan/pairing.h"
#include "engine/plan/plan.h"
#include "engine/plan/relations.h"

namespace writ::engine {

// Adds guards to the plan and its changes; what the options allow is marked.
// REQUIRES: `relations` is of plan.changes as they are now, and plan.existing
// is set.
void AddGuards(const Pairing& pairing, const Relations& relations, Plan& plan);

}  // namespace writ::engine
