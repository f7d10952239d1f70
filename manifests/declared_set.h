// Rules over everything that is declared in an environment: an address stands
// once, and an app without an apiKey token gets its default one.
//
// Pure but for RefuseDuplicates and CheckAcross, which read lines for their
// excerpts.
#pragma once

#include <vector>

#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"

namespace writ::manifests {

// Moves them out, by address; of one address, by the place.
std::vector<Resource> TakeByAddress(std::vector<Resource*> resources);

// Of each address keeps the first; an error with both places for every other.
// REQUIRES: sorted.
void RefuseDuplicates(Source& source, DesiredState& state,
                      Diagnostics& diagnostics);

// What one document can't show: slugs that two apps share, secrets in
// environments that their project doesn't have. Of a part of what is declared
// it tells what is wrong within that part. REQUIRES: sorted.
void CheckAcross(Source& source, const DesiredState& state,
                 Diagnostics& diagnostics);

// REQUIRES: sorted, complete; keeps it so.
void AddImpliedTokens(std::vector<Resource>& resources);

}  // namespace writ::manifests
