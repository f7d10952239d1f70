#include "reconciler/controller/gather.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "engine/graph/lookup.h"
#include "reconciler/controller/stored_events.h"
#include "schema/json.h"

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

// One gathering: the sets it grows, in the order in which it grows them.
class ChangeGathering {
 public:
  ChangeGathering(manifests::Source& source, StateStore& store,
                  const BaseRecord& base, const manifests::LoadOptions& options,
                  manifests::DesiredState loaded)
      : source_(source),
        store_(store),
        base_(base),
        options_(options),
        owner_(loaded.repository.name),
        base_state_(std::move(loaded)) {}

  Result<std::optional<Gathered>> Run();

 private:
  // Each step: false when this way can't tell.
  Result<bool> FindChangedFiles();
  Result<bool> LoadChanged();
  Result<bool> SettleDefaultTokens();
  Result<bool> FindUndeclared();
  Result<bool> LoadGuards();
  Result<bool> ReadLive();
  Status ReadScopeSets();
  Result<bool> ReadDependents();
  Result<bool> ReadReached();
  Result<bool> ReadSchemaHistories();

  Result<bool> LoadFile(const std::string& path);
  Status ReadRows(const std::vector<ResourceId>& ids);
  Result<bool> SettleDefaultToken(const ResourceId& app);
  const LiveResource* Row(const ResourceId& id) const;
  const Resource* Desired(const ResourceId& id) const;
  bool IsUndeclared(const ResourceId& id) const {
    return undeclared_.count(id) > 0;
  }
  std::string WorkspaceOf(const ResourceId& parent) const;
  void AddTargets(const Resource& user, std::set<ResourceId>& ids) const;
  void SortDesired();

  manifests::Source& source_;
  StateStore& store_;
  const BaseRecord& base_;
  manifests::LoadOptions options_;
  std::string owner_;
  manifests::DesiredState base_state_;

  std::vector<std::string> paths_;  // changed, or holding a drifted resource
  std::vector<manifests::SourceEntry> files_;
  std::set<ResourceId> declared_;  // by the paths, at the base
  std::vector<ResourceId> unsettled_;
  std::set<ResourceId> undeclared_;
  std::map<ResourceId, LiveResource> rows_;
  std::set<LiveReference> references_;
  std::vector<engine::Snapshot::History> histories_;
};

const LiveResource* ChangeGathering::Row(const ResourceId& id) const {
  const auto row = rows_.find(id);
  return row == rows_.end() ? nullptr : &row->second;
}

const Resource* ChangeGathering::Desired(const ResourceId& id) const {
  const auto& all = base_state_.resources;
  const auto found =
      std::lower_bound(all.begin(), all.end(), id,
                       [](const Resource& r, const ResourceId& wanted) {
                         return r.id < wanted;
                       });
  return found == all.end() || found->id != id ? nullptr : &*found;
}

void ChangeGathering::SortDesired() {
  std::sort(base_state_.resources.begin(), base_state_.resources.end(),
            [](const Resource& a, const Resource& b) { return a.id < b.id; });
}

Status ChangeGathering::ReadRows(const std::vector<ResourceId>& ids) {
  std::vector<ResourceId> missing;
  for (const ResourceId& id : ids) {
    if (!id.empty() && rows_.count(id) == 0) missing.push_back(id);
  }
  if (missing.empty()) return {};
  for (LiveResource& row : TRY(store_.ReadResources(missing))) {
    ResourceId id = row.id;
    rows_.emplace(std::move(id), std::move(row));
  }
  return {};
}

Result<bool> ChangeGathering::FindChangedFiles() {
  auto changes = TRY(source_.ChangedSince(base_.tree_id));
  if (!changes) return false;
  for (manifests::SourceChange& change : *changes) {
    // Tests are checked as a whole; they are few.
    if (!manifests::IsManifestPath(base_state_.repository, change.path)) {
      return false;
    }
    paths_.push_back(change.path);
    if (change.now) files_.push_back(std::move(*change.now));
  }
  unsettled_ = TRY(store_.Unsettled(owner_));
  TRY(ReadRows(unsettled_));
  for (const ResourceId& id : unsettled_) {
    const LiveResource* row = Row(id);
    if (row == nullptr) return false;
    if (!TRY(LoadFile(row->provenance.file))) return false;
  }
  return LoadGuards();
}

// Policies judge every change, and what they find points at the place where
// they are written.
Result<bool> ChangeGathering::LoadGuards() {
  for (const char* kind : {"Policy", "PolicyException"}) {
    for (const LiveResource& row : TRY(store_.ReadKind(kind))) {
      if (row.owner != owner_) continue;
      if (!TRY(LoadFile(row.provenance.file))) return false;
    }
  }
  return true;
}

