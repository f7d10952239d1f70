// The live half of a gathering: what a plan for the changed resources can
// mention.
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/graph/lookup.h"
#include "reconciler/controller/change_gathering.h"

namespace writ::reconciler {
namespace {

using engine::LiveReference;
using engine::LiveResource;

// Beyond this many resources reached from the changed ones, reading everything
// is the simpler way.
constexpr std::size_t kMaxReached = 20'000;

// What of a token's rotation only the whole can tell (engine/plan).
bool DecidesOnEvidence(const ResourceId& id) {
  return id.kind() == "RotationSchedule" || id.kind() == "DeployTarget";
}

}  // namespace

std::string ChangeGathering::WorkspaceOf(const ResourceId& parent) const {
  if (const Resource* desired = Desired(parent)) {
    return std::string(engine::WorkspaceNamed(*desired));
  }
  const LiveResource* row = Row(parent);
  return row != nullptr && row->parent.kind() == "Workspace"
             ? std::string(row->parent.name())
             : "";
}

void ChangeGathering::AddTargets(const Resource& user,
                                 std::set<ResourceId>& ids) const {
  std::string buffer;
  for (const Reference& reference : user.references) {
    engine::VisitAddresses(
        user, reference, buffer,
        [&](const ResourceId& parent) { return WorkspaceOf(parent); },
        [&](std::string_view address) {
          const auto id = ResourceId::Parse(address);
          if (!id) return false;
          ids.insert(*id);
          if (reference.edge == ReferenceEdge::kMention) {
            const auto parents = engine::PossibleParents(*id);
            ids.insert(parents.begin(), parents.end());
          }
          return false;  // which of them is meant, the plan decides
        });
  }
}

Result<bool> ChangeGathering::ReadLive() {
  std::vector<ResourceId> parents;
  std::set<ResourceId> ids;
  for (const Resource& resource : base_state_.resources) {
    ids.insert(resource.id);
    if (!resource.parent.empty()) parents.push_back(resource.parent);
    for (const std::string& moved : resource.lifecycle.moved) {
      if (auto id = ResourceId::Parse(moved)) ids.insert(*id);
    }
  }
  TRY(ReadRows(parents));
  for (const Resource& resource : base_state_.resources) {
    AddTargets(resource, ids);
  }
  Resource configuration;
  configuration.references = base_state_.mentions;
  AddTargets(configuration, ids);
  TRY(ReadRows({ids.begin(), ids.end()}));
  TRY(ReadScopeSets());
  return true;
}

// Policies see a token's scopes as they were, too.
Status ChangeGathering::ReadScopeSets() {
  std::vector<ResourceId> tokens;
  for (const auto& [id, row] : rows_) {
    if (id.kind() == "Token") tokens.push_back(id);
  }
  std::vector<ResourceId> sets;
  for (LiveReference& reference : TRY(store_.ReferencesFrom(tokens))) {
    if (reference.to.kind() != "ScopeSet") continue;
    sets.push_back(reference.to);
    references_.insert(std::move(reference));
  }
  return ReadRows(sets);
}

// Who refers to what changes. An unread resource that refers to one that goes
// is an error, or a child left behind: for the complete way to tell.
Result<bool> ChangeGathering::ReadDependents() {
  std::vector<ResourceId> ids(undeclared_.begin(), undeclared_.end());
  for (const LiveReference& reference : TRY(store_.ReferencesTo(ids))) {
    if (Desired(reference.from) == nullptr && !IsUndeclared(reference.from)) {
      return false;
    }
    references_.insert(reference);
  }
  ids.clear();
  for (const Resource& resource : base_state_.resources) {
    const LiveResource* row = Row(resource.id);
    if (row == nullptr || row->content_digest != resource.digest) {
      ids.push_back(resource.id);
    }
  }
  std::vector<ResourceId> users;
  for (LiveReference& reference : TRY(store_.ReferencesTo(ids))) {
    // Whether the evidence it asks for can be had depends on its targets too.
    if (DecidesOnEvidence(reference.to) && Desired(reference.from) == nullptr) {
      return false;
    }
    if (reference.to.kind() == "ScopeSet") users.push_back(reference.from);
    references_.insert(std::move(reference));
  }
  TRY(ReadRows(users));
  TRY(ReadScopeSets());
  return true;
}

// What the changed resources reach by references, so that a cycle through
// unchanged ones is seen.
Result<bool> ChangeGathering::ReadReached() {
  std::vector<ResourceId> frontier;
  std::set<ResourceId> seen;
  for (const auto& [id, row] : rows_) {
    if (Desired(id) == nullptr && seen.insert(id).second) {
      frontier.push_back(id);
    }
  }
  while (!frontier.empty()) {
    std::vector<ResourceId> next;
    for (LiveReference& reference : TRY(store_.ReferencesFrom(frontier))) {
      if (seen.insert(reference.to).second &&
          Desired(reference.to) == nullptr) {
        next.push_back(reference.to);
      }
      references_.insert(std::move(reference));
    }
    if (seen.size() > kMaxReached) return false;
    TRY(ReadRows(next));
    frontier = std::move(next);
  }
  return true;
}

Result<bool> ChangeGathering::ReadSchemaHistories() {
  for (const Resource& resource : base_state_.resources) {
    const LiveResource* row = Row(resource.id);
    if (resource.id.kind() != "EventSchema" || row == nullptr ||
        row->content_digest == resource.digest) {
      continue;
    }
    histories_.push_back(
        { resource.id, TRY(store_.ReadSchemaHistory(resource.id)) });
  }
  return true;
}

}  // namespace writ::reconciler
