#include <algorithm>
#include <optional>
#include <utility>

#include "engine/rotation/gates.h"
#include "engine/rotation/steps.h"

namespace writ::engine::rotation {
namespace {

bool All(const Rotation& rotation, TargetState reached) {
  return std::all_of(
      rotation.targets.begin(), rotation.targets.end(),
      [reached](const Target& target) { return target.state >= reached; });
}

bool AllReady(const Rotation& rotation) {
  return std::all_of(rotation.targets.begin(), rotation.targets.end(),
                     [](const Target& target) { return target.ready; });
}

bool AllReleased(const Rotation& rotation) {
  return std::all_of(
      rotation.targets.begin(), rotation.targets.end(),
      [](const Target& target) { return target.held_generation == 0; });
}

bool AnyWritten(const Rotation& rotation) {
  return std::any_of(rotation.targets.begin(), rotation.targets.end(),
                     [](const Target& target) {
                       return target.state > TargetState::kWaiting;
                     });
}

bool AnyMinted(const Rotation& rotation) {
  return std::any_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return IsNew(rotation, credential) &&
                              credential.issue != Credential::Issue::kNo;
                     });
}

bool AllMinted(const Rotation& rotation) {
  return std::all_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return !IsNew(rotation, credential) ||
                              credential.issue == Credential::Issue::kYes;
                     });
}

// Those that a finished rotation leaves: none of the old ones; when rolled
// back, or its principal gone, none of the new ones either.
bool AllRevoked(const Rotation& rotation) {
  const bool back = rotation.phase == Phase::kRollingBack;
  return std::all_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       const bool stays = back ? credential.generation == 0
                                               : IsNew(rotation, credential);
                       return (stays && !rotation.retiring) ||
                              credential.revoked_at ||
                              credential.issue == Credential::Issue::kNo;
                     });
}

bool NeedsGeneration(const Rotation& rotation) {
  if (rotation.retiring) return false;
  // There is nothing left to go back to.
  if (rotation.phase == Phase::kRollingBack) return !CanRollBack(rotation);
  // Or perhaps so: an intent without outcome.
  const bool revoked = std::any_of(
      rotation.credentials.begin(), rotation.credentials.end(),
      [&](const Credential& credential) {
        return IsNew(rotation, credential) &&
               (credential.revoked_at || credential.revoke_intended);
      });
  if (revoked) return true;
  return rotation.phase != Phase::kPreflight &&
         rotation.value != SealedValue::kSealed &&
         !All(rotation, TargetState::kPut);
}

bool IsEvidenceThere(const Rotation& rotation) {
  if (!WhyNoEvidence(rotation).empty()) return false;
  if (WantsUse(rotation) && !IsNewSeen(rotation)) return false;
  if (WantsQuiet(rotation) && !IsOldQuiet(rotation)) return false;
  return All(rotation, TargetState::kConfirmed) && AreTargetsChecked(rotation);
}

std::optional<Phase> AfterEvidence(const Rotation& rotation,
                                   const Moment& now) {
  if (rotation.phase == Phase::kVerifying) {
    if (!All(rotation, TargetState::kConfirmed)) return std::nullopt;
    if (rotation.value == SealedValue::kSealed) return std::nullopt;
    if (WantsUse(rotation) && !IsNewSeen(rotation)) return std::nullopt;
    return Phase::kVerified;
  }
  if (!WantsEvidence(rotation)) return Phase::kRevoking;
  if (IsClockSuspect(rotation, now) || !IsEvidenceThere(rotation)) {
    return std::nullopt;
  }
  return Phase::kRevoking;
}

std::optional<Phase> NextPhase(const Rotation& rotation, const Moment& now) {
  switch (rotation.phase) {
    case Phase::kPreflight:
      if (!AllReady(rotation) || !AllMinted(rotation)) return std::nullopt;
      if (!WhyNoEvidence(rotation).empty()) return std::nullopt;
      return Phase::kCreated;
    case Phase::kCreated:
      if (rotation.targets.empty()) return Phase::kDeployed;
      if (!AnyWritten(rotation)) return std::nullopt;
      return Phase::kDeploying;
    case Phase::kDeploying:
      if (!All(rotation, TargetState::kHealthy)) return std::nullopt;
      return Phase::kDeployed;
    case Phase::kDeployed:
      return Phase::kVerifying;
    case Phase::kVerified:
      return Phase::kDraining;
    case Phase::kVerifying:
    case Phase::kDraining:
      return AfterEvidence(rotation, now);
    case Phase::kRevoking:
      // Newer evidence may say otherwise than what led here.
      if (WantsEvidence(rotation) && !IsEvidenceThere(rotation)) {
        return Phase::kDraining;
      }
      if (!AllRevoked(rotation) || rotation.value == SealedValue::kSealed) {
        return std::nullopt;
      }
      return Phase::kDone;
    case Phase::kRollingBack:
      if (!AllReleased(rotation) || !AllRevoked(rotation) ||
          rotation.value == SealedValue::kSealed) {
        return std::nullopt;
      }
      return Phase::kRolledBack;
    case Phase::kDone:
    case Phase::kPaused:
    case Phase::kRolledBack:
    case Phase::kNeedsHuman:
      break;
  }
  return std::nullopt;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text.append(text.empty() ? "" : ", ").append(name);
  }
  return text;
}

