// Deliveries for people: listed, counted, replayed.
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
namespace {

using engine::DeliveryState;

// What the addresses of an app's destinations lie between; '0' follows '/'.
std::pair<std::string, std::string> AddressesOf(const std::string& app) {
  if (app.empty()) return {};
  return {"Destination/" + app + "/", "Destination/" + app + "0"};
}

}  // namespace

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
