// The part of a plan that its digest covers, as canonical JSON: keys in byte
// order, no white space, nothing sensitive, no time, no position.
//
// Pure; safe from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/plan/plan.h"

namespace writ::engine {

// {"action":"create","address":…}
std::string DecisionJson(const Change& change);

// The decision of a whole plan, handed over in pieces, a change at a time.
void StreamDecision(const Plan& plan,
                    const std::function<void(std::string_view)>& write);

}  // namespace writ::engine
