// Desired against live: the plan. Pure and deterministic.
//
// The inputs may be complete, or only the part that differs. For a partial
// input the caller vouches that every resource left out is declared and live
// with the same content, and gives of the rest whatever a decision can mention:
//   - the live resource of every desired one, of every former address
//     (lifecycle.moved) and of every one that lost its manifest;
//   - the target of every reference of the desired ones (live or desired), and
//     each token that a changed schedule or deploy target decides about;
//   - who refers to, and who is a child of, each of those (Snapshot::references
//     and ::resources);
//   - what those targets refer to in turn, to the end (Snapshot::references),
//     so that a cycle through unchanged resources is seen;
//   - for each desired token or app: the app's other tokens.
// Destroying, refreshing, targets and excludes want a complete input.
// Law (tests/engine/plan): the partial plan equals the complete one. Where it
// has errors, plan from the complete input: only that knows each position.
//
// Default tokens of apps (Resource::implied) come in with the desired ones.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/state/snapshot.h"
#include "schema/diagnostic.h"
#include "schema/digest.h"
#include "schema/facts.h"
#include "schema/resource.h"

namespace writ::engine {

enum class PlanMode : std::uint8_t {
  kNormal,
  kDestroy,      // everything this repository owns goes
  kRefreshOnly,  // drift alone is shown; nothing is applied
};

struct SafetyRules {
  double max_delete_percent = 30;
  double max_update_percent = 30;
  std::int64_t min_existing = 10;
};

// What the command line allows, each for one run.
struct Allowances {
  std::int64_t deletes = 0;
  std::int64_t updates = 0;
  bool empty = false;
  std::vector<std::string> protected_addresses;
  std::vector<std::string> data_loss_addresses;
};

struct PlanOptions {
  PlanMode mode = PlanMode::kNormal;
  bool prune = true;  // sync.prune
  // Drift is told (Plan::left_drift) and left as it is; what git changed is
  // planned all the same (sync.selfHeal).
  bool leave_drift = false;
  std::vector<ResourceId> targets;   // with what they depend on
  std::vector<ResourceId> excludes;  // with what depends on them
  SafetyRules safety;
  Allowances allow;
  Timestamp now;
};

struct DesiredInput {
  std::string owner;
  std::string environment;
  const SourceFiles* files = nullptr;
  const std::vector<Resource>* resources = nullptr;  // by address
  // False: `resources` holds only what may differ; see above.
  bool complete = true;
  // Partial only: addresses that were declared by the files that changed and
  // are declared no longer, sorted.
  std::vector<ResourceId> undeclared;
  // Partial only: how many resources are desired in all.
  std::int64_t desired_count = 0;
  // Declared, but with errors of their own, by address; and whether there are
  // documents of which not even the address is known. A reference to one of
  // them isn't dangling.
  const std::vector<std::string>* refused = nullptr;
  bool unreadable = false;
  // What writ.yaml mentions for this environment; null: nothing.
  const std::vector<Reference>* mentions = nullptr;
  Digest digest;  // of all that is desired (engine/state/desired_digest.h)
  Digest policies_digest;
  Commit commit;
};

// The plan, or nothing when `diagnostics` gained errors: dangling references,
// cycles, duplicates, secrets that don't admit their user, targets that can't
// give the evidence their schedule asks for, a move across parents. Source
// lines for carets are left to the caller, who has the files.
std::optional<Plan> MakePlan(const DesiredInput& desired, const Snapshot& live,
                             const PlanOptions& options,
                             Diagnostics& diagnostics);

}  // namespace writ::engine
