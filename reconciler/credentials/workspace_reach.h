// How far a client secret reaches. In a state with one workspace it has full
// account access (S-01); once the state holds more than one, it reaches what
// belongs to its own: the workspace, and what has it as parent or ancestor.
// What belongs to none (policies, say) is the state's, and so is another
// workspace. The state's own secret (Token/state/first) reaches everything.
//
// A snapshot of the workspaces that are live, and a memory of what was asked.
// Belongs to the store's thread; blocks on disk. Errors: those of the store.
#pragma once

#include <map>

#include "reconciler/credentials/rights.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

// Whether these are the rights of the state's own secret.
bool OpensWholeState(const CredentialRights& rights);

class WorkspaceReach {
 public:
  // The store outlives it.
  static Result<WorkspaceReach> Read(StateStore& store,
                                     const CredentialRights& rights);

  bool is_whole() const { return is_whole_; }
  // Its own, where it isn't whole; empty where that isn't live any more.
  const ResourceId& workspace() const { return workspace_; }

  // Of something live; empty: it isn't there, or belongs to none.
  Result<ResourceId> WorkspaceOf(const ResourceId& id);
  // False too for what isn't there.
  Result<bool> Holds(const ResourceId& id);

 private:
  explicit WorkspaceReach(StateStore& store) : store_(&store) {}

  StateStore* store_;
  bool is_whole_ = false;
  ResourceId workspace_;
  std::map<ResourceId, ResourceId> known_;
};

}  // namespace writ::reconciler
