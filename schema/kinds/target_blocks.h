// The block of each type of deploy target: where exactly, and with which
// credential.
#pragma once

#include <vector>

#include "schema/kind.h"

namespace writ::kinds {

// One object a type, named for it, that stands where spec.type says so.
std::vector<Field> TargetBlocks();

}  // namespace writ::kinds
