// What a change writes into the store: one row, or its going.
#pragma once

#include <string>

#include "engine/plan/plan.h"
#include "reconciler/clock.h"
#include "reconciler/controller/planning.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// The row for a change that leaves its resource live. `before` is its row as
// planned (null: none); its uid and status are kept, but for a replacement's.
StoredResource MakeStored(const engine::Change& change, const Planned& planned,
                          const engine::LiveResource* before,
                          const std::string& actor, Timestamp now,
                          Random& random);

// Writes one change inside the transaction, journal and audit not included.
// kConflict: a newer generation is there, nothing was written.
Status WriteChange(WriteTransaction& transaction, StateStore& store,
                   const engine::Change& change, const Planned& planned,
                   const std::string& actor, Timestamp now, Random& random);

}  // namespace writ::reconciler
