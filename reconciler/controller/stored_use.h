// How tokens are used, into a snapshot: what deleting one would break (T-12),
// what policies see as `usage`. Counts and times alone, never by whom (T-16).
//
// Blocks on disk.
#pragma once

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// Of the tokens that the snapshot has; of those that never were used, and where
// no gateway has recorded use, nothing. Counts are of the day of `now` and the
// six before.
Status AddTokenUse(StateStore& store, Timestamp now, engine::Snapshot& live);

}  // namespace writ::reconciler
