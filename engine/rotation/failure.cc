#include <algorithm>
#include <utility>

#include "engine/rotation/gates.h"
#include "engine/rotation/steps.h"
#include "schema/digest.h"

namespace writ::engine::rotation {
namespace {

void ForgetTries(Rotation& rotation, std::optional<Timestamp> next_at) {
  rotation.tries.count = 0;
  rotation.tries.next_at = next_at;
  for (Target& target : rotation.targets) {
    target.tries.count = 0;
    target.tries.next_at = next_at;
  }
}

std::string Told(const event::Failed& failed) {
  return failed.subject.empty() ? failed.text
                                : failed.subject + ": " + failed.text;
}

bool IsMendedByTime(ErrorClass error) {
  return error == ErrorClass::kTransient || error == ErrorClass::kThrottled ||
         error == ErrorClass::kConflict || error == ErrorClass::kUnknown;
}

// A credential that no target got nobody relies on: it needs no evidence to be
// revoked where another one takes its place.
void ForgetUnlessHeld(Rotation& rotation, const Target& refused) {
  const Credential* wanted = NewFor(rotation, refused);
  const bool somewhere =
      !rotation.dropped.empty() ||
      std::any_of(rotation.targets.begin(), rotation.targets.end(),
                  [&](const Target& target) {
                    // What a place holds that was taken back isn't known.
                    return target.held_generation == rotation.generation &&
                           (NewFor(rotation, target) == wanted ||
                            target.state == TargetState::kWaiting);
                  });
  if (!somewhere) FindCredential(rotation, wanted->id)->held = false;
}

// What a refused write leaves behind. Of any other failure nobody knows: the
// target stays as it was intended, to be observed.
void TakeBackIntent(Rotation& rotation, const event::Failed& failed,
                    Target& target) {
  if (failed.action != Action::kPut) return;
  const bool refused = failed.error == ErrorClass::kThrottled ||
                       failed.error == ErrorClass::kAuth ||
                       failed.error == ErrorClass::kInvalid ||
                       failed.error == ErrorClass::kGone;
  if (refused && target.state == TargetState::kPutIntended) {
    target.state = TargetState::kWaiting;
    target.held_generation = target.held_before;
    ForgetUnlessHeld(rotation, target);
  }
}

// An outcome that arrives after the rotation turned elsewhere is remembered
// and changes nothing.
bool IsOfConcern(const Rotation& rotation, const event::Failed& failed,
                 const Target* target) {
  const bool ending =
      failed.action == Action::kRevoke || failed.action == Action::kEraseValue;
  if (rotation.retiring || ending) return ending;
  if (rotation.phase != Phase::kRollingBack) {
    return failed.action != Action::kRestore;
  }
  if (failed.action == Action::kActivate) {
    return target != nullptr && target->state == TargetState::kRestored;
  }
  return failed.action == Action::kRestore ||
         failed.action == Action::kObserve ||
         failed.action == Action::kReadUsage;
}

bool MayRollBackByItself(const Rotation& rotation) {
  return rotation.terms.on_failure == OnFailure::kRollback &&
         rotation.phase >= Phase::kCreated &&
         rotation.phase <= Phase::kVerifying && CanRollBack(rotation);
}

// Tries of one attempt are used up: the next attempt, or none is left.
void EndAttempt(Rotation& rotation, const std::string& text,
                const Moment& now) {
  if (rotation.attempt < rotation.terms.per_cycle) {
    ++rotation.attempt;
    ForgetTries(rotation, now.at + rotation.terms.max_backoff);
    return;
  }
  if (MayRollBackByItself(rotation)) {
    RollBack(rotation, Why::kOutOfAttempts, text, now.at);
    return;
  }
  Stop(rotation, Phase::kNeedsHuman, Why::kOutOfAttempts, text, now.at);
}

}  // namespace

Duration BackoffOf(const Rotation& rotation, std::string_view subject,
                   int count) {
  Duration wait = rotation.terms.backoff;
  for (int i = 1; i < count && wait < rotation.terms.max_backoff; ++i) {
    wait *= 2;
  }
  wait = std::min(wait, rotation.terms.max_backoff);
  Sha256Stream stream;
  stream.UpdateFramed(rotation.id);
  stream.UpdateFramed(subject);
  stream.UpdateFramed(std::to_string(rotation.attempt));
  stream.UpdateFramed(std::to_string(count));
  return wait - wait * stream.Finish().bytes[0] / 1024;
}

void GiveUp(Rotation& rotation, Why why, std::string text, const Moment& now) {
  // What fails after a stop is remembered and changes nothing.
  if (IsStopped(rotation) || IsOver(rotation)) return;
  if (rotation.phase == Phase::kRollingBack) {
    Stop(rotation, Phase::kNeedsHuman, why, std::move(text), now.at);
  } else if (MayRollBackByItself(rotation)) {
    RollBack(rotation, why, std::move(text), now.at);
  } else {
    Stop(rotation, Phase::kPaused, why, std::move(text), now.at);
  }
}

void CountFailure(Rotation& rotation, const event::Failed& failed,
                  const Moment& now) {
  Target* target = FindTarget(rotation, failed.subject);
  Tries& tries = target != nullptr ? target->tries : rotation.tries;
  if (target != nullptr) TakeBackIntent(rotation, failed, *target);
  tries.error = failed.error;
  tries.text = failed.text;
  if (!IsOfConcern(rotation, failed, target)) return;
  ++tries.count;
  if (!IsMendedByTime(failed.error)) {
    GiveUp(rotation, Why::kStepFailed, Told(failed), now);
    return;
  }
  const Duration wait = BackoffOf(rotation, failed.subject, tries.count);
  tries.next_at =
      now.at + std::max(wait, failed.retry_after.value_or(Duration(0)));
  if (tries.count < rotation.terms.per_attempt) return;
  if (IsStopped(rotation) || IsOver(rotation)) return;
  EndAttempt(rotation, Told(failed), now);
}

}  // namespace writ::engine::rotation
