// Rules over everything that is declared, checked for a part of it: whether
// what wasn't read still stands beside what differs from the last complete
// apply. The cost follows what differs; only a slug that is new, or a name that
// is gone, makes it look through all resources of one kind.
#pragma once

#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/controller/gather.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct UnreadInput {
  manifests::Source* source = nullptr;
  StateStore* store = nullptr;
  manifests::LoadOptions load;
  const Gathered* gathered = nullptr;
  // Somebody has written to the state since the last complete apply.
  bool state_moved = false;
};

// False: something may be wrong, which the complete way tells.
Result<bool> UnreadStands(const UnreadInput& input);

}  // namespace writ::reconciler
