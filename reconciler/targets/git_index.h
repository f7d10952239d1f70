// Whether git tracks a file, read from the index of the work tree that it lies
// in: a credential written there would be in the next commit.
#pragma once

#include <string>

#include "schema/result.h"

namespace writ::reconciler::targets {

// False outside of any work tree. kUnsupported for an index that can't be
// read, since what isn't known must not pass.
Result<bool> IsTrackedByGit(const std::string& file);

}  // namespace writ::reconciler::targets
