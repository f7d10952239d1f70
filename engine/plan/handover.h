// A Token's replacement that refuses nobody: the new one is delivered, and the
// old one ends as in any rotation (docs/rotation.md).
//
// Pure, safe from any thread.
#pragma once

#include "engine/plan/plan.h"

namespace writ::engine {

// Whether the change replaces a Token by one that is delivered somewhere: there
// is a place that consumers get the new value from.
bool IsHandedOver(const Change& change);

// What a plan says of it.
inline constexpr const char* kHandover =
    "its old value stays valid until the new one is in use, as in a rotation";

}  // namespace writ::engine