std::string WhoStillUses(const Rotation& rotation) {
  const Duration wanted = QuietWanted(rotation);
  const Sighting* last = LastOldUse(rotation);
  if (last != nullptr && last->at + wanted > rotation.seen_at) {
    return "the old one was used at " + FormatSeconds(last->at) + " from " +
           last->address + " (" + last->agent + ", " + last->route + ")";
  }
  if (!rotation.complete_until ||
      *rotation.complete_until + wanted < rotation.seen_at) {
    return "use is known until " +
           (rotation.complete_until ? FormatSeconds(*rotation.complete_until)
                                    : std::string("no time at all")) +
           " only: a gateway doesn't report";
  }
  return "the old one was not quiet for " + FormatDuration(wanted);
}

// Turned away and not let in soon after: as where its addresses aren't those
// that the token admits (F47), or it lacks a scope. Null: nobody.
const Target* WhoIsRefused(const Rotation& rotation, Timestamp now) {
  constexpr std::chrono::minutes kPatience(1);
  for (const Target& target : rotation.targets) {
    const bool refused = target.refused && !target.seen;
    if (refused && now >= target.refused->at + kPatience) return &target;
  }
  return nullptr;
}

std::string DescribeRefusal(const Target& target) {
  const Sighting& refused = *target.refused;
  return target.name + "'s consumer is refused with the new one, from " +
         refused.address + " (" + refused.agent + ", " + refused.route +
         "): does the token admit that address, and have the scope?";
}

// At the deadline.
void StopWithoutEvidence(Rotation& rotation, const Moment& now) {
  // Draining too, where use is asked for only since the targets are gone.
  const bool waits_for_use = rotation.phase == Phase::kDraining ||
                             (rotation.phase == Phase::kVerifying &&
                              All(rotation, TargetState::kConfirmed) &&
                              rotation.value != SealedValue::kSealed);
  if (waits_for_use && WantsUse(rotation) && !IsNewSeen(rotation)) {
    const std::vector<std::string> unseen = UnseenTargets(rotation);
    Stop(rotation, Phase::kPaused, Why::kNotSeen,
         unseen.empty() ? "nobody was seen using the new one"
                        : "not seen using the new one: " + Listed(unseen),
         now.at);
  } else if (rotation.phase == Phase::kDraining && !IsOldQuiet(rotation)) {
    Stop(rotation, Phase::kPaused, Why::kStillInUse, WhoStillUses(rotation),
         now.at);
  }
}

void StopGivingBack(Rotation& rotation, const Moment& now) {
  std::vector<std::string> stuck;
  for (const Target& target : rotation.targets) {
    if (target.held_generation == 0) continue;
    if (!IsStuck(rotation, target)) return;
    stuck.push_back(target.name);
  }
  if (!stuck.empty()) {
    Stop(rotation, Phase::kNeedsHuman, Why::kHoldsNew,
         "can't be given back what they had: " + Listed(stuck), now.at);
  } else if (!IsNewQuiet(rotation) && !IsClockSuspect(rotation, now) &&
             now.at >= *rotation.released_at + rotation.terms.grace) {
    Stop(rotation, Phase::kNeedsHuman, Why::kStillInUse,
         "the new one is still used, though no target holds it", now.at);
  }
}

// Where no event of the outside world would ever make it go on.
void StopWhereItMust(Rotation& rotation, const Moment& now) {
  if (rotation.phase == Phase::kPreflight) {
    if (!AllReady(rotation)) return;
    // A target that came after the credential has to give the evidence, too.
    std::string why = AnyMinted(rotation) ? WhyNoEvidence(rotation)
                                          : WhyNotBegin(rotation, now);
    if (why.empty()) return;
    Stop(rotation, Phase::kPaused, Why::kCannotFinish, std::move(why), now.at);
    return;
  }
  if (rotation.phase == Phase::kRollingBack) {
    StopGivingBack(rotation, now);
    return;
  }
  // What is old only since its target is gone: nothing asked before.
  if (rotation.phase == Phase::kDraining) {
    if (std::string why = WhyNoEvidence(rotation); !why.empty()) {
      why +=
          ", and nothing else shows that nobody needs the old one: revoke "
          "it by hand, or roll back";
      Stop(rotation, Phase::kPaused, Why::kCannotFinish, std::move(why),
           now.at);
      return;
    }
  }
  if (!WantsQuiet(rotation) || IsClockSuspect(rotation, now)) return;
  if (rotation.phase == Phase::kVerifying && WantsUse(rotation)) {
    if (const Target* refused = WhoIsRefused(rotation, now.at)) {
      Stop(rotation, Phase::kPaused, Why::kRefused, DescribeRefusal(*refused),
           now.at);
      return;
    }
  }
  if (rotation.deadline && now.at >= *rotation.deadline) {
    StopWithoutEvidence(rotation, now);
  }
}

}  // namespace

bool IsStuck(const Rotation& rotation, const Target& target) {
  if (CanRestore(target) || target.state == TargetState::kRestored) {
    return false;
  }
  return !target.can.reads_back ||
         target.checked_at >= EnteredAt(rotation, Phase::kRollingBack);
}

void Enter(Rotation& rotation, Phase phase, Timestamp at) {
  rotation.phase = phase;
  rotation.entered[static_cast<std::size_t>(phase)] = at;
  rotation.look_at.reset();
  if (phase == Phase::kCreated) rotation.deadline = at + rotation.terms.grace;
}

void Settle(Rotation& rotation, const Moment& now) {
  while (!IsOver(rotation) && !IsStopped(rotation)) {
    if (NeedsGeneration(rotation)) {
      if (!StartGeneration(rotation, now.at)) return;
    } else if (const auto next = NextPhase(rotation, now)) {
      Enter(rotation, *next, now.at);
    } else {
      StopWhereItMust(rotation, now);
      return;
    }
  }
}

}  // namespace writ::engine::rotation
