// What an app's newest events say of a plan's changed schemas and rules: how
// many of them a schema that enforces would have rejected, how many a rule
// would have fired on. Evidence, never part of what is decided; counts alone
// (T-16).
//
// Blocks on disk. Bounded: 10,000 events an app, 200,000 looks a plan; changes
// beyond have no evidence.
#pragma once

#include "engine/plan/plan.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Fills Change::replay. `store` null: no state yet. Errors: kIo, kCorrupt of
// events.db; none where there is none.
Status ReplayRecentEvents(StateStore* store, engine::Plan& plan);

}  // namespace writ::reconciler
