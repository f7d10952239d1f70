// What an apply does for rotations: those that its changes ask for, those that
// are due, and those that are under way go on as far as they can without
// waiting (design, section 7).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/cli/rotation_run.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/applier.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/rotation/round.h"
#include "reconciler/store/state_store.h"
#include "schema/error.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler {

class ApplyRotations {
 public:
  explicit ApplyRotations(Session& session) : session_(session) {}

  // A change that is durable.
  void Note(const ChangeReport& report);
  // Moves them on. `keys` null: nothing can be rotated, and what waits for it
  // is said. Fails only where the state can't be read or written.
  Status Move(StateStore& store, const KeyRing* keys, RotationSetup setup);

  // kPartial where a rotation needs a person, or couldn't be moved.
  ExitCode exit_code() const;
  void Print() const;
  void AddTo(Value& result) const;

 private:
  Session& session_;
  std::vector<ResourceId> changed_;
  std::optional<RoundReport> report_;
  bool lacks_key_ = false;
};

}  // namespace writ::reconciler
