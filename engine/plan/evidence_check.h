// Where a credential's rotation schedule asks for evidence that one of its
// deploy targets can't give, the rotation could never end (design, section 7).
#pragma once

#include "engine/plan/pairing.h"
#include "engine/plan/references.h"
#include "schema/diagnostic.h"

namespace writ::engine {

// An error for each delivery of a desired resource to such a target. A partial
// input has to hold the contents of the schedule and targets it refers to.
void ReportMissingEvidence(const Pairing& pairing, const References& references,
                           Diagnostics& diagnostics);

}  // namespace writ::engine
