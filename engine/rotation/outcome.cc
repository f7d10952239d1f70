#include "engine/rotation/outcome.h"

#include <algorithm>

#include "engine/rotation/gates.h"
#include "engine/rotation/steps.h"

namespace writ::engine::rotation {
namespace {

// One further, and the tries of the next step begin anew.
void Reach(Target& target, TargetState state) {
  target.state = state;
  target.tries = {};
  PassOver(target);
}

bool IsMintedDigest(const Rotation& rotation, const std::string& digest) {
  return std::any_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return credential.generation > 0 && !digest.empty() &&
                              credential.digest == digest;
                     });
}

bool IsNewDigest(const Rotation& rotation, const Target& target,
                 const std::string& digest) {
  const Credential* wanted = NewFor(rotation, target);
  return wanted != nullptr && !digest.empty() && wanted->digest == digest;
}

void Release(Rotation& rotation, Target& target, const Moment& now) {
  target.held_generation = 0;
  target.state = TargetState::kReleased;
  target.tries = {};
  rotation.released_at = now.at;
}

// What was put back: nothing is revoked before it shows.
void LookAtRestored(Rotation& rotation, Target& target,
                    const event::Observed& observed, const Moment& now) {
  if (observed.readable && IsMintedDigest(rotation, observed.digest)) {
    CountFailure(rotation,
                 {Action::kObserve, target.name, ErrorClass::kTransient,
                  "still shows the new value", std::nullopt},
                 now);
    return;
  }
  target.checked_at = now.at;
  if (!target.can.activates) Release(rotation, target, now);
}

void LookBack(Rotation& rotation, Target& target,
              const event::Observed& observed, const Moment& now) {
  if (target.state == TargetState::kRestored) {
    LookAtRestored(rotation, target, observed, now);
    return;
  }
  if (!observed.readable || IsMintedDigest(rotation, observed.digest)) {
    target.checked_at = now.at;
    return;
  }
  const Timestamp settled =
      EnteredAt(rotation, Phase::kRollingBack).value_or(now.at) +
      rotation.terms.max_backoff;
  // Many a target shows what it had for a while: a later look tells.
  if (now.at < settled) {
    target.tries.next_at = settled;
    return;
  }
  Release(rotation, target, now);
}

// Written a moment ago, and shows something else.
void DoubtReadback(Rotation& rotation, Target& target,
                   const event::Observed& observed, const Moment& now) {
  const bool altered = observed.readable && !observed.digest.empty() &&
                       !target.previous_digest.empty() &&
                       observed.digest != target.previous_digest &&
                       !IsMintedDigest(rotation, observed.digest);
  if (altered) {
    GiveUp(rotation, Why::kAltered,
           target.name + " holds something else than what was written", now);
    return;
  }
  // Many a target shows the old one for a while.
  CountFailure(rotation,
               {Action::kObserve, target.name, ErrorClass::kTransient,
                "doesn't show the new value yet", std::nullopt},
               now);
}

void NoteOverwritten(Rotation& rotation, Target& target, const Moment& now) {
  ++target.overwritten;
  target.state = TargetState::kWaiting;
  target.checked_at.reset();
  target.seen.reset();
  target.refused.reset();
  if (IsStopped(rotation)) {
    if (rotation.stopped_in > Phase::kDeploying) {
      rotation.stopped_in = Phase::kDeploying;
    }
    return;
  }
  Enter(rotation, Phase::kDeploying, now.at);
  Stop(rotation, Phase::kPaused, Why::kOverwritten,
       target.name + " no longer holds the new value: somebody else wrote it",
       now.at);
}

// Of before a person let it go on: what was mended since may have been why.
bool IsOfBeforeAStop(const Rotation& rotation, const event::Use& use) {
  const auto stopped = std::max(EnteredAt(rotation, Phase::kPaused),
                                EnteredAt(rotation, Phase::kNeedsHuman));
  return stopped && use.sighting.at <= EnteredAt(rotation, rotation.phase);
}

void NoteRefused(const Rotation& rotation, Target& target,
                 const event::Use& use) {
  if (target.seen || IsOfBeforeAStop(rotation, use)) return;
  if (!target.refused || use.sighting.at < target.refused->at) {
    target.refused = use.sighting;
  }
}

