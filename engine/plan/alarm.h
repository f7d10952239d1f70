// What a reviewer must see first in a change (T-02, T-04, T-17): a value that
// will be sent somewhere new, a credential that may do more, a guard that gives
// way.
//
// Pure; safe from any thread.
#pragma once

#include <vector>

#include "engine/plan/plan.h"

namespace writ::engine {

// By kind, then path. Judges full contents; what comes back shows no sensitive
// value, of a URL its host alone.
std::vector<Alarm> FindAlarms(const Change& change);

}  // namespace writ::engine
