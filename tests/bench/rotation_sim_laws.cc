#include "tests/bench/rotation_sim_laws.h"

#include <algorithm>

#include "engine/rotation/gates.h"
#include "engine/rotation/names.h"

namespace writ::bench {
namespace {

using rotation::Phase;

const char kEvidence[] = "nothing is revoked without the evidence asked for";

bool IsForced(const rotation::Rotation& rotation) {
  return rotation.retiring || rotation.urgency != rotation::Urgency::kNone;
}

// Truly quiet, as far as use is known.
bool IsQuiet(const World& world, const rotation::Rotation& rotation,
             const std::string& credential) {
  if (!rotation.complete_until) return false;
  const Duration quiet = rotation::QuietWanted(rotation);
  return !world.WasUsed(credential, *rotation.complete_until - quiet,
                        *rotation.complete_until);
}

std::string WhyNewIsHeld(const World& world, const rotation::Rotation& rotation,
                         const std::string& credential) {
  for (const FakeTarget& target : world.targets) {
    if (target.declared && target.holds == DigestOf(credential)) {
      return target.spec.name + " holds it";
    }
  }
  if (rotation.terms.evidence == rotation::Evidence::kUsage &&
      !IsQuiet(world, rotation, credential)) {
    return "it is in use";
  }
  return "";
}

std::string WhyOldIsNeeded(World& world, const rotation::Rotation& rotation,
                           const std::string& credential) {
  const auto evidence = rotation.terms.evidence;
  if (evidence == rotation::Evidence::kUsage &&
      !IsQuiet(world, rotation, credential)) {
    return "it is in use, or nobody knows";
  }
  for (const rotation::Target& target : rotation.targets) {
    const FakeTarget& fake = world.At(target.name);
    const rotation::Credential* wanted = rotation::NewFor(rotation, target);
    if (fake.can.reads_back && !fake.looked_new) {
      return target.name + " was last seen without the new one";
    }
    if (evidence == rotation::Evidence::kProbe && !fake.probed_new) {
      return target.name + " was not probed";
    }
    if (evidence == rotation::Evidence::kUsage &&
        !world.WasUsedBy(wanted->id, target.name)) {
      return target.name + "'s consumer was not seen using the new one";
    }
  }
  return "";
}

bool MayStay(const rotation::Rotation& rotation, const std::string& id) {
  for (const rotation::Credential& credential : rotation.credentials) {
    if (credential.id != id) continue;
    if (rotation.phase == Phase::kRolledBack) {
      return credential.generation == 0;
    }
    return !rotation.retiring && rotation::IsNew(rotation, credential);
  }
  return false;
}

}  // namespace

BrokenLaw JudgeRevoke(World& world, const rotation::Rotation& rotation,
                      const std::string& credential) {
  if (IsForced(rotation) || !world.IsValid(credential)) return {};
  if (!world.handed_out.contains(credential)) return {};
  const auto& expires_at = world.issued[credential].expires_at;
  if (expires_at && *expires_at <= rotation.seen_at) return {};
  const bool back = rotation.phase == Phase::kRollingBack;
  const std::string why = back ? WhyNewIsHeld(world, rotation, credential)
                               : WhyOldIsNeeded(world, rotation, credential);
  if (why.empty()) return {};
  return {kEvidence, credential + ": " + why};
}

BrokenLaw JudgeStep(const World& world, const rotation::Rotation& before,
                    const rotation::Rotation& after) {
  if (world.failed_requests > 0) {
    return {"each consumer has a valid credential", world.failure};
  }
  const auto is_end = [](const rotation::Rotation& rotation) {
    return rotation.phase == Phase::kDone ||
           rotation.phase == Phase::kRolledBack;
  };
  if (is_end(before) && after.phase != before.phase) {
    return {"an end is never left",
            "into " + std::string(rotation::Name(after.phase))};
  }
  if (!rotation::IsOver(after)) return {};
  if (world.sealed) return {"no value is left behind", ""};
  if (after.abandoned) return {};
  for (const auto& [id, issued] : world.issued) {
    if (issued.valid && !MayStay(after, id)) {
      return {"no extra credential remains", id};
    }
  }
  return {};
}

}  // namespace writ::bench