// Adds an unchanged file to what is read.
Result<bool> ChangeGathering::LoadFile(const std::string& path) {
  if (std::find(paths_.begin(), paths_.end(), path) != paths_.end()) {
    return true;
  }
  auto entry = TRY(source_.Find(path));
  if (!entry) return false;
  paths_.push_back(path);
  files_.push_back(std::move(*entry));
  return true;
}

Result<bool> ChangeGathering::LoadChanged() {
  options_.implied_tokens = false;
  Diagnostics diagnostics;
  std::sort(files_.begin(), files_.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  auto loaded =
      TRY(manifests::LoadFiles(source_, options_, files_, diagnostics));
  if (!loaded) return false;  // the complete way says what is wrong
  base_state_ = std::move(*loaded);
  SortDesired();
  const auto declared = TRY(store_.DeclaredIn(owner_, paths_));
  declared_.insert(declared.begin(), declared.end());
  TRY(ReadRows(declared));
  std::vector<ResourceId> ids;
  for (const Resource& resource : base_state_.resources) {
    ids.push_back(resource.id);
  }
  TRY(ReadRows(ids));
  // An address that an unread file declares as well: a duplicate.
  return std::all_of(ids.begin(), ids.end(), [&](const ResourceId& id) {
    const LiveResource* row = Row(id);
    return row == nullptr || row->implied || row->owner != owner_ ||
           declared_.count(id) > 0;
  });
}

Result<bool> ChangeGathering::FindUndeclared() {
  for (const ResourceId& id : declared_) {
    const LiveResource* row = Row(id);
    if (row != nullptr && !row->implied && Desired(id) == nullptr) {
      undeclared_.insert(id);
    }
  }
  if (base_state_.environment.overlays.empty()) return true;
  // A patch may have lost what it matched, which only the whole can tell.
  if (!undeclared_.empty()) return false;
  return std::all_of(
      base_state_.resources.begin(), base_state_.resources.end(),
      [&](const Resource& resource) {
        const LiveResource* row = Row(resource.id);
        if (row == nullptr) return true;
        auto live =
            ParseJson(row->applied.empty() ? row->content : row->applied);
        if (!live) return false;
        const Value* before = live->FindPath("metadata.labels");
        const Value* after = resource.content->FindPath("metadata.labels");
        return before != nullptr && after != nullptr && *before == *after;
      });
}

// An app without a declared token has a default one (design, section 6), so a
// token that comes or goes may bring or take another.
Result<bool> ChangeGathering::SettleDefaultTokens() {
  std::set<ResourceId> apps;
  const auto consider = [&](const ResourceId& id, const ResourceId& parent) {
    if (id.kind() == "App") apps.insert(id);
    if (id.kind() == "Token" && parent.kind() == "App") apps.insert(parent);
  };
  for (const Resource& resource : base_state_.resources) {
    consider(resource.id, resource.parent);
  }
  for (const ResourceId& id : declared_) {
    if (const LiveResource* row = Row(id)) consider(id, row->parent);
  }
  for (const ResourceId& id : unsettled_) {
    if (const LiveResource* row = Row(id)) consider(id, row->parent);
  }
  for (const ResourceId& app : apps) {
    if (!TRY(SettleDefaultToken(app))) return false;
  }
  SortDesired();
  return true;
}

Result<bool> ChangeGathering::SettleDefaultToken(const ResourceId& app) {
  std::vector<ResourceId> tokens;
  for (const LiveReference& reference :
       TRY(store_.ReferencesTo(std::span(&app, 1)))) {
    if (reference.is_parent && reference.from.kind() == "Token") {
      tokens.push_back(reference.from);
    }
  }
  TRY(ReadRows(tokens));
  TRY(ReadRows({app}));
  bool has_declared = std::any_of(
      base_state_.resources.begin(), base_state_.resources.end(),
      [&](const Resource& r) {
        return r.id.kind() == "Token" && r.parent == app && !r.implied;
      });
  for (const ResourceId& token : tokens) {
    const LiveResource* row = Row(token);
    has_declared =
        has_declared || (row != nullptr && !row->implied &&
                         row->owner == owner_ && !IsUndeclared(token));
  }
  const ResourceId implied("Token", app.name(), "default");
  const bool app_stays =
      Desired(app) != nullptr ||
      (Row(app) != nullptr && Row(app)->owner == owner_ && !IsUndeclared(app));
  if (app_stays && !has_declared) {
    const Resource* resource = Desired(app);
    // Its app stands in a file that isn't read here; rare enough.
    if (resource == nullptr) return false;
    Resource token = manifests::ImpliedToken(*resource);
    base_state_.resources.push_back(std::move(token));
    SortDesired();
    return true;
  }
  TRY(ReadRows({implied}));
  const LiveResource* row = Row(implied);
  if (row != nullptr && row->implied && Desired(implied) == nullptr) {
    undeclared_.insert(implied);
  }
  return true;
}

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

Result<std::optional<Gathered>> ChangeGathering::Run() {
  using Step = Result<bool> (ChangeGathering::*)();
  for (Step step :
       {&ChangeGathering::FindChangedFiles, &ChangeGathering::LoadChanged,
        &ChangeGathering::FindUndeclared, &ChangeGathering::SettleDefaultTokens,
        &ChangeGathering::ReadLive, &ChangeGathering::ReadDependents,
        &ChangeGathering::ReadReached, &ChangeGathering::ReadSchemaHistories}) {
    if (!TRY((this->*step)())) return std::nullopt;
  }
  Gathered gathered;
  gathered.desired = std::move(base_state_);
  gathered.undeclared.assign(undeclared_.begin(), undeclared_.end());
  for (auto& [id, row] : rows_) {
    gathered.live.resources.push_back(std::move(row));
  }
  gathered.live.references.assign(references_.begin(), references_.end());
  gathered.live.schema_history = std::move(histories_);
  return gathered;
}

// What deleting a secret, or a project with all of its secrets, would lose.
Status AddStoredValues(StateStore& store, engine::Snapshot& live) {
  const auto holds_values = [](const LiveResource& row) {
    return row.id.kind() == "Secret" || row.id.kind() == "Project";
  };
  if (std::none_of(live.resources.begin(), live.resources.end(),
                   holds_values)) {
    return {};
  }
  std::map<std::string, std::int64_t> by_secret;
  std::map<std::string, std::int64_t> by_project;
  for (const SecretPointer& pointer : TRY(store.secrets().ReadPointers())) {
    if (pointer.version == 0) continue;
    ++by_secret[pointer.secret_uid];
    ++by_project[std::string(pointer.secret.parent())];
  }
  for (LiveResource& row : live.resources) {
    if (!holds_values(row)) continue;
    const auto& counts = row.id.kind() == "Secret" ? by_secret : by_project;
    const auto found = counts.find(
        row.id.kind() == "Secret" ? row.uid : std::string(row.id.name()));
    if (found != counts.end()) row.stored_items = found->second;
  }
  return {};
}

void CopyFacts(const StateFacts& facts, engine::Snapshot& live) {
  live.lineage = facts.lineage;
  live.serial = facts.serial;
  live.environment = facts.environment;
}

}  // namespace

