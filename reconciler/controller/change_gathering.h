// One gathering of what differs from a base record: the sets it grows, in the
// order in which it grows them. What stands in files that weren't read, or
// takes the whole to tell, ends it without an answer.
//
// One thread; blocks on disk. Errors: those of the source and of the store.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/state/snapshot.h"
#include "manifests/manifest_set.h"
#include "manifests/source/source.h"
#include "reconciler/controller/gather.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

class ChangeGathering {
 public:
  // REQUIRES: source, store and base outlive it.
  ChangeGathering(manifests::Source& source, StateStore& store,
                  const BaseRecord& base, const manifests::LoadOptions& options,
                  manifests::DesiredState loaded)
      : source_(source),
        store_(store),
        base_(base),
        options_(options),
        owner_(loaded.repository.name),
        base_state_(std::move(loaded)) {}

  // Once. Nothing: this way can't tell.
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
  const engine::LiveResource* Row(const ResourceId& id) const;
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
  std::map<ResourceId, engine::LiveResource> rows_;
  std::set<engine::LiveReference> references_;
  std::vector<engine::Snapshot::History> histories_;
};

}  // namespace writ::reconciler
