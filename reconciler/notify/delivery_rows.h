// Rows of deliveries in events.db.
#pragma once

#include "engine/notify/delivery.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/store/database.h"

namespace writ::reconciler {

// Of a row that begins with id, notification, destination, critical, state,
// attempts, due_at, created_at, settled_at, reason.
inline OutboxDelivery DeliveryAt(const Query& row) {
  OutboxDelivery delivery;
  delivery.standing.id = row.Text(0);
  delivery.notification = row.Text(1);
  delivery.destination = row.Text(2);
  delivery.critical = row.Boolean(3);
  delivery.standing.state = static_cast<engine::DeliveryState>(row.Integer(4));
  delivery.standing.attempts = static_cast<int>(row.Integer(5));
  delivery.standing.due = row.Time(6);
  delivery.created_at = row.Time(7);
  delivery.settled_at = row.OptionalTime(8);
  delivery.reason = row.Text(9);
  return delivery;
}

}  // namespace writ::reconciler
