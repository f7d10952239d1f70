#include "engine/rotation/decide.h"

#include <algorithm>
#include <optional>

#include "engine/rotation/gates.h"
#include "engine/rotation/steps.h"

namespace writ::engine::rotation {
namespace {

constexpr std::chrono::minutes kClockPatience(1);

// Collects what is due now, and when what isn't yet will be.
class Agenda {
 public:
  explicit Agenda(Timestamp now) : now_(now) {}

  void Add(Action action, const std::string& subject,
           const std::optional<Timestamp>& not_before) {
    if (not_before && *not_before > now_) {
      WaitUntil(*not_before);
      return;
    }
    effects_.push_back({action, subject, {}});
  }
  void Add(Action action, const Target& target) {
    Add(action, target.name, target.tries.next_at);
  }
  bool empty() const { return effects_.empty() && !until_; }
  bool HasEffects() const { return !effects_.empty(); }

  void WaitUntil(Timestamp until) {
    until_ = std::min(until_.value_or(until), until);
  }
  void Merge(const Agenda& other) {
    effects_.insert(effects_.end(), other.effects_.begin(),
                    other.effects_.end());
    if (other.until_) WaitUntil(*other.until_);
  }

  std::vector<Effect> Take() {
    if (effects_.empty() && until_) {
      effects_.push_back({Action::kWait, {}, *until_});
    }
    return std::move(effects_);
  }

