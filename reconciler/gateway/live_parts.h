// What a gateway serves of one state: who asks (access/), opened and wired
// together. Whoever opens it has read the master key.
//
// Open and Stop belong to one thread; Stop comes after the server's.
#pragma once

#include <memory>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/live_credentials.h"
#include "reconciler/gateway/gateway.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

class LiveParts {
 public:
  // The clock outlives it. Errors: those of the parts and of KeyRing.
  static Result<std::unique_ptr<LiveParts>> Open(StateStore& store,
                                                 KeyRing keys,
                                                 const Clock& clock);

  GatewayParts Parts();

 private:
  LiveParts(KeyRing keys, const Clock& clock)
      : keys_(std::move(keys)), clock_(clock) {}

  const KeyRing keys_;
  const Clock& clock_;
  std::unique_ptr<LiveCredentials> credentials_;
};

}  // namespace writ::reconciler::gateway
