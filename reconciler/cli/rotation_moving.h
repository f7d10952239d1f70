// A state whose lease is held, its keys, and a driver of rotations over them,
// for one command.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reconciler/applying/rotation_run.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/cli/session.h"
#include "reconciler/controller/lease_keeper.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct MovingOptions {
  SourceArguments source;
  std::string lock_timeout = "0s";  // --lock-timeout
};

// Stays where it is: the driver refers to the rest.
struct Moving {
  std::unique_ptr<StateStore> store;
  std::optional<KeyRing> keys;
  std::unique_ptr<LeaseKeeper> lease;
  std::unique_ptr<RotationRun> run;
};

// kUnsafe for a restored state that isn't accepted yet, kPermission without the
// master key, kLocked where somebody else holds the lease.
Result<std::unique_ptr<Moving>> OpenMoving(Session& session,
                                           const MovingOptions& options,
                                           const std::string& operation);

}  // namespace writ::reconciler
