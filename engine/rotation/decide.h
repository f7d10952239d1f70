// What a driver is to do next with a rotation.
//
// How to drive one:
//   loop: effects = Decide(rotation, now)
//         where there are none, or one of kWait: leave it until then
//         for each: rotation = Apply(rotation, Intended…); save
//         do them, at once if you like, each with a deadline
//         for each outcome: rotation = Apply(rotation, outcome); save
// Where saving fails, nothing is done (F8). Decide only when no effect is under
// way: an intent that it finds without an outcome is one that a crash left, and
// is observed before it is done again.
#pragma once

#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

// In the order of urgency. At most max_in_flight targets at once. Empty: it is
// over, or somebody has to say how to go on. Pure, safe from any thread.
std::vector<Effect> Decide(const Rotation& rotation, const Moment& now);

}  // namespace writ::engine::rotation
