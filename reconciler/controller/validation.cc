#include "reconciler/controller/validation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/planner.h"
#include "reconciler/controller/gather.h"
#include "reconciler/controller/name_checks.h"
#include "reconciler/controller/policing.h"
#include "reconciler/controller/rule_conditions.h"

namespace writ::reconciler {
namespace {

Result<std::vector<manifests::DesiredState>> LoadEnvironments(
    manifests::Source& source, manifests::LoadOptions options,
    Diagnostics& diagnostics) {
  options.keep_going = true;
  if (options.environment.empty()) {
    return manifests::LoadAllEnvironments(source, options, diagnostics);
  }
  std::vector<manifests::DesiredState> all;
  auto desired = TRY(manifests::Load(source, options, diagnostics));
  if (desired) all.push_back(std::move(*desired));
  return all;
}

Result<engine::Snapshot> SnapshotOf(const manifests::DesiredState& desired,
                                    StateStore* store) {
  engine::Snapshot live;
  live.environment = desired.environment.name;
  if (store == nullptr) return live;
  const StateFacts facts = TRY(store->ReadFacts());
  return GatherAll(*store, facts, desired.repository.name, desired.resources);
}

// What the engine finds among all of them: dangling references, circles,
// secrets that don't admit their user; and names that only the state knows.
Status CheckTogether(const manifests::DesiredState& desired, StateStore* store,
                     Diagnostics& diagnostics) {
  const engine::Snapshot live = TRY(SnapshotOf(desired, store));
  engine::DesiredInput input;
  input.owner = desired.repository.name;
  input.environment = desired.environment.name;
  input.files = &desired.files;
  input.resources = &desired.resources;
  input.refused = &desired.refused;
  input.unreadable = desired.unreadable;
  input.mentions = &desired.mentions;
  engine::MakePlan(input, live, engine::PlanOptions{}, diagnostics);
  return CheckNames({&desired, store}, diagnostics);
}

// Expressions: those of policies and exceptions against the tables of kinds,
// those of rules against the schemas of their events.
Status CheckExpressions(manifests::Source& source,
                        const manifests::DesiredState& desired,
                        Diagnostics& diagnostics) {
  PolicingInput input;
  input.source = &source;
  input.desired = &desired;
  input.guards = GuardsIn(desired.repository, desired.environment);
  input.lints = true;
  TRY(CompilePolicies(input, diagnostics));
  CheckRuleConditions(source, desired, /*warns=*/true, diagnostics);
  return {};
}

std::size_t CountFilesWithErrors(const Diagnostics& diagnostics) {
  std::set<std::string> files;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.severity == Severity::kError &&
        !diagnostic.locations.empty()) {
      files.insert(diagnostic.locations[0].file);
    }
  }
  return files.size();
}

}  // namespace

Result<ValidationCounts> ValidateAll(manifests::Source& source,
                                     const manifests::LoadOptions& options,
                                     const StateOf& state_of,
                                     Diagnostics& diagnostics) {
  const auto all = TRY(LoadEnvironments(source, options, diagnostics));
  ValidationCounts counts;
  counts.environments = all.size();
  std::vector<const manifests::DesiredState*> states;
  for (const manifests::DesiredState& desired : all) {
    states.push_back(&desired);
    const auto store = state_of ? state_of(desired.environment) : nullptr;
    TRY(CheckTogether(desired, store.get(), diagnostics));
    TRY(CheckExpressions(source, desired, diagnostics));
    counts.files = std::max(counts.files, desired.file_count);
    counts.resources = std::max(counts.resources, desired.resources.size());
  }
  CheckTestNames(states, diagnostics);
  diagnostics.Sort();
  counts.files_with_errors = CountFilesWithErrors(diagnostics);
  counts.files = std::max(counts.files, counts.files_with_errors);
  return counts;
}

Status FindAllMistakes(manifests::Source& source,
                       const manifests::LoadOptions& options, StateStore* store,
                       Diagnostics& diagnostics) {
  manifests::LoadOptions all = options;
  all.keep_going = true;
  const auto desired = TRY(manifests::Load(source, all, diagnostics));
  if (desired) {
    TRY(CheckTogether(*desired, store, diagnostics));
    TRY(CheckExpressions(source, *desired, diagnostics));
  }
  diagnostics.Sort();
  return {};
}

}  // namespace writ::reconciler
