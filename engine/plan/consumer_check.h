// Deliveries to consumers that the token would turn away (rotation.md, F47):
// none of the networks that the target's consumer comes from is one that the
// token's ipAllowlist admits. A rotation would cut that consumer off.
//
// Pure; borrows its inputs.
#pragma once

#include "engine/plan/pairing.h"
#include "engine/plan/references.h"
#include "schema/diagnostic.h"

namespace writ::engine {

void ReportRefusedConsumers(const Pairing& pairing,
                            const References& references,
                            Diagnostics& diagnostics);

}  // namespace writ::engine
