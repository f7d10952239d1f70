// An apply by a gateway: sends what was planned, so that the gateway plans it
// again, has it applied, and tells what becomes of it as it happens.
//
// One thread; blocks until the gateway is done. A connection that is lost in
// between undoes nothing: the gateway goes on, and the next plan holds what is
// left.
#pragma once

#include <functional>
#include <optional>

#include "reconciler/applying/apply_run.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/remote/gateway_client.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct RemoteApply {
  // Where values of new tokens go; null: none are asked for.
  TokenSink* sink = nullptr;
  Duration lock_timeout{0};
  std::function<bool()> is_cancelled;
};

// Who holds the lease of the state there. Errors: those of the client, and
// kCorrupt.
Result<std::optional<LeaseRecord>> ReadLeaseAtGateway(GatewayClient& gateway);

// Errors: those of the client, and what the gateway's apply failed with
// (kStale, kLocked, kDenied, kUnsafe, …); kIo where the connection ended
// early. The watcher is told what a local apply would tell it.
Result<ApplyResult> ApplyAtGateway(GatewayClient& gateway, PlanRun& run,
                                   const PlanRequest& request,
                                   const RemoteApply& apply,
                                   const ApplyWatcher& watcher);

}  // namespace writ::reconciler
