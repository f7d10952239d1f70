#include <algorithm>
#include <utility>

#include "engine/rotation/gates.h"
#include "engine/rotation/steps.h"

namespace writ::engine::rotation {

namespace {

// A value that a target refuses or alters isn't tried for ever.
bool IsValueBad(const Rotation& rotation) {
  if (rotation.stopped_in < Phase::kCreated ||
      rotation.stopped_in > Phase::kRevoking) {
    return false;
  }
  return rotation.why == Why::kAltered ||
         std::any_of(rotation.targets.begin(), rotation.targets.end(),
                     [](const Target& target) {
                       return target.state == TargetState::kWaiting &&
                              target.tries.error == ErrorClass::kInvalid;
                     });
}

}  // namespace

void Stop(Rotation& rotation, Phase stop, Why why, std::string text,
          Timestamp at) {
  if (!IsStopped(rotation)) rotation.stopped_in = rotation.phase;
  rotation.why = why;
  rotation.text = std::move(text);
  rotation.announce = true;
  Enter(rotation, stop, at);
}

void Resume(Rotation& rotation, const Moment& now) {
  const Phase phase = rotation.stopped_in;
  // Of a principal that is gone nothing new is wanted.
  const bool anew = IsValueBad(rotation) && !rotation.retiring;
  rotation.why = Why::kNone;
  rotation.text.clear();
  rotation.announce = false;
  rotation.attempt = 1;
  rotation.tries = {};
  for (Target& target : rotation.targets) {
    target.tries = {};
    target.checked_at.reset();
    target.refused.reset();
    if (phase == Phase::kPreflight) target.ready = false;
  }
  Enter(rotation, phase, now.at);
  if (rotation.deadline) rotation.deadline = now.at + rotation.terms.grace;
  if (rotation.released_at) rotation.released_at = now.at;
  if (anew) StartGeneration(rotation, now.at);
}

void RollBack(Rotation& rotation, Why why, std::string text, Timestamp at) {
  rotation.why = why;
  rotation.text = std::move(text);
  rotation.announce = why != Why::kAsked;
  rotation.attempt = 1;
  rotation.tries = {};
  for (Target& target : rotation.targets) target.tries = {};
  rotation.released_at = at;
  Enter(rotation, Phase::kRollingBack, at);
}

bool StartGeneration(Rotation& rotation, Timestamp at) {
  if (rotation.generation > rotation.terms.per_cycle) {
    Stop(rotation, Phase::kNeedsHuman, Why::kOutOfAttempts,
         "new values were lost or revoked " +
             std::to_string(rotation.generation) + " times",
         at);
    return false;
  }
  ++rotation.generation;
  // What an earlier generation sealed is still to be erased.
  if (rotation.value == SealedValue::kErased) {
    rotation.value = SealedValue::kNone;
  }
  for (Target& target : rotation.targets) {
    target.state = TargetState::kWaiting;
    target.seen.reset();
    target.refused.reset();
    target.checked_at.reset();
    target.tries = {};
  }
  NameNewCredentials(rotation);
  Enter(rotation, Phase::kPreflight, at);
  return true;
}

}  // namespace writ::engine::rotation
