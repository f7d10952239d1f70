// Moves rotations on: asks the engine what is next, writes what it is about to
// do, does it, writes what came of it. Never waits: where the engine would, it
// leaves the rotation to a later run, from the journal.
//
// Guarantees
//   - Nothing is done that wasn't written before (F8); what a crash left
//     without an outcome is observed first.
//   - A value lies sealed under a key in a file of its own, from when its
//     credential is issued until every target has it (T-15). Where the key is
//     gone, the credential is void and another one is made.
//   - A credential is minted, or revoked, in one transaction with the outcome
//     that says so.
//   - Two drivers of one rotation: the slower one's save is refused.
//
// Belongs to the store's thread; targets of a wave are worked on by threads of
// their own, each with a deadline. REQUIRES: the caller holds the lease.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/rotation/events.h"
#include "engine/rotation/rotation.h"
#include "reconciler/clock.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/rotation/begin.h"
#include "reconciler/rotation/journal.h"
#include "reconciler/rotation/target_opener.h"
#include "reconciler/rotation/usage_record.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// What a driver acts through; all of it outlives the driver.
struct RotationEffects {
  StateStore& store;         // NOLINT
  Credentials& credentials;  // NOLINT
  const KeyRing& keys;       // NOLINT
  TargetOpener& targets;     // NOLINT
  UsageRecord& usage;        // NOLINT
  const Clock& clock;        // NOLINT
  Random& random;            // NOLINT
};

struct DriverOptions {
  std::string lease_token;
  std::string actor;
  // True ends a run before its next effect.
  std::function<bool()> stop;
  // Told of each rotation that moved, as it is then.
  std::function<void(const engine::rotation::Rotation&)> progress;
};

class RotationDriver {
 public:
  RotationDriver(RotationEffects effects, DriverOptions options);

  // Opens a rotation of the token, or joins the one that is open (and adds
  // force to it). Does nothing of it yet. kInvalidArgument, kNotFound.
  Result<engine::rotation::Rotation> Begin(
      const ResourceId& token, engine::rotation::Cause cause,
      engine::rotation::Urgency urgency = engine::rotation::Urgency::kNone);

  // Moves it on until it would have to wait, is over, needs a person, or
  // `stop`.
  Result<engine::rotation::Rotation> Advance(const std::string& id);

  // A person's wish, or a change of the configuration.
  Result<engine::rotation::Rotation> Tell(const std::string& id,
                                          const engine::rotation::Event& event);

 private:
  using Events = std::vector<engine::rotation::Event>;
  using Effects = std::vector<engine::rotation::Effect>;

  Result<engine::rotation::Moment> Now() const;
  bool Stopped() const { return options_.stop && options_.stop(); }
  // True where anything was done.
  Result<bool> Step(OpenRotation& open);
  Status SaveIntents(OpenRotation& open, const Effects& effects,
                     const engine::rotation::Moment& now);
  Status SaveOutcomes(OpenRotation& open, const Effects& effects,
                      const Events& outcomes);

  // Those on targets, side by side.
  Result<Events> WorkOnTargets(const OpenRotation& open,
                               const Effects& effects);
  Result<std::optional<engine::rotation::Event>> Prepare(
      const OpenRotation& open, const engine::rotation::Effect& effect,
      std::vector<struct TargetWork>& work, std::vector<SecretValue>& values);
  // Where others of the rotation put the value under the same name.
  std::vector<std::string> OtherPlaces(
      const engine::rotation::Rotation& rotation,
      const engine::rotation::Target& target);

  Status Mint(OpenRotation& open, const engine::rotation::Effect& effect);
  Status Revoke(OpenRotation& open, const engine::rotation::Effect& effect);
  Status EraseValue(OpenRotation& open, const engine::rotation::Effect& effect);
  Status ReadUsage(OpenRotation& open, const engine::rotation::Effect& effect);
  Status Notify(OpenRotation& open, const engine::rotation::Effect& effect);
  // Does one that isn't a target's, and saves its outcome.
  Status DoOwn(OpenRotation& open, const engine::rotation::Effect& effect);
  Status Note(OpenRotation& open, const engine::rotation::Effect& effect,
              const engine::rotation::Event& event,
              const std::function<Status(WriteTransaction&)>& more = {});

  std::string KeyFile(const std::string& rotation) const;
  // Absent where the key or the sealed bytes are gone.
  Result<std::optional<SecretValue>> FindValue(
      const engine::rotation::Rotation& rotation,
      const engine::rotation::Credential& credential);

  RotationEffects effects_;
  DriverOptions options_;
  RotationJournal journal_;
};

// The id that a credential of a rotation has in the state.
std::string StoredId(const engine::rotation::Rotation& rotation,
                     const engine::rotation::Credential& credential);

}  // namespace writ::reconciler
