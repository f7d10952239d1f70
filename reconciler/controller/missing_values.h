// Secrets of a plan that are required and have no value in some environment:
// where a value is missing stands beside the change, outside of the digest.
//
// The cost follows the secrets among the changes. Reads the store, in its
// thread.
#pragma once

#include <vector>

#include "engine/plan/plan.h"
#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::reconciler {

// Fills Change::missing_values with names of environments, as the project lists
// them. `desired` is sorted by address; `store` null: no state yet.
Status FindMissingValues(const std::vector<Resource>& desired,
                         const engine::Snapshot& live, StateStore* store,
                         engine::Plan& plan);

}  // namespace writ::reconciler
