// The laws of a rotation, judged by what the fake world knows and the rotation
// may not.
#pragma once

#include <string>

#include "tests/bench/rotation_sim_world.h"

namespace writ::bench {

struct BrokenLaw {
  std::string law;  // empty: none is broken
  std::string detail;
};

// Of a credential that is about to be revoked.
BrokenLaw JudgeRevoke(World& world, const rotation::Rotation& rotation,
                      const std::string& credential);
// After a step.
BrokenLaw JudgeStep(const World& world, const rotation::Rotation& before,
                    const rotation::Rotation& after);

}  // namespace writ::bench
