// One simulated rotation, from its beginning until it's over or needs
// somebody, with its laws checked after every step.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/rotation_sim_choices.h"

namespace writ::bench {

struct SimulatedRotation {
  Schedule schedule;
  int crashes = 0;
  std::int64_t failed_requests = 0;
  bool needs_human = false;  // it ended waiting for somebody
  std::string law;           // the first that was broken; empty: none
  std::string detail;
  std::vector<std::string> story;  // empty unless asked for
};

// The same for the same choices.
SimulatedRotation Simulate(Choices choices, bool with_story);

}  // namespace writ::bench
