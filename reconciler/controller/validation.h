// Everything that can be said of manifests without asking anybody: each
// document by itself, and all of them together, in every environment.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

struct ValidationCounts {
  std::size_t files = 0;
  std::size_t files_with_errors = 0;
  std::size_t resources = 0;
  std::size_t environments = 0;
};

// The live state of an environment, where one is at hand: other repositories'
// resources in it may be referred to. Null: none.
using StateOf = std::function<std::unique_ptr<StateStore>(
    const manifests::EnvironmentConfig& environment)>;

// One environment where `options` names it, else all. Diagnostics come sorted.
Result<ValidationCounts> ValidateAll(manifests::Source& source,
                                     const manifests::LoadOptions& options,
                                     const StateOf& state_of,
                                     Diagnostics& diagnostics);

// The same of the one environment that `options` names, its state at hand: why
// manifests that didn't load can't be planned.
Status FindAllMistakes(manifests::Source& source,
                       const manifests::LoadOptions& options, StateStore* store,
                       Diagnostics& diagnostics);

}  // namespace writ::reconciler
