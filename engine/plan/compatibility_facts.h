// What changed event schemas mean for events (schema/event/compatibility.h).
//
// Pure; safe from any thread.
#pragma once

#include <vector>

#include "engine/plan/plan.h"
#include "engine/state/snapshot.h"

namespace writ::engine {

// Sets Change::compatibility of event schemas that stay and change.
void AddCompatibility(const Snapshot& live, std::vector<Change>& changes);

}  // namespace writ::engine
