#include "reconciler/gateway/access/live_routes.h"

#include <utility>

#include "reconciler/store/state_store.h"

namespace writ::reconciler::gateway {

const RouteTable* LiveRoutes::Of(std::uint64_t revision) {
  const Compiled* compiled = compiled_.Get();
  if (compiled != nullptr && compiled->revision >= revision) {
    return &compiled->table;
  }
  const std::scoped_lock lock(mutex_);
  compiled = compiled_.Get();
  if (compiled == nullptr || compiled->revision < revision) {
    auto table = Read();
    if (!table) return nullptr;
    compiled_.Set(std::make_shared<const Compiled>(
        Compiled{revision, *std::move(table)}));
    compiled = compiled_.Get();
  }
  return &compiled->table;
}

// Opened anew: what has the name by now may be another state.
Result<RouteTable> LiveRoutes::Read() const {
  OpenOptions options;
  options.folder = folder_;
  options.clock = &clock_;
  const auto store = TRY(StateStore::Open(options));
  TRY(store->BeginRead());
  const auto workspaces = store->ReadKind("Workspace");
  const auto routes = store->ReadKind("ApiRoute");
  store->EndRead();
  TRY(workspaces);
  TRY(routes);
  return RouteTable::Compile(*workspaces, *routes);
}

}  // namespace writ::reconciler::gateway
