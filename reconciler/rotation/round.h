// One round over all rotations of a state, as an apply, a reconcile or a person
// asks for it: opens those that are asked for or due, moves each on as far as
// it goes without waiting, and says when to look again.
//
// Belongs to the store's thread. REQUIRES: the caller holds the lease.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reconciler/rotation/driver.h"

namespace writ::reconciler {

struct RoundRequest {
  // Tokens whose manifests changed, or that were deleted; they are looked at
  // whether anything of them is due or not.
  std::vector<ResourceId> touched;
  std::string lease_token;
  std::function<bool()> stop;
  // False: those under way go on, and none that is due is opened.
  bool begins_due = true;
};

struct RoundFailure {
  ResourceId token;
  Error error;
};

struct RoundReport {
  std::vector<engine::rotation::Rotation> moved;  // as they are now
  // Rotations that couldn't be opened or moved; others went on.
  std::vector<RoundFailure> failed;
  // When to look again; absent: nothing waits for time.
  std::optional<Timestamp> next_at;
  // A clock that is behind begins nothing by schedule (T-24).
  bool clock_behind = false;
};

Result<RoundReport> MoveRotationsOn(StateStore& store, RotationDriver& driver,
                                    const Clock& clock,
                                    const RoundRequest& request);

// Whether there is a rotation to open or to move on by time alone.
Result<bool> IsAnyRotationDue(StateStore& store, Timestamp now);

// Tokens that a change of the resource concerns: itself, or those that are
// rotated by it. Empty for other kinds.
Result<std::vector<ResourceId>> TokensTouchedBy(StateStore& store,
                                                const ResourceId& changed);

}  // namespace writ::reconciler
