// What the state remembers of the last attempt of the loop, one for each
// repository that owns something in it. It lies beside what is kept of the
// owner's guards, under a name that no repository can have; no plan depends on
// it.
//
// Blocks on disk; belongs to the store's thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/sync/next_step.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Absent: there was none.
Result<std::optional<engine::SyncAttempt>> ReadAttempt(
    StateStore& store, const std::string& owner);

// Wants no lease. kLocked where the database stays busy.
Status WriteAttempt(StateStore& store, const std::string& owner,
                    const engine::SyncAttempt& attempt);

// The windows that the owner's last applied commit said (T-04).
Result<std::vector<engine::Window>> ReadAppliedWindows(
    StateStore& store, const std::string& owner);

}  // namespace writ::reconciler
