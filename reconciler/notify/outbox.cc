#include "reconciler/notify/outbox.h"

#include "reconciler/store/sqlite_error.h"
#include "schema/digest.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::DeliveryState;

// A destination's queue; what comes beyond is a dead letter at once (T-20).
constexpr std::int64_t kMaxPending = 100'000;

OutboxDelivery DeliveryAt(const Query& row) {
  OutboxDelivery delivery;
  delivery.standing.id = row.Text(0);
  delivery.notification = row.Text(1);
  delivery.destination = row.Text(2);
  delivery.critical = row.Boolean(3);
  delivery.standing.state = static_cast<DeliveryState>(row.Integer(4));
  delivery.standing.attempts = static_cast<int>(row.Integer(5));
  delivery.standing.due = row.Time(6);
  delivery.created_at = row.Time(7);
  delivery.settled_at = row.OptionalTime(8);
  delivery.reason = row.Text(9);
  return delivery;
}

// A transaction that writes, taken at once so that it never has to be given up
// later; undone where it isn't committed.
class WriteScope {
 public:
  explicit WriteScope(Database& database) : database_(database) {
    database_.Execute("BEGIN IMMEDIATE");
  }
  ~WriteScope() {
    if (database_.InTransaction()) database_.sqlite().tryExec("ROLLBACK");
  }
  WriteScope(const WriteScope&) = delete;
  WriteScope& operator=(const WriteScope&) = delete;
  void Commit() { database_.Execute("COMMIT"); }

 private:
  Database& database_;
};

Value ParsedMap(std::string_view json) {
  auto value = ParseJson(json);
  return value && value->IsMap() ? *std::move(value) : Value(Value::Map{});
}

// What the addresses of an app's destinations lie between; '0' follows '/'.
std::pair<std::string, std::string> AddressesOf(const std::string& app) {
  if (app.empty()) return {};
  return {"Destination/" + app + "/", "Destination/" + app + "0"};
}

}  // namespace

std::string DeliveryIdOf(const std::string& notification,
                         const std::string& destination) {
  Sha256Stream stream;
  stream.UpdateFramed(notification);
  stream.UpdateFramed(destination);
  return "dlv_" + stream.Finish().Hex().substr(0, 32);
}

Result<Outbox::EventPage> Outbox::NextEvents(int limit,
                                             const engine::RuleSet& rules) {
  return Guarded("reading events", [&]() -> Result<EventPage> {
    EventPage page;
    Query row = database_.Prepare(
        "SELECT sequence, id, app, event, level, customer_id, data, metadata, "
        "timestamp, ingested_at FROM events WHERE sequence > (SELECT sequence "
        "FROM notify_cursor WHERE id = 1) ORDER BY sequence LIMIT ?");
    row.Bind(std::int64_t{limit});
    while (row.Step()) {
      page.cursor = row.Integer(0);
      ++page.looked_at;
      if (!rules.MayMatch(row.View(2), row.View(3))) continue;
      engine::NotifyEvent event;
      event.id = row.Text(1);
      event.app = row.Text(2);
      event.event = row.Text(3);
      event.level = row.Text(4);
      if (!row.IsNull(5)) event.customer_id = row.Text(5);
      event.data = ParsedMap(row.View(6));
      event.metadata = ParsedMap(row.View(7));
      event.at = row.Time(8);
      event.taken_at = row.Time(9);
      page.events.push_back(std::move(event));
    }
    return page;
  });
}

Result<std::vector<engine::Group>> Outbox::ReadGroups() {
  return Guarded("reading groups", [&]() -> Result<std::vector<engine::Group>> {
    std::vector<engine::Group> groups;
    Query row =
        database_.Prepare("SELECT record FROM notify_groups ORDER BY id");
    while (row.Step()) {
      groups.push_back(TRY(GroupFromJson(row.View(0))));
    }
    return groups;
  });
}

