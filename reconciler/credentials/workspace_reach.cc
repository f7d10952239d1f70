#include "reconciler/credentials/workspace_reach.h"

#include <span>
#include <string_view>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr std::string_view kWorkspaceKind = "Workspace";
constexpr std::string_view kStateKind = "State";

}  // namespace

bool OpensWholeState(const CredentialRights& rights) {
  return rights.parent.kind() == kStateKind;
}

Result<WorkspaceReach> WorkspaceReach::Read(StateStore& store,
                                            const CredentialRights& rights) {
  WorkspaceReach reach(store);
  const auto workspaces = TRY(store.ReadKind(std::string(kWorkspaceKind)));
  reach.is_whole_ = OpensWholeState(rights) || workspaces.size() <= 1;
  for (const engine::LiveResource& workspace : workspaces) {
    if (workspace.uid == rights.parent_uid) reach.workspace_ = workspace.id;
  }
  return reach;
}

Result<ResourceId> WorkspaceReach::WorkspaceOf(const ResourceId& id) {
  if (id.empty() || id.kind() == kWorkspaceKind) return id;
  if (const auto known = known_.find(id); known != known_.end()) {
    return known->second;
  }
  const auto rows = TRY(store_->ReadResources(std::span(&id, 1)));
  // Parents are three deep at most.
  ResourceId workspace;
  if (!rows.empty()) workspace = TRY(WorkspaceOf(rows.front().parent));
  known_[id] = workspace;
  return workspace;
}

Result<bool> WorkspaceReach::Holds(const ResourceId& id) {
  if (is_whole_) return true;
  const ResourceId workspace = TRY(WorkspaceOf(id));
  return !workspace.empty() && workspace == workspace_;
}

}  // namespace writ::reconciler
