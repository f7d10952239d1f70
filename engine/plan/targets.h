// --target and --exclude: which of the changes a plan keeps.
//
// Pure; borrows its inputs.
#pragma once

#include <vector>

#include "engine/plan/pairing.h"
#include "engine/plan/plan.h"
#include "engine/plan/references.h"
#include "schema/diagnostic.h"

namespace writ::engine {

// Keeps of `changes` the targets with what they depend on, then drops the
// excluded with what depends on them, both through unchanged resources too; a
// delete keeps (or drops) those that must go before (or after) it. What is
// left no longer waits for what isn't there. An address that names nothing
// declared or live is an error.
// REQUIRES: changes sorted by address, with after_changes filled.
void ApplyTargets(const Pairing& pairing, const References& references,
                  std::vector<Change>& changes, Diagnostics& diagnostics);

}  // namespace writ::engine