 private:
  Timestamp now_;
  std::vector<Effect> effects_;
  std::optional<Timestamp> until_;
};

void Revoke(const Rotation& rotation, Agenda& agenda) {
  for (const Credential& credential : rotation.credentials) {
    if (!MayRevoke(rotation, credential)) continue;
    agenda.Add(Action::kRevoke, credential.id, rotation.tries.next_at);
  }
}

void Erase(const Rotation& rotation, Agenda& agenda) {
  if (rotation.value != SealedValue::kSealed) return;
  agenda.Add(Action::kEraseValue, {}, rotation.tries.next_at);
}

void ReadUsage(const Rotation& rotation, Agenda& agenda) {
  agenda.Add(Action::kReadUsage, {},
             std::max(rotation.tries.next_at, rotation.look_at));
}

void Prepare(const Rotation& rotation, Agenda& agenda) {
  for (const Target& target : rotation.targets) {
    if (!target.ready) agenda.Add(Action::kPreflight, target);
  }
  if (!agenda.empty()) return;
  for (const Credential& credential : rotation.credentials) {
    if (credential.generation != rotation.generation) continue;
    if (credential.issue == Credential::Issue::kYes) continue;
    agenda.Add(Action::kMint, credential.id, rotation.tries.next_at);
  }
}

Action NextAction(const Target& target) {
  switch (target.state) {
    case TargetState::kWaiting:
      return Action::kPut;
    case TargetState::kPut:
      return Action::kActivate;
    case TargetState::kActivated:
      return Action::kCheckHealth;
    case TargetState::kReadBack:
      return Action::kProbe;
    case TargetState::kPutIntended:
    case TargetState::kHealthy:
    case TargetState::kConfirmed:
    case TargetState::kRestored:
    case TargetState::kReleased:
      break;
  }
  return Action::kObserve;
}

// The canary is proven before anybody else is written.
bool IsDeployed(const Target& target) {
  return target.state >=
         (target.canary ? TargetState::kConfirmed : TargetState::kHealthy);
}

void Deploy(const Rotation& rotation, Agenda& agenda) {
  std::optional<int> wave;
  for (const Target& target : rotation.targets) {
    if (IsDeployed(target)) continue;
    if (!wave) wave = target.wave;
    if (target.wave != *wave) return;
    agenda.Add(NextAction(target), target);
  }
}

void Verify(const Rotation& rotation, Agenda& agenda) {
  int in_flight = 0;
  for (const Target& target : rotation.targets) {
    if (target.state >= TargetState::kConfirmed) continue;
    if (in_flight++ == rotation.terms.max_in_flight) break;
    agenda.Add(NextAction(target), target);
  }
  if (!agenda.empty()) return;
  Erase(rotation, agenda);
  if (agenda.empty() && WantsUse(rotation)) ReadUsage(rotation, agenda);
}

void Drain(const Rotation& rotation, Agenda& agenda) {
  if (WantsQuiet(rotation) && !IsOldQuiet(rotation)) {
    ReadUsage(rotation, agenda);
    return;
  }
  int in_flight = 0;
  for (const Target& target : rotation.targets) {
    if (IsChecked(rotation, target)) continue;
    if (in_flight++ == rotation.terms.max_in_flight) break;
    agenda.Add(Action::kObserve, target);
  }
  // All of it came while the clock wasn't trusted, or nobody was seen using the
  // new one yet: it is asked again.
  if (agenda.empty()) ReadUsage(rotation, agenda);
}

// Evidence grows old: what it says is asked again before the first revoke.
bool IsStale(const Rotation& rotation, const Moment& now) {
  constexpr std::chrono::minutes kFresh(5);
  return WantsQuiet(rotation) && rotation.usage_read_at &&
         now.at - *rotation.usage_read_at > kFresh;
}

void Finish(const Rotation& rotation, const Moment& now, Agenda& agenda) {
  if (IsStale(rotation, now)) {
    agenda.Add(Action::kReadUsage, {}, rotation.tries.next_at);
    return;
  }
  Revoke(rotation, agenda);
  Erase(rotation, agenda);
}

void GiveBack(const Rotation& rotation, Agenda& agenda) {
  for (const Target& target : rotation.targets) {
    if (target.held_generation == 0) continue;
    if (target.state == TargetState::kRestored) {
      agenda.Add(WantsLookBack(target) ? Action::kObserve : Action::kActivate,
                 target);
    } else if (CanRestore(target)) {
      agenda.Add(Action::kRestore, target);
    } else if (!IsStuck(rotation, target)) {
      agenda.Add(Action::kObserve, target);
    }
  }
  if (!agenda.empty()) return;
  Erase(rotation, agenda);
  Revoke(rotation, agenda);
  if (agenda.empty()) ReadUsage(rotation, agenda);
}

Agenda StepsOf(const Rotation& rotation, const Moment& now) {
  Agenda agenda(now.at);
  switch (rotation.phase) {
    case Phase::kPreflight:
      Prepare(rotation, agenda);
      break;
    case Phase::kCreated:
    case Phase::kDeploying:
      Deploy(rotation, agenda);
      break;
    case Phase::kDeployed:
    case Phase::kVerifying:
      Verify(rotation, agenda);
      break;
    case Phase::kVerified:
    case Phase::kDraining:
      Drain(rotation, agenda);
      break;
    case Phase::kRevoking:
      Finish(rotation, now, agenda);
      break;
    case Phase::kRollingBack:
      GiveBack(rotation, agenda);
      break;
    case Phase::kDone:
    case Phase::kRolledBack:
    case Phase::kPaused:
    case Phase::kNeedsHuman:
      break;
  }
  return agenda;
}

bool IsForced(const Rotation& rotation) {
  return rotation.retiring || rotation.urgency == Urgency::kCompromised;
}

}  // namespace

std::vector<Effect> Decide(const Rotation& rotation, const Moment& now) {
  Agenda agenda(now.at);
  if (rotation.abandoned) {
    Erase(rotation, agenda);
  } else {
    // Force waits for nothing, not even for a clock that can be trusted.
    const bool last = rotation.phase == Phase::kRevoking ||
                      rotation.phase == Phase::kRollingBack;
    if (!last || IsForced(rotation)) Revoke(rotation, agenda);
    if (!agenda.HasEffects() && !IsStopped(rotation)) {
      if (!IsOver(rotation) && IsClockSuspect(rotation, now)) {
        agenda.WaitUntil(std::max(rotation.seen_at, now.at + kClockPatience));
      } else {
        agenda.Merge(StepsOf(rotation, now));
      }
    }
  }
  std::vector<Effect> effects = agenda.Take();
  if (rotation.announce) {
    effects.insert(effects.begin(), {Action::kNotify, {}, {}});
  }
  return effects;
}

}  // namespace writ::engine::rotation
