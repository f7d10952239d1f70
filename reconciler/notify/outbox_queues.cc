// A destination's queue: what is due, what came of it, how the destination
// does.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/notify/delivery_rows.h"
#include "reconciler/notify/outbox.h"
#include "reconciler/notify/write_scope.h"
#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {

Result<std::vector<std::string>> Outbox::PendingDestinations() {
  return Guarded("reading queues", [&]() -> Result<std::vector<std::string>> {
    // From one destination to the next in the index, never over its rows.
    std::vector<std::string> names;
    std::string last;
    while (true) {
      Query row = database_.Prepare(
          "SELECT destination FROM deliveries WHERE state = 0 AND destination "
          "> ? ORDER BY destination LIMIT 1");
      row.Bind(last);
      if (!row.Step()) return names;
      names.push_back(row.Text(0));
      last = names.back();
    }
  });
}

Result<std::optional<OutboxDelivery>> Outbox::FindDue(
    const std::string& destination, Timestamp now) {
  return Guarded(
      "reading a queue", [&]() -> Result<std::optional<OutboxDelivery>> {
        static constexpr const char* kSql =
            "SELECT id, notification, destination, critical, state, attempts, "
            "due_at, created_at, settled_at, reason FROM deliveries WHERE "
            "state = "
            "0 AND destination = ? AND critical = ? AND due_at <= ? ORDER BY "
            "due_at, id LIMIT 1";
        for (const bool critical : {true, false}) {
          Query row = database_.Prepare(kSql);
          row.Bind(destination).Bind(critical).Bind(now);
          if (row.Step()) return std::optional(DeliveryAt(row));
        }
        return std::nullopt;
      });
}

Result<std::optional<Timestamp>> Outbox::NextDue(
    const std::string& destination) {
  return Guarded("reading a queue", [&]() -> Result<std::optional<Timestamp>> {
    std::optional<Timestamp> next;
    for (const bool critical : {true, false}) {
      Query row = database_.Prepare(
          "SELECT due_at FROM deliveries WHERE state = 0 AND destination = ? "
          "AND critical = ? ORDER BY due_at LIMIT 1");
      row.Bind(destination).Bind(critical);
      if (row.Step() && (!next || row.Time(0) < *next)) next = row.Time(0);
    }
    return next;
  });
}

Result<Message> Outbox::ReadMessage(const std::string& notification) {
  return Guarded("reading a notification", [&]() -> Result<Message> {
    Query row =
        database_.Prepare("SELECT message FROM notifications WHERE id = ?");
    row.Bind(notification);
    if (!row.Step()) {
      return Fail(ErrorCode::kNotFound, "there is no " + notification);
    }
    return MessageFromJson(row.View(0));
  });
}

Result<std::optional<StoredHealth>> Outbox::ReadHealth(
    const std::string& destination) {
  return Guarded(
      "reading a destination's health",
      [&]() -> Result<std::optional<StoredHealth>> {
        Query row = database_.Prepare(
            "SELECT failing_since, last_counted, counted, wait_until, "
            "disabled, spec FROM destination_health WHERE destination = ?");
        row.Bind(destination);
        if (!row.Step()) return std::nullopt;
        StoredHealth stored;
        stored.health.failing_since = row.OptionalTime(0);
        stored.health.last_counted = row.OptionalTime(1);
        stored.health.counted = static_cast<int>(row.Integer(2));
        stored.health.wait_until = row.OptionalTime(3);
        stored.health.disabled = row.Text(4);
        stored.spec = row.Text(5);
        return std::optional(std::move(stored));
      });
}

void Outbox::PutHealth(const std::string& destination,
                       const StoredHealth& stored) {
  const engine::EndpointHealth& health = stored.health;
  database_
      .Prepare(
          "INSERT INTO destination_health (destination, failing_since, "
          "last_counted, counted, wait_until, disabled, spec) VALUES (?, "
          "?, ?, ?, ?, ?, ?) ON CONFLICT (destination) DO UPDATE SET "
          "failing_since = excluded.failing_since, last_counted = "
          "excluded.last_counted, counted = excluded.counted, wait_until "
          "= excluded.wait_until, disabled = excluded.disabled, spec = "
          "excluded.spec")
      .Bind(destination)
      .Bind(health.failing_since)
      .Bind(health.last_counted)
      .Bind(std::int64_t{health.counted})
      .Bind(health.wait_until)
      .Bind(health.disabled)
      .Bind(stored.spec)
      .Run();
}

Status Outbox::WriteHealth(const std::string& destination,
                           const StoredHealth& stored) {
  return Guarded("keeping a destination's health", [&]() -> Status {
    WriteScope transaction(database_);
    PutHealth(destination, stored);
    transaction.Commit();
    return {};
  });
}

void Outbox::Kill(const std::string& destination, const std::string& reason,
                  Timestamp now) {
  database_
      .Prepare(
          "UPDATE deliveries SET state = 2, settled_at = ?, reason = ? "
          "WHERE destination = ? AND state = 0")
      .Bind(now)
      .Bind(reason)
      .Bind(destination)
      .Run();
}

Status Outbox::Abandon(const std::string& destination,
                       const std::string& reason, Timestamp now) {
  return Guarded("ending a queue", [&]() -> Status {
    WriteScope transaction(database_);
    Kill(destination, reason, now);
    transaction.Commit();
    return {};
  });
}

Status Outbox::Record(const OutboxDelivery& delivery,
                      const DeliveryAttempt& attempt,
                      const StoredHealth& health) {
  return Guarded("keeping an attempt", [&]() -> Status {
    const engine::DeliveryStanding& standing = delivery.standing;
    WriteScope transaction(database_);
    database_
        .Prepare(
            "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, "
            "settled_at = ?, reason = ? WHERE id = ?")
        .Bind(static_cast<std::int64_t>(standing.state))
        .Bind(std::int64_t{standing.attempts})
        .Bind(standing.due)
        .Bind(delivery.settled_at)
        .Bind(delivery.reason)
        .Bind(standing.id)
        .Run();
    database_
        .Prepare(
            "INSERT INTO delivery_attempts (delivery, at, outcome, "
            "status, duration_ms, response) VALUES (?, ?, ?, ?, ?, ?)")
        .Bind(standing.id)
        .Bind(attempt.at)
        .Bind(attempt.outcome)
        .Bind(std::int64_t{attempt.status})
        .Bind(attempt.duration_ms)
        .Bind(attempt.response)
        .Run();
    PutHealth(delivery.destination, health);
    if (!health.health.disabled.empty()) {
      Kill(delivery.destination, "switched off: " + health.health.disabled,
           attempt.at);
    }
    transaction.Commit();
    return {};
  });
}

Status Outbox::Prune(Timestamp delivered_before, Timestamp dead_before) {
  return Guarded("forgetting old deliveries", [&]() -> Status {
    WriteScope transaction(database_);
    database_
        .Prepare("DELETE FROM deliveries WHERE created_at < ? AND state = 1")
        .Bind(delivered_before)
        .Run();
    database_
        .Prepare("DELETE FROM deliveries WHERE created_at < ? AND state = 2")
        .Bind(dead_before)
        .Run();
    database_
        .Prepare(
            "DELETE FROM notifications WHERE created_at < ? AND NOT "
            "EXISTS (SELECT 1 FROM deliveries WHERE "
            "deliveries.notification = notifications.id)")
        .Bind(delivered_before)
        .Run();
    transaction.Commit();
    return {};
  });
}

}  // namespace writ::reconciler
