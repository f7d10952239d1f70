#include "engine/rotation/rotation.h"

#include <algorithm>
#include <utility>

#include "engine/rotation/steps.h"
#include "schema/digest.h"

namespace writ::engine::rotation {

std::string CredentialId(std::string_view rotation, int generation,
                         std::string_view dedicated_target) {
  Sha256Stream stream;
  stream.UpdateFramed(rotation);
  stream.UpdateFramed(std::to_string(generation));
  stream.UpdateFramed(dedicated_target);
  return "c_" + stream.Finish().Hex().substr(0, 26);
}

void PlaceTargets(Rotation& rotation, const std::vector<TargetSpec>& specs) {
  for (const TargetSpec& spec : specs) {
    Target target;
    target.name = spec.name;
    target.key = spec.key;
    target.dedicated = spec.dedicated;
    target.canary = spec.canary;
    target.expected_period = spec.expected_period;
    rotation.targets.push_back(std::move(target));
  }
  std::stable_partition(rotation.targets.begin(), rotation.targets.end(),
                        [](const Target& target) { return target.canary; });
  int others = 0;
  for (Target& target : rotation.targets) {
    target.wave =
        target.canary ? 0 : 1 + others++ / rotation.terms.max_in_flight;
  }
}

void NameNewCredentials(Rotation& rotation) {
  const auto name = [&rotation](const std::string& target) {
    Credential credential;
    credential.id = CredentialId(rotation.id, rotation.generation, target);
    credential.target = target;
    credential.generation = rotation.generation;
    const auto same = [&](const Credential& other) {
      return other.id == credential.id;
    };
    if (std::none_of(rotation.credentials.begin(), rotation.credentials.end(),
                     same)) {
      rotation.credentials.push_back(std::move(credential));
    }
  };
  if (rotation.targets.empty()) name("");
  for (const Target& target : rotation.targets) {
    name(target.dedicated ? target.name : "");
  }
}

Rotation Begin(Beginning beginning, Timestamp now) {
  Rotation rotation;
  rotation.id = std::move(beginning.id);
  rotation.token = std::move(beginning.token);
  rotation.token_uid = std::move(beginning.token_uid);
  rotation.cause = beginning.cause;
  rotation.asked_by = std::move(beginning.asked_by);
  rotation.basis = std::move(beginning.basis);
  rotation.terms = beginning.terms;
  rotation.urgency = beginning.urgency;
  rotation.credentials = std::move(beginning.old);
  for (Credential& credential : rotation.credentials) {
    credential.generation = 0;
    credential.issue = Credential::Issue::kYes;
    credential.held = true;
  }
  if (beginning.targets.empty()) rotation.terms.evidence = Evidence::kUsage;
  PlaceTargets(rotation, beginning.targets);
  NameNewCredentials(rotation);
  // Those who rely on the old one learn of it before it is gone.
  rotation.announce = rotation.urgency == Urgency::kCompromised;
  rotation.started_at = now;
  rotation.seen_at = now;
  Enter(rotation, Phase::kPreflight, now);
  return rotation;
}

Rotation Doubt(Rotation rotation, Timestamp now) {
  const Phase phase =
      IsStopped(rotation) ? rotation.stopped_in : rotation.phase;
  if (phase < Phase::kDeploying || phase > Phase::kRevoking) return rotation;
  for (Target& target : rotation.targets) {
    const bool written = target.state > TargetState::kPutIntended &&
                         target.state <= TargetState::kConfirmed;
    if (written) target.state = TargetState::kPutIntended;
    target.tries = {};
    target.seen.reset();
    target.refused.reset();
    target.checked_at.reset();
  }
  rotation.complete_until.reset();
  if (IsStopped(rotation)) {
    rotation.stopped_in = Phase::kDeploying;
  } else {
    Enter(rotation, Phase::kDeploying, now);
  }
  return rotation;
}

const Credential* NewFor(const Rotation& rotation, const Target& target) {
  for (const Credential& credential : rotation.credentials) {
    if (credential.generation == rotation.generation &&
        credential.target == (target.dedicated ? target.name : "")) {
      return &credential;
    }
  }
  return nullptr;
}

bool IsOver(const Rotation& rotation) {
  if (rotation.abandoned) return rotation.value != SealedValue::kSealed;
  return rotation.phase == Phase::kDone || rotation.phase == Phase::kRolledBack;
}

bool IsStopped(const Rotation& rotation) {
  return rotation.phase == Phase::kPaused ||
         rotation.phase == Phase::kNeedsHuman;
}

std::optional<Timestamp> EnteredAt(const Rotation& rotation, Phase phase) {
  return rotation.entered[static_cast<std::size_t>(phase)];
}

}  // namespace writ::engine::rotation
