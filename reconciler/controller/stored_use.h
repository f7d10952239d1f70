// How tokens are used, into a snapshot: what deleting one would break (T-12),
// what policies see as `usage`. Counts and times alone, never by whom (T-16).
//
// Blocks on disk.
#pragma once

#include <vector>

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// Of the tokens that the snapshot has; of those that never were used, and where
// no gateway has recorded use, nothing. Counts are of the day of `now` and the
// six before, scopes of 30 days.
Status AddTokenUse(StateStore& store, Timestamp now, engine::Snapshot& live);

// Into `stored_items` of changed tokens: how many of their credentials aren't
// revoked, all of which go where one is replaced and delivered nowhere.
Status AddStandingCredentials(StateStore& store,
                              const std::vector<Resource>& desired,
                              engine::Snapshot& live);

}  // namespace writ::reconciler
