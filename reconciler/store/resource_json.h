// A stored resource as JSON, for the trash: what is deleted must come back
// whole.
//
// Pure.
#pragma once

#include <string>
#include <string_view>

#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

std::string ResourceToJson(const StoredResource& stored);

// kCorrupt.
Result<StoredResource> ResourceFromJson(std::string_view json);

}  // namespace writ::reconciler
