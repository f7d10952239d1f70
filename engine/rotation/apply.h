// What an event makes of a rotation. The table below is what people's wishes,
// finished work and a failure that no retry mends do in each phase, as a test
// reads it (PA paused, RB rolling back, NH needs human, RV revoking, "." stays,
// "<" back where it was stopped, else the phase's own letters).
//
//   phase        work  fails  pause  resume  rollback  abandon  deleted
//   PREFLIGHT    CR    PA     PA     .       RD        NH       RV
//   CREATED      DY    PA     PA     .       RB        NH       RV
//   DEPLOYING    VG    PA     PA     .       RB        NH       RV
//   VERIFYING    DR    PA     PA     .       RB        NH       RV
//   DRAINING     RV    PA     PA     .       RB        NH       RV
//   REVOKING     DO    PA     PA     .       RB        NH       .
//   DONE         .     .      .      .       .         .        .
//   PAUSED       .     .      .      <       RB        NH       RV
//   ROLLING_BACK RD    NH     PA     .       .         NH       RV
//   ROLLED_BACK  .     .      .      .       .         .        .
//   NEEDS_HUMAN  .     .      .      <       RB        NH       RV
//
// DEPLOYED and VERIFIED are passed through at once: they are milestones.
//
// Laws, after any events in any order, whatever is lost in a crash:
//   - a credential is revoked on the evidence its schedule asks for, or force;
//   - DONE and ROLLED_BACK are never left, and leave no extra credential and
//     no sealed value;
//   - a stop is left to where it came from, or to mint anew, never further on.
#pragma once

#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

// Total: an event that makes no sense now changes nothing. Pure, safe from any
// thread. The new rotation has to be saved before the next effect.
Rotation Apply(Rotation rotation, const Event& event, const Moment& now);

// Whether event::TargetsChanged with these would change anything now.
bool HaveChanged(const Rotation& rotation,
                 const std::vector<TargetSpec>& targets);

// Why such a wish would change nothing, for whoever asks; empty: it would not.
std::string WhyNotResume(const Rotation& rotation);
std::string WhyNotPause(const Rotation& rotation);
std::string WhyNotRollBack(const Rotation& rotation);

}  // namespace writ::engine::rotation
