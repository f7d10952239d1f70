// What can happen to a rotation: outcomes of effects, wishes of people, changes
// of the configuration. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/rotation/rotation.h"

namespace writ::engine::rotation {

// What a driver does. The subject is a target's name or a credential's id.
enum class Action : std::uint8_t {
  kPreflight,    // target: may it be written, does it exist, what can it do
  kMint,         // credential: issue it under that id, seal its value
  kObserve,      // target: what does it hold
  kPut,          // target: write the value
  kActivate,     // target: restart its consumer
  kCheckHealth,  // target
  kProbe,        // target: does its probe succeed with the new value
  kReadUsage,    // use of all credentials, and the watermark
  kEraseValue,   // delete the sealed value; none left is success
  kRevoke,       // credential; one that never was is success
  kRestore,      // target: put back previous_version
  kNotify,       // tell somebody: why and text
  kWait,         // until: nothing to do before
};

struct Effect {
  Action action = Action::kWait;
  std::string subject;
  Timestamp until{};

  bool operator==(const Effect&) const = default;
};

// Time as the driver has it. Suspect: behind the store's high-water mark, or
// off monotonic time (T-24); then nothing is decided by it.
struct Moment {
  Timestamp at;
  bool suspect = false;
};

namespace event {

// Before an effect is begun; saved before it is.
struct Intended {
  Action action;
  std::string subject;
};

// Outcomes, saved after it.
struct Ready {
  std::string target;
  Capabilities can;
  std::string digest;  // of what it holds now; empty: nothing, or not known
  std::string version;
};
struct Minted {
  std::string credential;
  std::string digest;
  std::string hint;
  std::optional<Timestamp> expires_at;
};
// The sealed value can't be opened any more.
struct ValueLost {};
struct Written {
  std::string target;
  std::string version;
};
struct Observed {
  std::string target;
  bool readable = true;  // false: it says nothing of what it holds
  std::string digest;    // empty: it holds nothing
  std::string version;
};
struct Activated {
  std::string target;
};
struct Healthy {
  std::string target;
};
struct Probed {
  std::string target;
};
struct Restored {
  std::string target;
};
struct Use {
  std::string credential;
  // Whose consumer this use matches; a target that declares none matches any.
  std::vector<std::string> targets;
  Sighting sighting;
  bool own_probe = false;  // writ's own: no evidence of anything (T-09)
  // Turned away: somebody still has it, and it doesn't work for them.
  bool refused = false;
};
struct UsageRead {
  // All use before it is known: the least of all registered gateways'
  // watermarks. None: a gateway has none.
  std::optional<Timestamp> complete_until;
  // Of each credential and consumer the newest at least; refused tries too.
  std::vector<Use> uses;
};
struct Erased {};
struct Revoked {
  std::string credential;
  bool by_hand = false;  // by somebody else than this rotation
};
struct Notified {};
struct Failed {
  Action action;
  std::string subject;
  ErrorClass error = ErrorClass::kTransient;
  std::string text;  // scrubbed: it is kept and shown
  std::optional<Duration> retry_after;
};

// Wishes.
struct PauseAsked {
  std::string text;
};
struct ResumeAsked {};
struct RollbackAsked {
  std::string text;
};
struct AbandonAsked {
  std::string text;
};
// A second request while one is live: it joins, and may add force.
struct Requested {
  Cause cause = Cause::kManual;
  Urgency urgency = Urgency::kNone;
};

// Changes of the configuration.
struct TargetsChanged {
  std::vector<TargetSpec> targets;
};
struct PrincipalDeleted {};

}  // namespace event

using Event = std::variant<
    event::Intended, event::Ready, event::Minted, event::ValueLost,
    event::Written, event::Observed, event::Activated, event::Healthy,
    event::Probed, event::Restored, event::UsageRead, event::Erased,
    event::Revoked, event::Notified, event::Failed, event::PauseAsked,
    event::ResumeAsked, event::RollbackAsked, event::AbandonAsked,
    event::Requested, event::TargetsChanged, event::PrincipalDeleted>;

}  // namespace writ::engine::rotation
