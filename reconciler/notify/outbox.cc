#include "reconciler/notify/outbox.h"

#include "reconciler/notify/write_scope.h"
#include "reconciler/store/sqlite_error.h"
#include "schema/digest.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using engine::DeliveryState;

// A destination's queue; what comes beyond is a dead letter at once (T-20).
constexpr std::int64_t kMaxPending = 100'000;

constexpr char kLookedAt[] = "SELECT sequence FROM notify_cursor WHERE id = 1";
constexpr char kNewest[] = "SELECT sequence FROM meta WHERE id = 1";

Value ParsedMap(std::string_view json) {
  auto value = ParseJson(json);
  return value && value->IsMap() ? *std::move(value) : Value(Value::Map{});
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
    if (rules.rules().empty()) {  // nobody has to look
      const std::int64_t newest = database_.Integer(kNewest);
      if (newest == database_.Integer(kLookedAt)) return page;
      page.cursor = newest;
      page.looked_at = 1;
      return page;
    }
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

Result<std::int64_t> Outbox::DataVersion() {
  return Guarded("reading the version", [&]() -> Result<std::int64_t> {
    return database_.Integer("PRAGMA data_version");
  });
}

}  // namespace writ::reconciler
