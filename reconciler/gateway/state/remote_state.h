// Remote state (docs/gateway.md): a runner with nothing but a client secret
// reads what plans read, has a plan made again, has it applied, and has
// commands carried out. Errors are problem documents.
//
// What touches the state runs on threads of its own: reads, plans and applies
// wait for their like alone. Safe from any thread; authenticator, uses, keys,
// commands and what the options name outlive it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/state/plan_service.h"
#include "reconciler/gateway/state/state_commands.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

class RemoteState {
 public:
  // `uses` and `commands` may be null. Errors: those of the store.
  static Result<std::unique_ptr<RemoteState>> Open(
      const PlanServiceOptions& options, const KeyRing& keys,
      StateCommands* commands, Authenticator& authenticator, UseSink* uses);
  ~RemoteState();
  RemoteState(const RemoteState&) = delete;
  RemoteState& operator=(const RemoteState&) = delete;

  // Live as long as this does.
  std::vector<Route> routes();

 private:
  struct Parts;
  explicit RemoteState(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace writ::reconciler::gateway
