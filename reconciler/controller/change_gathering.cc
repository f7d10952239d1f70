#include "reconciler/controller/change_gathering.h"

#include <algorithm>
#include <span>

#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::LiveReference;
using engine::LiveResource;

}  // namespace

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

}  // namespace writ::reconciler