Result<std::optional<Gathered>> GatherChanged(
    manifests::Source& source, StateStore& store, const StateFacts& facts,
    const BaseRecord& base, const manifests::LoadOptions& options,
    manifests::DesiredState loaded_without_files) {
  ChangeGathering gathering(source, store, base, options,
                            std::move(loaded_without_files));
  auto gathered = TRY(gathering.Run());
  if (!gathered) return std::nullopt;
  CopyFacts(facts, gathered->live);
  TRY(AddStoredValues(store, gathered->live));
  TRY(AddStoredEvents(store.folder(), gathered->live));
  gathered->live.existing =
      TRY(store.CountOwned(gathered->desired.repository.name));
  return gathered;
}

Result<engine::Snapshot> GatherAll(StateStore& store, const StateFacts& facts,
                                   const std::string& owner,
                                   const std::vector<Resource>& desired) {
  engine::Snapshot live = TRY(store.ReadAll(/*contents=*/false));
  std::vector<ResourceId> differing;
  std::vector<std::size_t> places;
  auto wanted = desired.begin();
  for (std::size_t i = 0; i < live.resources.size(); ++i) {
    const LiveResource& row = live.resources[i];
    while (wanted != desired.end() && wanted->id < row.id) ++wanted;
    // What isn't ours is compared as a whole when it is taken over.
    const bool same = wanted != desired.end() && wanted->id == row.id &&
                      wanted->digest == row.content_digest &&
                      row.owner == owner;
    if (same) continue;
    differing.push_back(row.id);
    places.push_back(i);
  }
  std::vector<LiveResource> contents = TRY(store.ReadResources(differing));
  std::size_t next = 0;
  for (std::size_t place : places) {
    if (next < contents.size() &&
        contents[next].id == live.resources[place].id) {
      live.resources[place] = std::move(contents[next++]);
    }
  }
  CopyFacts(facts, live);
  TRY(AddStoredValues(store, live));
  TRY(AddStoredEvents(store.folder(), live));
  live.existing = TRY(store.CountOwned(owner));
  for (const Resource& resource : desired) {
    if (resource.id.kind() != "EventSchema") continue;
    const LiveResource* row = live.Find(resource.id);
    if (row == nullptr || row->content_digest == resource.digest) continue;
    live.schema_history.push_back(
        { resource.id, TRY(store.ReadSchemaHistory(resource.id)) });
  }
  return live;
}

}  // namespace writ::reconciler
