// Gathers the part of the live state that a decision about some resources can
// mention, and the rest of the desired ones that belongs to it (see
// engine/plan/planner.h for what a partial input must hold).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/state/snapshot.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::reconciler {

struct Gathered {
  manifests::DesiredState desired;     // only what may differ
  std::vector<ResourceId> undeclared;  // sorted
  engine::Snapshot live;
};

// What differs from the base record: changed files, and live resources that
// are not settled. Nothing: this way can't tell, read everything.
Result<std::optional<Gathered>> GatherChanged(
    manifests::Source& source, StateStore& store, const StateFacts& facts,
    const BaseRecord& base, const manifests::LoadOptions& options,
    manifests::DesiredState loaded_without_files);

// The whole live state; contents only of those that differ from `desired`.
Result<engine::Snapshot> GatherAll(StateStore& store, const StateFacts& facts,
                                   const std::string& owner,
                                   const std::vector<Resource>& desired);

}  // namespace writ::reconciler
