// Remote state (docs/gateway.md): a runner with nothing but a client secret
// reads what plans read. Errors are problem documents.
//
// What touches the state runs on threads of its own, reads and writes apart.
// Safe from any thread; authenticator, uses and what the options name outlive
// it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct RemoteStateOptions {
  std::string folder;
  const Clock* clock = nullptr;
};

class RemoteState {
 public:
  // `uses` may be null. Errors: those of the store.
  static Result<std::unique_ptr<RemoteState>> Open(
      const RemoteStateOptions& options, Authenticator& authenticator,
      UseSink* uses);
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