void Outbox::PutMessage(const Message& message, Timestamp now,
                        std::set<std::string>& destinations) {
  const std::string rule = message.rule.address();
  const std::string json = MessageToJson(message);
  database_
      .Prepare(
          "INSERT INTO notifications (id, rule, message, created_at) "
          "VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .Bind(message.id)
      .Bind(rule)
      .Bind(json)
      .Bind(now)
      .Run();
  for (const std::string& name : message.destinations) {
    const std::string destination =
        ResourceId("Destination", message.rule.parent(), name).address();
    Query pending = database_.Prepare(
        "SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE destination = ? "
        "AND state = 0 LIMIT ?)");
    pending.Bind(destination).Bind(kMaxPending);
    const bool full = pending.Step() && pending.Integer(0) >= kMaxPending;
    const std::string id = DeliveryIdOf(message.id, destination);
    const std::string reason = full ? "its queue was full" : "";
    const auto state = full ? DeliveryState::kDead : DeliveryState::kPending;
    database_
        .Prepare(
            "INSERT INTO deliveries (id, notification, destination, "
            "critical, state, attempts, due_at, created_at, settled_at, "
            "reason) VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT DO "
            "NOTHING")
        .Bind(id)
        .Bind(message.id)
        .Bind(destination)
        .Bind(message.critical)
        .Bind(static_cast<std::int64_t>(state))
        .Bind(now)
        .Bind(now)
        .Bind(full ? std::optional<Timestamp>(now) : std::nullopt)
        .Bind(reason)
        .Run();
    destinations.insert(destination);
  }
}

void Outbox::PutGroups(const Evaluated& evaluated) {
  for (const std::string& id : evaluated.groups) {
    const engine::Group* group = evaluated.grouping->Find(id);
    if (group == nullptr) {
      database_.Prepare("DELETE FROM notify_groups WHERE id = ?")
          .Bind(id)
          .Run();
      continue;
    }
    const std::string record = GroupToJson(*group);
    database_
        .Prepare(
            "INSERT INTO notify_groups (id, record) VALUES (?, ?) ON "
            "CONFLICT (id) DO UPDATE SET record = excluded.record")
        .Bind(id)
        .Bind(record)
        .Run();
  }
}

Result<std::set<std::string>> Outbox::Commit(const Evaluated& evaluated) {
  return Guarded(
      "keeping notifications", [&]() -> Result<std::set<std::string>> {
        std::set<std::string> destinations;
        WriteScope transaction(database_);
        for (const Message& message : evaluated.messages) {
          PutMessage(message, evaluated.now, destinations);
        }
        PutGroups(evaluated);
        if (evaluated.cursor > 0) {
          database_
              .Prepare("UPDATE notify_cursor SET sequence = ? WHERE id = 1")
              .Bind(evaluated.cursor)
              .Run();
        }
        transaction.Commit();
        return destinations;
      });
}

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

Result<std::int64_t> Outbox::DataVersion() {
  return Guarded("reading the version", [&]() -> Result<std::int64_t> {
    return database_.Integer("PRAGMA data_version");
  });
}

Result<std::vector<OutboxDelivery>> Outbox::List(const DeliveryFilter& filter) {
  return Guarded(
      "reading deliveries", [&]() -> Result<std::vector<OutboxDelivery>> {
        Query row = database_.Prepare(
            "SELECT id, notification, destination, critical, state, attempts, "
            "due_at, created_at, settled_at, reason, (SELECT rule FROM "
            "notifications WHERE notifications.id = notification) AS told_by "
            "FROM deliveries WHERE (?1 < 0 OR state = ?1) AND (?2 = '' OR "
            "destination = ?2) AND (?3 = '' OR id = ?3) AND created_at >= ?4 "
            "AND (?6 = '' OR (destination > ?6 AND destination < ?7)) AND "
            "(?8 = '' OR told_by = ?8) AND (?9 = '' OR created_at < ?10 OR "
            "(created_at = ?10 AND id > ?9)) ORDER BY created_at DESC, id "
            "LIMIT ?5");
        const auto [first, last] = AddressesOf(filter.app);
        const auto after = filter.after.value_or(DeliveryFilter::After());
        row.Bind(filter.state ? static_cast<std::int64_t>(*filter.state)
                              : std::int64_t{-1})
            .Bind(filter.destination)
            .Bind(filter.id)
            .Bind(filter.since.value_or(Timestamp()))
            .Bind(std::int64_t{filter.limit})
            .Bind(first)
            .Bind(last)
            .Bind(filter.rule)
            .Bind(after.id)
            .Bind(after.created_at);
        std::vector<OutboxDelivery> deliveries;
        while (row.Step()) {
          deliveries.push_back(DeliveryAt(row));
          deliveries.back().rule = row.Text(10);
        }
        return deliveries;
      });
}

Result<DeliveryTotals> Outbox::Totals(const std::string& app) {
  return Guarded("counting deliveries", [&]() -> Result<DeliveryTotals> {
    Query row = database_.Prepare(
        "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE "
        "state = 1), count(*) FILTER (WHERE state = 2) FROM deliveries WHERE "
        "destination > ? AND destination < ?");
    const auto [first, last] = AddressesOf(app);
    row.Bind(first).Bind(last);
    if (!row.Step()) return DeliveryTotals();
    return DeliveryTotals{row.Integer(0), row.Integer(1), row.Integer(2)};
  });
}

Result<std::optional<Timestamp>> Outbox::LastDelivered(
    const std::string& destination) {
  return Guarded("reading deliveries",
                 [&]() -> Result<std::optional<Timestamp>> {
                   Query row = database_.Prepare(
                       "SELECT settled_at FROM deliveries WHERE destination = "
                       "? AND state = 1 ORDER BY settled_at DESC LIMIT 1");
                   row.Bind(destination);
                   if (!row.Step()) return std::optional<Timestamp>();
                   return row.OptionalTime(0);
                 });
}

Result<std::vector<DeliveryAttempt>> Outbox::Attempts(
    const std::string& delivery) {
  return Guarded("reading attempts",
                 [&]() -> Result<std::vector<DeliveryAttempt>> {
                   Query row = database_.Prepare(
                       "SELECT at, outcome, status, duration_ms, response FROM "
                       "delivery_attempts WHERE delivery = ? ORDER BY id");
                   row.Bind(delivery);
                   std::vector<DeliveryAttempt> attempts;
                   while (row.Step()) {
                     attempts.push_back({row.Time(0), row.Text(1),
                                         static_cast<int>(row.Integer(2)),
                                         row.Integer(3), row.Text(4)});
                   }
                   return attempts;
                 });
}

Result<ReplayResult> Outbox::Replay(const DeliveryFilter& filter, bool enable,
                                    Timestamp now) {
  auto found = TRY(List(filter));
  return Guarded("replaying deliveries", [&]() -> Result<ReplayResult> {
    ReplayResult result;
    WriteScope transaction(database_);
    for (const OutboxDelivery& delivery : found) {
      const bool wanted = delivery.standing.state == DeliveryState::kDead ||
                          (!filter.id.empty() && delivery.standing.state ==
                                                     DeliveryState::kDelivered);
      if (!wanted) continue;
      if (enable) {
        PutHealth(delivery.destination, {});
      } else {
        const auto stored = TRY(ReadHealth(delivery.destination));
        if (stored && !stored->health.disabled.empty()) {
          ++result.disabled;
          continue;
        }
      }
      database_
          .Prepare(
              "UPDATE deliveries SET state = 0, attempts = 0, due_at = ?, "
              "settled_at = NULL, reason = '' WHERE id = ?")
          .Bind(now)
          .Bind(delivery.standing.id)
          .Run();
      ++result.replayed;
    }
    transaction.Commit();
    return result;
  });
}

}  // namespace writ::reconciler
