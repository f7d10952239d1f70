// From a request to a plan: opens the source and the state that its environment
// names, and plans one against the other. What `plan`, `apply`, `drift`,
// `reconcile` and the gateway share; none of it talks to anybody.
//
// A run belongs to one thread. Blocks on disk.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "manifests/manifest_set.h"
#include "manifests/repository.h"
#include "manifests/source/source.h"
#include "reconciler/applying/run_effects.h"
#include "reconciler/controller/planning.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

struct PlanRequest {
  manifests::SourceRequest source;
  // Where manifests come otherwise, from a request's body say. Empty:
  // OpenSource(source).
  std::function<Result<std::unique_ptr<manifests::Source>>()> open_source;
  std::string environment;  // empty: the default one
  // Variables, threads; the environment is filled in.
  manifests::LoadOptions load;
  // Mode, targets, allowances. `prune`, `safety` and `now` are filled in.
  engine::PlanOptions plan;
  std::optional<Timestamp> now;  // decides as of then; absent: the clock
  // Without `sync.selfHeal` of the environment, drift is left as it is.
  bool follows_sync = false;
  bool incremental = true;
  TrustOptions trust;                   // where history is read is filled in
  std::vector<std::string> overridden;  // policies
  std::string reason;                   // why
  // The flags that let guards pass, as the audit keeps them.
  std::vector<std::string> allowances;
  // The folder of the environment's state, from where the source lies.
  std::function<Result<std::string>(const manifests::EnvironmentConfig&,
                                    const std::string& base_folder)>
      find_state;
};

// A plan with what it was made from.
struct PlanRun {
  std::chrono::nanoseconds started{0};  // monotonic
  manifests::SourceRequest request;
  std::unique_ptr<manifests::Source> source;
  std::string state_folder;
  std::string environment;
  std::unique_ptr<StateStore> store;  // null: there is no state yet
  PlanningOptions options;
  std::string apply_command;  // for people; filled in by who talks to them
  Planned planned;
};

// What is known of a plan even where the manifests are wrong.
struct PlanOrigin {
  std::string folder;       // Source::folder
  std::string environment;  // empty: writ.yaml can't be read
};

// The source that a request names.
Result<std::unique_ptr<manifests::Source>> OpenSourceOf(
    const PlanRequest& request);

// Reads source and state and plans. Nothing: `diagnostics` has errors.
Result<std::optional<PlanRun>> MakePlanRun(const RunEffects& effects,
                                           const PlanRequest& request,
                                           Diagnostics& diagnostics,
                                           PlanOrigin* origin = nullptr);

// Plans again against a store that was opened meanwhile.
Result<std::optional<Planned>> PlanAgain(PlanRun& run, StateStore& store,
                                         Diagnostics& diagnostics);

// The environment asked for, or the default one. kInvalidArgument when there
// is none of that name, with those there are.
Result<manifests::EnvironmentConfig> SelectEnvironment(
    const manifests::RepositoryConfig& repository, const std::string& name);

// kInvalidManifest, which says how to make one.
Error NoRepositoryFile();

// Sorts the diagnostics and puts the lines they point at beside them.
void Complete(Diagnostics& diagnostics, manifests::Source& source);

}  // namespace writ::reconciler
