#include "engine/plan/planner.h"

#include <algorithm>
#include <utility>

#include "engine/plan/actions.h"
#include "engine/plan/alarm.h"
#include "engine/plan/compatibility_facts.h"
#include "engine/plan/consumer_check.h"
#include "engine/plan/evidence_check.h"
#include "engine/plan/guards.h"
#include "engine/plan/lost_use.h"
#include "engine/plan/moves.h"
#include "engine/plan/pairing.h"
#include "engine/plan/references.h"
#include "engine/plan/relations.h"
#include "engine/plan/rename_hint.h"
#include "engine/plan/render_json.h"
#include "engine/plan/targets.h"

namespace writ::engine {
namespace {

std::string_view ModeName(PlanMode mode) {
  switch (mode) {
    case PlanMode::kNormal:
      return "normal";
    case PlanMode::kDestroy:
      return "destroy";
    case PlanMode::kRefreshOnly:
      return "refresh-only";
  }
  return "normal";
}

std::vector<std::string> Sorted(const std::vector<ResourceId>& ids) {
  std::vector<std::string> addresses;
  for (const ResourceId& id : ids) addresses.push_back(id.address());
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()),
                  addresses.end());
  return addresses;
}

Plan Frame(const DesiredInput& desired, const Snapshot& live,
           const PlanOptions& options) {
  Plan plan;
  plan.environment = desired.environment;
  plan.owner = desired.owner;
  plan.lineage = live.lineage;
  plan.desired_digest = desired.digest;
  plan.policies_digest = desired.policies_digest;
  plan.mode = ModeName(options.mode);
  plan.targets = Sorted(options.targets);
  plan.excludes = Sorted(options.excludes);
  plan.commit = desired.commit;
  plan.source_ref = desired.commit.ref;
  plan.serial = live.serial;
  plan.resource_count =
      desired.complete && desired.resources != nullptr
          ? static_cast<std::int64_t>(desired.resources->size())
          : desired.desired_count;
  plan.existing = live.existing;
  plan.planned_at = options.now;
  plan.has_digest = !desired.commit.id.empty() && !desired.commit.dirty;
  return plan;
}

}  // namespace

std::optional<Plan> MakePlan(const DesiredInput& desired, const Snapshot& live,
                             const PlanOptions& options,
                             Diagnostics& diagnostics) {
  const std::size_t errors_before = diagnostics.error_count();
  const Pairing pairing(desired, live, options);
  ReportDuplicates(pairing, diagnostics);
  const References references(pairing, diagnostics);
  references.ReportCycles(diagnostics);
  ReportMissingEvidence(pairing, references, diagnostics);
  ReportRefusedConsumers(pairing, references, diagnostics);
  const Moves moves(pairing, diagnostics);
  if (diagnostics.error_count() > errors_before) return std::nullopt;

  Plan plan = Frame(desired, live, options);
  Actions actions(pairing, moves);
  plan.changes = actions.Decide();
  plan.left_drift = actions.TakeLeftDrift();
  plan.notices = actions.notices();
  std::optional<Relations> relations;
  relations.emplace(pairing, references, plan.changes);
  relations->Fill(plan.changes);
  if (!options.targets.empty() || !options.excludes.empty()) {
    ApplyTargets(pairing, references, plan.changes, diagnostics);
    if (diagnostics.error_count() > errors_before) return std::nullopt;
    relations.emplace(pairing, references, plan.changes);
  }
  AddGuards(pairing, *relations, plan);
  AddLostUse(pairing, references, plan);
  relations.reset();  // as large as the changes
  for (std::string& sentence : FindRenames(plan.changes)) {
    plan.notices.push_back(std::move(sentence));
  }
  AddCompatibility(live, plan.changes);
  for (Change& change : plan.changes) change.alarms = FindAlarms(change);
  SortForApply(plan.changes);
  plan.digest = PlanDigest(plan);
  return plan;
}

}  // namespace writ::engine
