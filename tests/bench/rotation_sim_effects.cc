// What the fake world makes of a driver's effects.
#include <algorithm>
#include <map>
#include <utility>

#include "tests/bench/rotation_sim_world.h"

namespace writ::bench {
namespace {

using rotation::Action;
using rotation::ErrorClass;
namespace event = rotation::event;

// What becomes of an effect, by the choice made.
enum Fault {
  kNone,
  kNoAnswer,      // nothing was done
  kDoneNoAnswer,  // it was done
  kTransient,
  kThrottled,
  kAuth,
  kConflict,
  kRefused,
  kAltered,
};

bool IsWrite(Action action) { return action == Action::kPut; }

}  // namespace

std::string World::Wanted(const rotation::Rotation& rotation,
                          const std::string& target) const {
  for (const rotation::Target& one : rotation.targets) {
    if (one.name != target) continue;
    const rotation::Credential* credential = rotation::NewFor(rotation, one);
    return credential == nullptr ? "" : DigestOf(credential->id);
  }
  return "";
}

Event World::Fail(const rotation::Effect& effect, ErrorClass error) const {
  event::Failed failed{effect.action, effect.subject, error, "it says no",
                       std::nullopt};
  if (error == ErrorClass::kThrottled) {
    failed.retry_after = std::chrono::minutes(3);
  }
  return failed;
}

Event World::Perform(const rotation::Rotation& rotation,
                     const rotation::Effect& effect, bool calm) {
  const bool write = IsWrite(effect.action);
  auto fault = static_cast<Fault>(
      calm ? 0
           : choices_.Weighted({930, 10, 20, 15, 10, 3, write ? 5 : 0,
                                write ? 4 : 0, write ? 3 : 0}));
  switch (fault) {
    case kNone:
      return Succeed(rotation, effect);
    case kNoAnswer:
      return Fail(effect, ErrorClass::kUnknown);
    case kDoneNoAnswer:
      static_cast<void>(Succeed(rotation, effect));
      return Fail(effect, ErrorClass::kUnknown);
    case kTransient:
      return Fail(effect, ErrorClass::kTransient);
    case kThrottled:
      return Fail(effect, ErrorClass::kThrottled);
    case kAuth:
      return Fail(effect, ErrorClass::kAuth);
    case kConflict:
      for (std::size_t i = 0; i < targets.size(); ++i) {
        if (targets[i].spec.name == effect.subject) PutBack(i, false);
      }
      return Fail(effect, ErrorClass::kConflict);
    case kRefused:
      return Fail(effect, ErrorClass::kInvalid);
    case kAltered:
      break;
  }
  Event written = Succeed(rotation, effect);
  At(effect.subject).holds = "garbage";
  return written;
}

Event World::Succeed(const rotation::Rotation& rotation,
                     const rotation::Effect& effect) {
  switch (effect.action) {
    case Action::kMint: {
      issued.try_emplace(effect.subject,
                         Issued{true, false, std::nullopt, 0, std::nullopt});
      sealed = true;
      return event::Minted{effect.subject, DigestOf(effect.subject), "h",
                           std::nullopt};
    }
    case Action::kReadUsage:
      return ReadUsage();
    case Action::kEraseValue:
      sealed = false;
      return event::Erased{};
    case Action::kRevoke:
      return Revoke(rotation, effect.subject);
    case Action::kNotify:
    case Action::kWait:
      return event::Notified{};
    case Action::kPreflight:
    case Action::kObserve:
    case Action::kPut:
    case Action::kActivate:
    case Action::kCheckHealth:
    case Action::kProbe:
    case Action::kRestore:
      break;
  }
  return SucceedAt(rotation, effect, At(effect.subject));
}

Event World::SucceedAt(const rotation::Rotation& rotation,
                       const rotation::Effect& effect, FakeTarget& target) {
  const std::string& name = effect.subject;
  switch (effect.action) {
    case Action::kPreflight:
      return event::Ready{name, target.can,
                          target.can.reads_back ? Shown(target) : "",
                          target.version};
    case Action::kPut:
      return Put(rotation, effect, target);
    case Action::kActivate:
      Restart(name);
      return event::Activated{name};
    case Action::kCheckHealth:
      return event::Healthy{name};
    case Action::kProbe: {
      const std::string wanted = Wanted(rotation, name);
      gateways.front().uses.push_back(
          {IdOf(wanted), {name}, {now_, "::1", "writ", "/probe"}, true});
      if (Shown(target) != wanted || !IsValid(IdOf(wanted))) {
        return Fail(effect, ErrorClass::kTransient);
      }
      target.probed_new = true;
      return event::Probed{name};
    }
    case Action::kRestore: {
      std::string version;
      for (const rotation::Target& one : rotation.targets) {
        if (one.name == name) version = one.previous_version;
      }
      const auto found = target.versions.find(version);
      if (found == target.versions.end())
        return Fail(effect, ErrorClass::kGone);
      Hold(target, std::string(found->second));
      return event::Restored{name};
    }
    case Action::kObserve:
    case Action::kMint:
    case Action::kReadUsage:
    case Action::kEraseValue:
    case Action::kRevoke:
    case Action::kNotify:
    case Action::kWait:
      break;
  }
  return Observe(rotation, target);
}

Event World::Put(const rotation::Rotation& rotation,
                 const rotation::Effect& effect, FakeTarget& target) {
  if (value_lost_) sealed = false;
  value_lost_ = false;
  if (!sealed) return event::ValueLost{};
  Hold(target, Wanted(rotation, effect.subject));
  return event::Written{effect.subject, target.version};
}

Event World::Observe(const rotation::Rotation& rotation, FakeTarget& target) {
  const std::string& name = target.spec.name;
  if (!target.can.reads_back) return event::Observed{name, false, "", ""};
  if (target.looked_in == 0) target.looked_in = ++order_;
  target.looked_new = Shown(target) == Wanted(rotation, name);
  return event::Observed{name, true, Shown(target), target.version};
}

Event World::Revoke(const rotation::Rotation& rotation,
                    const std::string& credential) {
  Issued& one = issued[credential];
  if (one.valid) {
    one.revoked_in = ++order_;
    one.known_until = rotation.complete_until;
  }
  one.valid = false;
  return event::Revoked{credential, false};
}

Event World::ReadUsage() {
  event::UsageRead read{Watermark(), {}};
  std::map<std::pair<std::string, std::vector<std::string>>, std::size_t>
      newest;
  for (const Gateway& gateway : gateways) {
    for (const event::Use& use : gateway.uses) {
      if (use.own_probe || use.sighting.at > gateway.watermark) {
        if (use.own_probe) read.uses.push_back(use);
        continue;
      }
      const auto [found, is_first] =
          newest.try_emplace({use.credential, use.targets}, read.uses.size());
      if (is_first) {
        read.uses.push_back(use);
      } else if (read.uses[found->second].sighting.at < use.sighting.at) {
        read.uses[found->second] = use;
      }
    }
  }
  return read;
}

}  // namespace writ::bench
