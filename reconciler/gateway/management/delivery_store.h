// Notifications on their way, of an app: what became of each, sending dead
// letters again, and one to try a destination with. All of it through the
// outbox, so that a test takes the way that every notification takes.
//
// Belongs to one thread, the store's. Errors: see management_scope.h; those of
// events.db.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/http.h"
#include "reconciler/gateway/management/management_scope.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

class DeliveryStore {
 public:
  // All outlive it.
  DeliveryStore(StateStore& store, const Clock& clock, Random& random)
      : store_(store), clock_(clock), random_(random), scope_(store, clock) {}

  // {items, nextCursor, summary}, newest first. Parameters: ruleId,
  // destinationId, status (pending, delivered, failed), limit, cursor.
  Result<Value> List(const Principal& caller, const HttpRequest& request);
  // The failed ones of them.
  Result<Value> ListDead(const Principal& caller, const HttpRequest& request);
  // {replayed, disabled}. Of the body: ids, destinationId, enable; all may be
  // missing.
  Result<Value> Replay(const Principal& caller, const std::string& app,
                       const Value& body);
  // {status, message, deliveryId}: a notification to that destination alone is
  // on its way. kConflict where it is switched off.
  Result<Value> Test(const Principal& caller, const std::string& app,
                     const std::string& destination);

 private:
  using Row = engine::LiveResource;

  Result<Value> ListBy(const Principal& caller, const HttpRequest& request,
                       std::optional<engine::DeliveryState> only);
  Status TakeParameter(const Row& app, const std::string& name,
                       const std::string& value, DeliveryFilter& filter);
  Result<Value> ToValue(Outbox& outbox, const OutboxDelivery& delivery);
  Status AuditTest(const Principal& caller, const std::string& address);
  // events.db, opened when it is asked for first.
  Result<Outbox*> Events();

  StateStore& store_;
  const Clock& clock_;
  Random& random_;
  ManagementScope scope_;
  std::unique_ptr<Database> database_;
  std::optional<Outbox> outbox_;
};

}  // namespace writ::reconciler::gateway
