// A delete and a create of the same content look like a rename that nobody
// declared: worth a word before something is lost.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace writ::engine {

// One sentence for each such pair, by address; each change is in one pair at
// most. Looks at no more than a few hundred changes of each sort.
std::vector<std::string> FindRenames(const std::vector<Change>& changes);

}  // namespace writ::engine
