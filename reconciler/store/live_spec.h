// The spec of a live resource as its kind's table has it now: a state that an
// older version wrote may lack fields that have defaults today.
#pragma once

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// Normalised. kCorrupt where the content can't be read.
Result<Value> SpecOf(const engine::LiveResource& live);

// Of the resource at the address, which it reads. kNotFound.
Result<Value> ReadSpec(StateStore& store, const ResourceId& id);

}  // namespace writ::reconciler
