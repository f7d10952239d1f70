// The spec of a live resource as its kind's table has it now: a state that an
// older version wrote may lack fields that have defaults today.
#pragma once

#include <string>
#include <string_view>

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

// Normalised. kCorrupt where the content can't be read.
Result<Value> SpecOf(const engine::LiveResource& live);

// What a Workspace that declares no workspaceId is addressed by: the first 24
// digits of its uid. SpecOf fills it in.
std::string ComputedWorkspaceId(std::string_view uid);

// Of the resource at the address, which it reads. kNotFound.
Result<Value> ReadSpec(StateStore& store, const ResourceId& id);

}  // namespace writ::reconciler
