// What of a plan lies beyond its sender's reach
// (credentials/workspace_reach.h): changes of what belongs to another workspace
// or to none, of what comes from one or goes to one.
//
// Private to this folder. In the store's thread; blocks on disk.
#pragma once

#include <string>
#include <vector>

#include "reconciler/controller/planning.h"
#include "reconciler/credentials/workspace_reach.h"
#include "schema/error.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct BeyondReach {
  ResourceId id;
  ResourceId workspace;  // that it belongs to; empty: to none
};

// In the plan's order. Errors: those of the store.
Result<std::vector<BeyondReach>> FindBeyondReach(const Planned& planned,
                                                 WorkspaceReach& reach);

// kPermission, with the first few of them. REQUIRES: there are some.
Error RefusalOf(const std::vector<BeyondReach>& beyond,
                const WorkspaceReach& reach);

}  // namespace writ::reconciler::gateway
