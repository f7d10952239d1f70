// Whose work the changes of a merge result are: this branch's, others' that the
// ref has already and nobody applied yet, somebody's outside of git, or the
// clock's.
//
// Pure; safe from any thread.
#pragma once

#include "engine/plan/plan.h"

namespace writ::engine {

// Sets Change::origin of each change of `merged`. `before` is what would be
// planned of the ref alone, against the same live state; null: it can't be
// told, and what git says is all the branch's. Leaves the decision alone.
void AttributeChanges(const Plan* before, Plan& merged);

}  // namespace writ::engine
