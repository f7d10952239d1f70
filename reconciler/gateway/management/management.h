// Vela's management API (docs/gateway.md, "Management"): apps, their keys,
// event schemas, notification rules, destinations and deliveries, client
// secrets, by client secret.
//
// Whatever touches the state runs on a thread of its own, one after the other.
// Safe from any thread; authenticator, uses, clock and random outlive it.
#pragma once

#include <memory>
#include <vector>

#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/management/management_store.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

class Management {
 public:
  // `uses` may be null. Errors of ManagementStore::Open.
  static Result<std::unique_ptr<Management>> Open(
      const ManagementOptions& options, const KeyRing& keys,
      Authenticator& authenticator, UseSink* uses);
  ~Management();
  Management(const Management&) = delete;
  Management& operator=(const Management&) = delete;

  // Live as long as this does.
  std::vector<Route> routes();

 private:
  struct Parts;
  explicit Management(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace writ::reconciler::gateway