void NoteNewUse(Rotation& rotation, const Credential& credential,
                const event::Use& use) {
  for (Target& target : rotation.targets) {
    const Credential* wanted = NewFor(rotation, target);
    if (wanted == nullptr || wanted->id != credential.id) continue;
    // Of a dedicated one, whose use it is needs no telling.
    const bool its_own =
        target.dedicated || std::find(use.targets.begin(), use.targets.end(),
                                      target.name) != use.targets.end();
    if (use.refused) {
      // From where nobody was expected it may be any target's.
      if (its_own || use.targets.empty()) NoteRefused(rotation, target, use);
    } else if (its_own && !target.seen) {
      target.seen = use.sighting;
      target.refused.reset();
    }
  }
}

// When it is of use to ask again.
Timestamp NextLook(const Rotation& rotation, const Moment& now) {
  constexpr std::chrono::seconds kSoon(30);
  Timestamp next = now.at + kSoon;
  if (rotation.phase == Phase::kDraining) {
    next = std::max(next, QuietSince(rotation) + QuietWanted(rotation));
  }
  if (rotation.deadline && *rotation.deadline > now.at) {
    next = std::min(next, *rotation.deadline);
  }
  return next;
}

}  // namespace

Target* FindTarget(Rotation& rotation, std::string_view name) {
  for (Target& target : rotation.targets) {
    if (target.name == name) return &target;
  }
  return nullptr;
}

Credential* FindCredential(Rotation& rotation, std::string_view id) {
  for (Credential& credential : rotation.credentials) {
    if (credential.id == id) return &credential;
  }
  return nullptr;
}

void PassOver(Target& target) {
  const Capabilities& can = target.can;
  if (target.state == TargetState::kPut && !can.activates) {
    target.state = TargetState::kActivated;
  }
  if (target.state == TargetState::kActivated && !can.reports_health) {
    target.state = TargetState::kHealthy;
  }
  if (target.state == TargetState::kHealthy && !can.reads_back) {
    target.state = TargetState::kReadBack;
  }
  if (target.state == TargetState::kReadBack && !can.probes) {
    target.state = TargetState::kConfirmed;
  }
}

void Change::operator()(const event::Intended& intended) const {
  if (intended.action == Action::kMint) {
    Credential* credential = FindCredential(rotation, intended.subject);
    if (credential == nullptr || credential->issue != Credential::Issue::kNo) {
      return;
    }
    credential->issue = Credential::Issue::kIntended;
    // Whether it was or not, there may be something to erase.
    rotation.value = SealedValue::kSealed;
  }
  if (intended.action == Action::kRevoke) {
    Credential* credential = FindCredential(rotation, intended.subject);
    if (credential != nullptr) credential->revoke_intended = true;
  }
  if (intended.action != Action::kPut) return;
  Target* target = FindTarget(rotation, intended.subject);
  if (target == nullptr || target->state != TargetState::kWaiting) return;
  if (rotation.phase != Phase::kCreated &&
      rotation.phase != Phase::kDeploying) {
    return;
  }
  target->state = TargetState::kPutIntended;
  target->held_before = target->held_generation;
  target->held_generation = rotation.generation;
  FindCredential(rotation, NewFor(rotation, *target)->id)->held = true;
  if (rotation.phase == Phase::kCreated) {
    Enter(rotation, Phase::kDeploying, now.at);
  }
}

void Change::operator()(const event::Ready& ready) const {
  Target* target = FindTarget(rotation, ready.target);
  if (target == nullptr || target->ready) return;
  target->ready = true;
  target->can = ready.can;
  target->tries = {};
  target->version = ready.version;
  // What it held before the first write is what is put back.
  if (target->held_generation > 0) return;
  target->previous_digest = ready.digest;
  target->previous_version = ready.version;
}

void Change::operator()(const event::Minted& minted) const {
  Credential* credential = FindCredential(rotation, minted.credential);
  if (credential == nullptr || credential->generation == 0) return;
  if (credential->issue == Credential::Issue::kYes) return;
  credential->issue = Credential::Issue::kYes;
  credential->digest = minted.digest;
  credential->hint = minted.hint;
  credential->expires_at = minted.expires_at;
  rotation.value = SealedValue::kSealed;
  rotation.tries = {};
}

void Change::operator()(const event::ValueLost&) const {
  if (rotation.value == SealedValue::kSealed) {
    rotation.value = SealedValue::kErased;
  }
}

