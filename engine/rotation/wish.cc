#include <algorithm>
#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/gates.h"
#include "engine/rotation/outcome.h"
#include "engine/rotation/steps.h"

namespace writ::engine::rotation {
namespace {

const TargetSpec* Find(const std::vector<TargetSpec>& specs,
                       const Target& target) {
  for (const TargetSpec& spec : specs) {
    if (spec.name == target.name) return &spec;
  }
  return nullptr;
}

// Another name or another credential is another target.
bool IsSame(const TargetSpec& spec, const Target& target) {
  return spec.key == target.key && spec.dedicated == target.dedicated;
}

// How records name a place that is no longer a target; it is found by that
// when it comes back.
std::string PlaceOf(const Target& target) {
  return target.name + " (" + target.key + ")";
}

void DropTargets(Rotation& rotation, const std::vector<TargetSpec>& specs) {
  std::vector<Target> kept;
  for (Target& target : rotation.targets) {
    const TargetSpec* spec = Find(specs, target);
    if (spec != nullptr && IsSame(*spec, target)) {
      target.expected_period = spec->expected_period;
      kept.push_back(std::move(target));
    } else if (target.held_generation > 0) {
      rotation.dropped.push_back(PlaceOf(target));
    }
  }
  rotation.targets = std::move(kept);
}

// The phase it is in, or would be if it weren't stopped.
Phase PhaseUnderWay(const Rotation& rotation) {
  return IsStopped(rotation) ? rotation.stopped_in : rotation.phase;
}

// Up to DEPLOYING a new target can still be given the value; later ones are
// what the next rotation is for (wanted.h).
bool TakesTargets(const Rotation& rotation) {
  return PhaseUnderWay(rotation) <= Phase::kDeploying;
}

// A place that was a target before still holds what it was given then.
void TakeBackDropped(Rotation& rotation) {
  for (Target& target : rotation.targets) {
    if (std::erase(rotation.dropped, PlaceOf(target)) == 0) continue;
    target.held_generation = rotation.generation;
  }
}

void AddTargets(Rotation& rotation, const std::vector<TargetSpec>& specs) {
  if (!TakesTargets(rotation)) return;
  std::vector<TargetSpec> added;
  for (const TargetSpec& spec : specs) {
    if (FindTarget(rotation, spec.name) == nullptr) added.push_back(spec);
  }
  if (added.empty()) return;
  PlaceTargets(rotation, added);
  TakeBackDropped(rotation);
  NameNewCredentials(rotation);
  (IsStopped(rotation) ? rotation.stopped_in : rotation.phase) =
      Phase::kPreflight;
}

// A clock that isn't trusted leaves no times behind: what it would stamp
// happened at the latest moment that was trusted, so that the order of what
// happened can be told from its times.
Moment Trusted(const Rotation& rotation, const Moment& now) {
  return {now.suspect ? rotation.seen_at : std::max(rotation.seen_at, now.at),
          IsClockSuspect(rotation, now)};
}

bool MayChange(const Rotation& rotation) {
  return !rotation.abandoned && rotation.phase != Phase::kDone &&
         rotation.phase != Phase::kRolledBack;
}

}  // namespace

void Change::operator()(const event::PauseAsked& asked) const {
  if (IsStopped(rotation)) return;
  Stop(rotation, Phase::kPaused, Why::kAsked, asked.text, now.at);
  rotation.announce = false;
}

void Change::operator()(const event::ResumeAsked&) const {
  if (IsStopped(rotation)) Resume(rotation, now);
}

void Change::operator()(const event::RollbackAsked& asked) const {
  if (!WhyNotRollBack(rotation).empty()) return;
  RollBack(rotation, Why::kAsked, asked.text, now.at);
}

void Change::operator()(const event::AbandonAsked& asked) const {
  Stop(rotation, Phase::kNeedsHuman, Why::kAbandoned, asked.text, now.at);
  rotation.announce = false;
  rotation.abandoned = true;
}

void Change::operator()(const event::Requested& request) const {
  if (request.urgency <= rotation.urgency) return;
  rotation.urgency = request.urgency;
  rotation.cause = request.cause;
  if (request.urgency != Urgency::kCompromised) return;
  if (PhaseUnderWay(rotation) == Phase::kRollingBack) {
    StartGeneration(rotation, now.at);
  } else if (IsStopped(rotation)) {
    Resume(rotation, now);
  }
  rotation.announce = true;
}

void Change::operator()(const event::TargetsChanged& changed) const {
  DropTargets(rotation, changed.targets);
  AddTargets(rotation, changed.targets);
  // Nobody is left to read back or to probe.
  if (rotation.targets.empty()) rotation.terms.evidence = Evidence::kUsage;
}

void Change::operator()(const event::PrincipalDeleted&) const {
  if (rotation.retiring) return;
  rotation.retiring = true;
  rotation.why = Why::kNone;
  rotation.text.clear();
  rotation.tries = {};
  Enter(rotation, Phase::kRevoking, now.at);
}

bool HaveChanged(const Rotation& rotation,
                 const std::vector<TargetSpec>& targets) {
  const bool drops =
      std::any_of(rotation.targets.begin(), rotation.targets.end(),
                  [&](const Target& target) {
                    const TargetSpec* spec = Find(targets, target);
                    return spec == nullptr || !IsSame(*spec, target) ||
                           spec->expected_period != target.expected_period;
                  });
  const auto is_new = [&](const TargetSpec& spec) {
    return std::none_of(
        rotation.targets.begin(), rotation.targets.end(),
        [&](const Target& target) { return target.name == spec.name; });
  };
  return drops || (TakesTargets(rotation) &&
                   std::any_of(targets.begin(), targets.end(), is_new));
}

std::string WhyNotResume(const Rotation& rotation) {
  if (rotation.abandoned) return "it was abandoned";
  return IsStopped(rotation) ? "" : "it isn't paused";
}

std::string WhyNotPause(const Rotation& rotation) {
  if (!MayChange(rotation)) return "it is over";
  return IsStopped(rotation) ? "it is paused" : "";
}

std::string WhyNotRollBack(const Rotation& rotation) {
  if (!MayChange(rotation)) return "it is over";
  if (rotation.phase == Phase::kRollingBack) return "it is rolling back";
  if (rotation.retiring) return "its principal was deleted";
  if (rotation.urgency == Urgency::kCompromised) {
    return "the old credential is compromised";
  }
  return CanRollBack(rotation)
             ? ""
             : "an old credential is or may be revoked, or has expired";
}

Rotation Apply(Rotation rotation, const Event& event, const Moment& now) {
  if (!MayChange(rotation)) {
    // All that is left to do is to erase, and to tell.
    if (std::holds_alternative<event::Erased>(event) ||
        std::holds_alternative<event::Notified>(event)) {
      std::visit(Change{rotation, now}, event);
    }
    return rotation;
  }
  const Moment trusted = Trusted(rotation, now);
  rotation.seen_at = trusted.at;
  std::visit(Change{rotation, trusted}, event);
  Settle(rotation, trusted);
  return rotation;
}

}  // namespace writ::engine::rotation
