// What deleting a secret, or a project with all of its secrets, would lose
// (T-12): how many values are stored.
//
// Blocks on disk.
#pragma once

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Fills `stored_items` of secrets and projects. Errors of the store.
Status AddStoredValues(StateStore& store, engine::Snapshot& live);

}  // namespace writ::reconciler
