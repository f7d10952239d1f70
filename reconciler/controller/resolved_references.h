// Who refers to whom among desired resources, for commands that show it.
#pragma once

#include <vector>

#include "engine/graph/render.h"
#include "engine/state/snapshot.h"
#include "schema/resource.h"

namespace writ::reconciler {

// Dependencies that find their target among `resources`, parents included;
// sorted, unique. REQUIRES: resources by address.
std::vector<engine::LiveReference> ResolveAmong(
    const std::vector<Resource>& resources);

std::vector<engine::GraphNode> NodesOf(
    const std::vector<Resource>& resources,
    const std::vector<engine::LiveReference>& references);

// What the state would be once these resources were applied: the left side of
// a comparison of two commits.
engine::Snapshot AsIfApplied(const std::vector<Resource>& resources,
                             const SourceFiles& files, const std::string& owner,
                             const std::string& environment);

}  // namespace writ::reconciler
