// Scopes that a token is used for and that a plan takes away (rotation.md,
// F48): from then on its users are refused. Guards, as for what a deletion
// loses.
//
// Pure; borrows its inputs.
#pragma once

#include "engine/plan/pairing.h"
#include "engine/plan/plan.h"
#include "engine/plan/references.h"

namespace writ::engine {

// At the change of the token itself, else at that of the scope set. REQUIRES:
// changes sorted by address.
void AddLostUse(const Pairing& pairing, const References& references,
                Plan& plan);

}  // namespace writ::engine
