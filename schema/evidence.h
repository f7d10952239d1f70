// Whether a deploy target can give the evidence that a rotation waits for
// (design, section 7). Asking for what it can't give is an error, found where
// a token's schedule and targets meet.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/value.h"

namespace writ {

// Whether values can be read back from it, so that a digest can be compared.
// `target_spec` is the normalised spec of a DeployTarget.
bool CanReadBack(const Value& target_spec);

// Why the target can't give this evidence (readback, probe, usage), as the end
// of a sentence that begins with its address: "can't be read back: …". Empty
// where it can.
std::string EvidenceGap(std::string_view evidence, const Value& target_spec);

}  // namespace writ
