// Which policies judge a plan, and what they say of it.
//
// Those of the commit that is planned judge, and those of the last applied one
// (T-04): live Policy and PolicyException resources as they were last applied,
// with packs and enforcement from the state's record. What other repositories
// own in the state judges on both sides.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/policy/facts.h"
#include "engine/policy/policy_set.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/controller/configured_guards.h"
#include "reconciler/store/state_store.h"
#include "schema/diagnostic.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// What judged a plan, for explanations and for judging again at another time.
struct Policing {
  engine::PolicySet desired;
  std::optional<engine::PolicySet> applied;  // absent: nothing was applied yet
  engine::PlanFacts facts;
  std::vector<std::string> overridden;  // policies, by apply --override

  // Nobody judges, nor is there an exception to look after.
  bool empty() const;
};

struct PolicingInput {
  manifests::Source* source = nullptr;
  const manifests::DesiredState* desired = nullptr;  // all own guards are in it
  StateStore* store = nullptr;                       // null: no state yet
  ConfiguredGuards guards;
  std::optional<ConfiguredGuards> applied_guards;
  bool lints = false;
};

// Where texts of the source's files are written, byte by byte. Reads a file
// when first asked about it. REQUIRES: both outlive the result.
engine::TextPlaces PlacesIn(manifests::Source& source,
                            const SourceFiles& files);

// Compiles both sides. Mistakes in policies of `desired` go to `diagnostics`;
// the facts are the caller's to fill in.
Result<Policing> CompilePolicies(const PolicingInput& input,
                                 Diagnostics& diagnostics);

// Judges as of `now` and puts the findings into the plan.
// REQUIRES: policing.facts are of this plan.
void Judge(Policing& policing, Timestamp now, engine::Plan& plan);

}  // namespace writ::reconciler
