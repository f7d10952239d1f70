// The digest of all that is desired (engine/state/desired_digest.h), from
// everything, or from the base record and what differs.
#pragma once

#include <vector>

#include "engine/state/desired_digest.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::reconciler {

// REQUIRES: resources by address.
engine::DesiredDigest DigestOfAll(const std::vector<Resource>& resources);

// The base's buckets with those of `changed` and `undeclared` made anew from
// the store. REQUIRES: the base record holds for all other resources.
Result<engine::DesiredDigest> DigestOfChanged(
    StateStore& store, const std::string& owner, const BaseRecord& base,
    const std::vector<Resource>& changed,
    const std::vector<ResourceId>& undeclared);

}  // namespace writ::reconciler
