#include "reconciler/gateway/live_parts.h"

#include <utility>

namespace writ::reconciler::gateway {

Result<std::unique_ptr<LiveParts>> LiveParts::Open(StateStore& store,
                                                   KeyRing keys,
                                                   const Clock& clock) {
  KeyRing for_access = TRY(keys.Refreshed(store.secrets()));
  std::unique_ptr<LiveParts> parts(new LiveParts(std::move(keys), clock));
  LiveCredentialsOptions access;
  access.folder = store.folder();
  access.clock = &clock;
  parts->credentials_ =
      TRY(LiveCredentials::Open(access, std::move(for_access)));
  return parts;
}

GatewayParts LiveParts::Parts() {
  return {*credentials_, keys_, clock_, {}, {}};
}

}  // namespace writ::reconciler::gateway
