// Rotations that are due, as a plan shows them: caused by a schedule, outside
// of its digest (design, section 4). Read from what is live; nothing is opened.
//
// The cost follows the number that are due. Reads the store, in its thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// Of the owner's tokens that no rotation is open for, by address.
Result<std::vector<engine::Change>> FindScheduledRotations(
    StateStore& store, const std::string& owner, Timestamp now);

}  // namespace writ::reconciler
