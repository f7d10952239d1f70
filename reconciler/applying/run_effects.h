// What a run that plans or applies acts through, whoever asked for it: the
// command line, the loop, a request.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Keys that open a state, or why there are none.
struct FoundKeys {
  std::shared_ptr<const KeyRing> ring;  // null: none
  std::string why_not;                  // a clause; for people
};

struct RunEffects {
  const Clock& clock;  // NOLINT
  Random& random;      // NOLINT
  // "ana@runner-4", as the audit names who it was.
  std::function<std::string()> actor;
  // A variable of the environment.
  std::function<std::optional<std::string>(const char* name)> variable;
  // True ends a run after the transaction in progress.
  std::function<bool()> stop;
  // No keys is no error; a wrong one is.
  std::function<Result<FoundKeys>(StateStore& store)> find_keys;
};

// The ring that the process's master key opens (master_key.h: read once, before
// threads are started).
Result<FoundKeys> FindRunKeys(StateStore& store, const MasterKey* key);

}  // namespace writ::reconciler
