#include "engine/rotation/gates.h"

#include <algorithm>

namespace writ::engine::rotation {
namespace {

constexpr std::chrono::seconds kClockSlack(5);

bool IsExpired(const Credential& credential, const Rotation& rotation) {
  // By the latest time ever seen: expiry once seen is final (T-24).
  return credential.expires_at && *credential.expires_at <= rotation.seen_at;
}

bool IsStanding(const Credential& credential) {
  return credential.issue != Credential::Issue::kNo && !credential.revoked_at;
}

bool AnyHolds(const Rotation& rotation) {
  return std::any_of(
      rotation.targets.begin(), rotation.targets.end(),
      [](const Target& target) { return target.held_generation > 0; });
}

}  // namespace

bool IsClockSuspect(const Rotation& rotation, const Moment& now) {
  return now.suspect || now.at + kClockSlack < rotation.seen_at;
}

bool IsNew(const Rotation& rotation, const Credential& credential) {
  if (credential.generation != rotation.generation) return false;
  return rotation.targets.empty() ||
         std::any_of(rotation.targets.begin(), rotation.targets.end(),
                     [&](const Target& target) {
                       return NewFor(rotation, target) == &credential;
                     });
}

bool IsStandingOld(const Rotation& rotation, const Credential& credential) {
  return !IsNew(rotation, credential) && IsStanding(credential);
}

bool WantsEvidence(const Rotation& rotation) {
  if (rotation.urgency != Urgency::kNone || rotation.retiring) return false;
  return std::any_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return IsStandingOld(rotation, credential) &&
                              credential.held &&
                              !IsExpired(credential, rotation);
                     });
}

bool WantsUse(const Rotation& rotation) {
  return rotation.terms.evidence == Evidence::kUsage && WantsEvidence(rotation);
}

bool WantsQuiet(const Rotation& rotation) {
  if (WantsUse(rotation)) return true;
  const auto verified = EnteredAt(rotation, Phase::kVerified);
  const Sighting* last = LastOldUse(rotation);
  return verified && last != nullptr && last->at > *verified &&
         WantsEvidence(rotation);
}

std::vector<std::string> UnseenTargets(const Rotation& rotation) {
  std::vector<std::string> names;
  for (const Target& target : rotation.targets) {
    if (!target.seen) names.push_back(target.name);
  }
  return names;
}

bool IsNewSeen(const Rotation& rotation) {
  if (!rotation.targets.empty()) return UnseenTargets(rotation).empty();
  return std::any_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return IsNew(rotation, credential) &&
                              credential.last_used;
                     });
}

Duration QuietWanted(const Rotation& rotation) {
  Duration wanted = rotation.terms.quiet_for;
  for (const Target& target : rotation.targets) {
    wanted = std::max(wanted, target.expected_period.value_or(wanted));
  }
  return wanted;
}

const Sighting* LastOldUse(const Rotation& rotation) {
  const Sighting* last = nullptr;
  for (const Credential& credential : rotation.credentials) {
    if (!IsStandingOld(rotation, credential) || !credential.last_used) continue;
    if (last == nullptr || credential.last_used->at > last->at) {
      last = &*credential.last_used;
    }
  }
  return last;
}

Timestamp QuietSince(const Rotation& rotation) {
  const Timestamp deployed =
      EnteredAt(rotation, Phase::kDeployed).value_or(rotation.seen_at);
  const Sighting* last = LastOldUse(rotation);
  return last == nullptr ? deployed : std::max(deployed, last->at);
}

bool IsOldQuiet(const Rotation& rotation) {
  return rotation.complete_until &&
         *rotation.complete_until >=
             QuietSince(rotation) + QuietWanted(rotation);
}

bool IsNewQuiet(const Rotation& rotation) {
  if (rotation.terms.evidence != Evidence::kUsage) return true;
  std::optional<Timestamp> since;
  for (const Credential& credential : rotation.credentials) {
    if (credential.generation == 0 || !credential.held) continue;
    since = std::max(since, rotation.released_at);
    if (credential.last_used)
      since = std::max(*since, credential.last_used->at);
  }
  if (!since) return true;
  return rotation.complete_until &&
         *rotation.complete_until >= *since + QuietWanted(rotation);
}

