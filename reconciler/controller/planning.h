// From a source and a state to a plan: reads manifests, gathers of the live
// state what a decision about them can mention, and lets the engine decide.
//
// The cost follows the change (design, section 4). Where the state's base
// record still holds for everything but some files, only those are read; the
// plan equals the one made from nothing (tests/property). Whatever goes wrong
// on that way is found again, and reported, on the complete one.
//
// One thread calls; reading and parsing use `threads` workers. Opens no socket
// and starts no process (T-01).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/plan/planner.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/controller/commit_trust.h"
#include "reconciler/controller/policing.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/result.h"

namespace writ::reconciler {

struct PlanningOptions {
  manifests::LoadOptions load;
  engine::PlanOptions plan;
  // False: read everything, whatever the base record says.
  bool incremental = true;
  // Policies that somebody overrides (deny-overridable).
  std::vector<std::string> overridden;
  TrustOptions trust;
};

// How much had to be read.
enum class PlanPath : std::uint8_t {
  kUnchanged,    // the base record held: nothing to look at
  kIncremental,  // only what differs
  kComplete,
};

struct Planned {
  engine::Plan plan;
  // What was read: complete, or only what may differ.
  manifests::DesiredState desired;
  engine::Snapshot live;
  PlanPath path = PlanPath::kComplete;
  // What the base record will be once this plan is applied as a whole; absent
  // where it would hold nothing (no git tree, targets, suspended changes).
  std::optional<BaseRecord> next_base;
  // What the state will keep of writ.yaml's guards (configured_guards.h);
  // absent where this plan, applied, isn't all that the commit says.
  std::optional<std::string> next_guards;
  // What judged the plan; null where there is no policy, or nothing to judge.
  std::shared_ptr<Policing> policing;
};

// `store` is null where there is no state yet. The result is absent exactly
// when `diagnostics` has errors.
Result<std::optional<Planned>> PlanAgainst(manifests::Source& source,
                                           StateStore* store,
                                           const PlanningOptions& options,
                                           Diagnostics& diagnostics);

}  // namespace writ::reconciler
