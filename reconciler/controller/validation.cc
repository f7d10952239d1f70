#include "reconciler/controller/validation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/plan/planner.h"
#include "engine/policy/match.h"
#include "engine/policy/rule_condition.h"
#include "reconciler/controller/gather.h"
#include "reconciler/controller/policing.h"

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
                                    const StateOf& state_of) {
  engine::Snapshot live;
  live.environment = desired.environment.name;
  auto store = state_of ? state_of(desired.environment) : nullptr;
  if (store == nullptr) return live;
  const StateFacts facts = TRY(store->ReadFacts());
  return GatherAll(*store, facts, desired.repository.name, desired.resources);
}

// What the engine finds among all of them: dangling references, circles,
// secrets that don't admit their user.
Status CheckTogether(const manifests::DesiredState& desired,
                     const StateOf& state_of, Diagnostics& diagnostics) {
  const engine::Snapshot live = TRY(SnapshotOf(desired, state_of));
  engine::DesiredInput input;
  input.owner = desired.repository.name;
  input.environment = desired.environment.name;
  input.files = &desired.files;
  input.resources = &desired.resources;
  input.refused = &desired.refused;
  input.unreadable = desired.unreadable;
  engine::MakePlan(input, live, engine::PlanOptions{}, diagnostics);
  return {};
}

// Contents of the event schemas that a rule's event means.
std::vector<std::shared_ptr<const Value>> SchemasOf(
    const Resource& rule, const std::vector<Resource>& resources) {
  std::vector<std::shared_ptr<const Value>> schemas;
  const Value* event = rule.content->FindPath("spec.event");
  if (event == nullptr || !event->IsString()) return schemas;
  for (const Resource& resource : resources) {
    if (resource.id.kind() == "EventSchema" && resource.parent == rule.parent &&
        engine::MatchesWildcard(event->AsString(), resource.id.name())) {
      schemas.push_back(resource.content);
    }
  }
  return schemas;
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
  const engine::TextPlaces places = PlacesIn(source, desired.files);
  for (const Resource& rule : desired.resources) {
    if (rule.id.kind() != "NotificationRule") continue;
    if (rule.content->FindPath("spec.when") == nullptr) continue;
    engine::CheckRuleCondition(rule, desired.files,
                               SchemasOf(rule, desired.resources), places,
                               diagnostics);
  }
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
  for (const manifests::DesiredState& desired : all) {
    TRY(CheckTogether(desired, state_of, diagnostics));
    TRY(CheckExpressions(source, desired, diagnostics));
    counts.files = std::max(counts.files, desired.file_count);
    counts.resources = std::max(counts.resources, desired.resources.size());
  }
  diagnostics.Sort();
  counts.files_with_errors = CountFilesWithErrors(diagnostics);
  return counts;
}

}  // namespace writ::reconciler