void Change::operator()(const event::Written& written) const {
  Target* target = FindTarget(rotation, written.target);
  if (target == nullptr || target->state != TargetState::kPutIntended) return;
  target->version = written.version;
  Reach(*target, TargetState::kPut);
}

void Change::operator()(const event::Observed& observed) const {
  Target* target = FindTarget(rotation, observed.target);
  if (target == nullptr) return;
  if (!observed.version.empty()) target->version = observed.version;
  if (rotation.retiring) return;
  if (rotation.phase == Phase::kRollingBack) {
    if (target->held_generation > 0) {
      LookBack(rotation, *target, observed, now);
    }
    return;
  }
  const bool holds = IsNewDigest(rotation, *target, observed.digest);
  if (target->state == TargetState::kPutIntended) {
    if (holds) return Reach(*target, TargetState::kPut);
    target->state = TargetState::kWaiting;
  } else if (target->state == TargetState::kHealthy) {
    if (!holds) return DoubtReadback(rotation, *target, observed, now);
    target->checked_at = now.at;
    Reach(*target, TargetState::kReadBack);
  } else if (target->state == TargetState::kReadBack ||
             target->state == TargetState::kConfirmed) {
    if (!observed.readable) return;
    if (!holds) return NoteOverwritten(rotation, *target, now);
    target->checked_at = now.at;
    target->tries = {};
  }
}

void Change::operator()(const event::Activated& activated) const {
  Target* target = FindTarget(rotation, activated.target);
  if (target == nullptr) return;
  if (target->state == TargetState::kPut) {
    Reach(*target, TargetState::kActivated);
  } else if (target->state == TargetState::kRestored) {
    Release(rotation, *target, now);
  }
}

void Change::operator()(const event::Healthy& healthy) const {
  Target* target = FindTarget(rotation, healthy.target);
  if (target == nullptr || target->state != TargetState::kActivated) return;
  Reach(*target, TargetState::kHealthy);
}

void Change::operator()(const event::Probed& probed) const {
  Target* target = FindTarget(rotation, probed.target);
  if (target == nullptr || target->state != TargetState::kReadBack) return;
  Reach(*target, TargetState::kConfirmed);
}

void Change::operator()(const event::Restored& restored) const {
  Target* target = FindTarget(rotation, restored.target);
  if (target == nullptr || rotation.phase != Phase::kRollingBack) return;
  if (target->held_generation == 0) return;
  target->state = TargetState::kRestored;
  target->tries = {};
  target->checked_at.reset();
  if (WantsLookBack(*target) || target->can.activates) return;
  Release(rotation, *target, now);
}

void Change::operator()(const event::UsageRead& usage) const {
  rotation.tries = {};
  rotation.complete_until = usage.complete_until;
  rotation.usage_read_at = now.at;
  for (const event::Use& use : usage.uses) {
    Credential* credential = FindCredential(rotation, use.credential);
    if (use.own_probe || credential == nullptr) continue;
    // Who is turned away with the new one doesn't live by it. Of any other it
    // shows that somebody still has it.
    if (use.refused && rotation.phase != Phase::kRollingBack &&
        IsNew(rotation, *credential)) {
      NoteNewUse(rotation, *credential, use);
      continue;
    }
    if (!credential->last_used ||
        credential->last_used->at <= use.sighting.at) {
      credential->last_used = use.sighting;
    }
    NoteNewUse(rotation, *credential, use);
  }
  rotation.look_at = NextLook(rotation, now);
}

void Change::operator()(const event::Erased&) const {
  if (rotation.value != SealedValue::kSealed) return;
  rotation.value = SealedValue::kErased;
  rotation.tries = {};
}

void Change::operator()(const event::Revoked& revoked) const {
  Credential* credential = FindCredential(rotation, revoked.credential);
  if (credential == nullptr || credential->revoked_at) return;
  // What nobody issued yet is never issued.
  credential->issue = Credential::Issue::kYes;
  credential->revoked_at = now.at;
  rotation.tries = {};
}

void Change::operator()(const event::Notified&) const {
  rotation.announce = false;
}

void Change::operator()(const event::Failed& failed) const {
  if (failed.action == Action::kNotify) {
    rotation.announce = false;
    return;
  }
  if (IsOver(rotation)) return;
  CountFailure(rotation, failed, now);
}

}  // namespace writ::engine::rotation
