// What all of management has in common: the caller's workspace, the apps in it
// and what belongs to them, and who may change it. What is of another workspace
// isn't there; what git declares is refused with the file and line that own it,
// unless its app allows managementWrites.
//
// Belongs to one thread, the store's. Blocks on disk. Errors: kInvalidArgument,
// kNotFound, kConflict, and those of the store.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/store/state_store.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/resource.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

class ManagementScope {
 public:
  // Both outlive it.
  ManagementScope(StateStore& store, const Clock& clock)
      : store_(store), clock_(clock) {}

  Result<engine::LiveResource> FindWorkspace(const Principal& caller);
  // `app` is a name, a slug or a uid.
  Result<engine::LiveResource> FindApp(const Principal& caller,
                                       const std::string& app);
  // Of a kind; of any where it is empty. In address order.
  Result<std::vector<ResourceId>> ChildrenOf(const ResourceId& parent,
                                             const std::string& kind);
  // By name or uid. `what` is what an error calls it.
  Result<engine::LiveResource> FindChild(const ResourceId& parent,
                                         const std::string& kind,
                                         const std::string& name,
                                         const char* what);

  // kConflict, naming the place, where a manifest declares it and the app
  // doesn't allow writes.
  Status MayChange(const engine::LiveResource& app, const ResourceId& id);
  Status Create(const ResourceId& id, Value spec, const std::string& action,
                const Author& author);
  // REQUIRES: MayChange.
  Status Replace(const engine::LiveResource& app, const ResourceId& id,
                 Value spec, const std::string& action, const Author& author);
  Status Remove(const ResourceId& id, const std::string& action,
                const Author& author);

  Author AuthorOf(const Principal& caller) const;

 private:
  Result<bool> AllowsWrites(const engine::LiveResource& app);

  StateStore& store_;
  const Clock& clock_;
};

tl::unexpected<Error> NoSuch(const char* what);

// "Order Service" → "order-service" (S-15).
std::string SlugOf(std::string_view name);

// Refuses what the product's API doesn't know, so that no typing mistake is
// taken for a wish.
Status CheckKeys(const Value& body, std::span<const std::string_view> known);
// kInvalidArgument where it isn't there, is empty or no text.
Result<std::string> TextAt(const Value& body, std::string_view key);
void CopyIfThere(const Value& from, std::string_view key, Value& to);

}  // namespace writ::reconciler::gateway