bool IsChecked(const Rotation& rotation, const Target& target) {
  if (!target.can.reads_back) return true;
  const auto since =
      std::max(EnteredAt(rotation, Phase::kDraining), rotation.usage_read_at);
  return target.checked_at >= since;
}

bool AreTargetsChecked(const Rotation& rotation) {
  return std::all_of(
      rotation.targets.begin(), rotation.targets.end(),
      [&](const Target& target) { return IsChecked(rotation, target); });
}

bool CanRestore(const Target& target) {
  return target.can.restores && !target.previous_version.empty();
}

bool WantsLookBack(const Target& target) {
  return target.can.reads_back && !target.checked_at;
}

bool MayRevoke(const Rotation& rotation, const Credential& credential) {
  if (!IsStanding(credential)) return false;
  if (rotation.retiring) return true;
  const bool old = !IsNew(rotation, credential);
  if (old && rotation.urgency == Urgency::kCompromised) return true;
  if (old && !credential.held) return true;
  if (rotation.phase == Phase::kRevoking) return old;
  return rotation.phase == Phase::kRollingBack && credential.generation > 0 &&
         !AnyHolds(rotation) && IsNewQuiet(rotation);
}

namespace {

// A set of targets that share a credential may have only so many at once.
std::string WhyTooMany(const Rotation& rotation) {
  for (const Credential& minted : rotation.credentials) {
    if (!IsNew(rotation, minted)) continue;
    const auto valid =
        std::count_if(rotation.credentials.begin(), rotation.credentials.end(),
                      [&](const Credential& credential) {
                        return credential.target == minted.target &&
                               IsStandingOld(rotation, credential) &&
                               !IsExpired(credential, rotation);
                      });
    if (valid + 1 <= rotation.terms.max_active) continue;
    return std::to_string(valid) + " are valid, and maxActive is " +
           std::to_string(rotation.terms.max_active) + ": revoke one first";
  }
  return {};
}

}  // namespace

std::string WhyNoEvidence(const Rotation& rotation) {
  if (!WantsEvidence(rotation)) return {};
  const Terms& terms = rotation.terms;
  for (const Target& target : rotation.targets) {
    const bool can =
        terms.evidence == Evidence::kUsage ||
        (terms.evidence == Evidence::kReadback ? target.can.reads_back
                                               : target.can.probes);
    if (can) continue;
    return target.name + (terms.evidence == Evidence::kReadback
                              ? " can't be read back"
                              : " has no probe");
  }
  return {};
}

std::string WhyNotBegin(const Rotation& rotation, const Moment& now) {
  if (std::string why = WhyNoEvidence(rotation); !why.empty()) return why;
  if (!WantsEvidence(rotation)) return {};
  const Terms& terms = rotation.terms;
  // A later generation mends what an earlier one began.
  if (rotation.generation > 1) return {};
  if (std::string why = WhyTooMany(rotation); !why.empty()) return why;
  const Duration needed =
      terms.evidence == Evidence::kUsage ? QuietWanted(rotation) : Duration(0);
  if (needed > terms.grace) {
    return "the old one has to be quiet for " + FormatDuration(needed) +
           ", longer than grace (" + FormatDuration(terms.grace) + ")";
  }
  for (const Credential& credential : rotation.credentials) {
    if (!IsStandingOld(rotation, credential) || !credential.expires_at)
      continue;
    if (IsExpired(credential, rotation)) continue;
    if (now.at + needed < *credential.expires_at) continue;
    return "the old one expires at " + FormatSeconds(*credential.expires_at) +
           ", before it could be quiet for " + FormatDuration(needed);
  }
  return {};
}

bool CanRollBack(const Rotation& rotation) {
  if (rotation.retiring || rotation.urgency == Urgency::kCompromised) {
    return false;
  }
  return std::all_of(rotation.credentials.begin(), rotation.credentials.end(),
                     [&](const Credential& credential) {
                       return credential.generation > 0 ||
                              (IsStanding(credential) &&
                               !credential.revoke_intended &&
                               !IsExpired(credential, rotation));
                     });
}

}  // namespace writ::engine::rotation
