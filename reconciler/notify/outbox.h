// What notifications need of events.db: events behind the cursor, open groups,
// deliveries, attempts, how destinations do. Evaluation commits in one
// transaction what it made of events together with the cursor, so that an event
// is evaluated exactly once as far as the database can see, and what is done
// again after a crash is the same rows by the same ids.
//
// One thread; blocks on disk. Errors: those of events.db.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/notify/delivery.h"
#include "engine/notify/grouping.h"
#include "engine/notify/rule_set.h"
#include "reconciler/events/event_database.h"
#include "reconciler/notify/message.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// One message to one destination.
struct OutboxDelivery {
  engine::DeliveryStanding standing;
  std::string notification;
  std::string destination;  // an address
  bool critical = false;
  Timestamp created_at;
  std::optional<Timestamp> settled_at;
  std::string reason;  // of a dead letter
  std::string rule;    // an address; where List gave it
};

struct DeliveryAttempt {
  Timestamp at;
  std::string outcome;
  int status = 0;
  std::int64_t duration_ms = 0;
  std::string response;  // its beginning, without secrets
};

// A destination's health, and the spec that it speaks of.
struct StoredHealth {
  engine::EndpointHealth health;
  std::string spec;  // digest in hexadecimal
};

struct DeliveryFilter {
  std::optional<engine::DeliveryState> state;
  std::string destination;  // an address; empty: any
  std::string id;           // empty: any
  std::optional<Timestamp> since;
  int limit = 100;
  std::string app = {};   // the name; empty: any
  std::string rule = {};  // an address; empty: any
  // Only what stands behind this one in a list.
  struct After {
    Timestamp created_at;
    std::string id;
  };
  std::optional<After> after = {};
};

struct DeliveryTotals {
  std::int64_t pending = 0;
  std::int64_t delivered = 0;
  std::int64_t dead = 0;
};

struct ReplayResult {
  std::int64_t replayed = 0;
  // Dead letters of destinations that are switched off: left as they are.
  std::int64_t disabled = 0;
};

// A delivery's id: the same for the same notification and destination.
std::string DeliveryIdOf(const std::string& notification,
                         const std::string& destination);

class Outbox {
 public:
  // REQUIRES: a connection of this thread that outlives the outbox.
  explicit Outbox(Database& database) : database_(database) {}

  // --- evaluation
  // The next events in the order of their arrival, `limit` looked at. What the
  // rules can't fire on is counted and not read; where there is no rule, nobody
  // looks: the cursor is the newest event's.
  struct EventPage {
    std::int64_t cursor = 0;  // of the last one looked at; 0: there was none
    int looked_at = 0;
    std::vector<engine::NotifyEvent> events;
  };
  Result<EventPage> NextEvents(int limit, const engine::RuleSet& rules);
  Result<std::vector<engine::Group>> ReadGroups();

  struct Evaluated {
    std::int64_t cursor = 0;  // 0: it stays
    std::vector<Message> messages;
    // Changed ones; those that the grouping doesn't know any more go.
    std::set<std::string> groups;
    const engine::Grouping* grouping = nullptr;
    Timestamp now;
  };
  // In one transaction. Addresses of the destinations that got something.
  Result<std::set<std::string>> Commit(const Evaluated& evaluated);

  // --- delivery
  // Where something is pending.
  Result<std::vector<std::string>> PendingDestinations();
  // The next that is due, critical ones first.
  Result<std::optional<OutboxDelivery>> FindDue(const std::string& destination,
                                                Timestamp now);
  Result<std::optional<Timestamp>> NextDue(const std::string& destination);
  Result<Message> ReadMessage(const std::string& notification);
  Result<std::optional<StoredHealth>> ReadHealth(
      const std::string& destination);
  Status WriteHealth(const std::string& destination,
                     const StoredHealth& stored);
  // The attempt, and what follows from it, in one transaction. Where the
  // destination is switched off by it, its pending ones become dead letters.
  Status Record(const OutboxDelivery& delivery, const DeliveryAttempt& attempt,
                const StoredHealth& health);
  // Everything pending there becomes a dead letter.
  Status Abandon(const std::string& destination, const std::string& reason,
                 Timestamp now);
  // Forgets what was created before; pending ones stay.
  Status Prune(Timestamp delivered_before, Timestamp dead_before);
  // Moves when another connection has written.
  Result<std::int64_t> DataVersion();

  // --- for people
  // Newest first.
  Result<std::vector<OutboxDelivery>> List(const DeliveryFilter& filter);
  // Of an app, whatever else the filter says.
  Result<DeliveryTotals> Totals(const std::string& app);
  // When something arrived there last.
  Result<std::optional<Timestamp>> LastDelivered(
      const std::string& destination);
  Result<std::vector<DeliveryAttempt>> Attempts(const std::string& delivery);
  // Dead letters become pending again, with all attempts before them; delivered
  // ones too where `id` names one. `enable` switches destinations on.
  Result<ReplayResult> Replay(const DeliveryFilter& filter, bool enable,
                              Timestamp now);

 private:
  void PutMessage(const Message& message, Timestamp now,
                  std::set<std::string>& destinations);
  void PutGroups(const Evaluated& evaluated);
  void PutHealth(const std::string& destination, const StoredHealth& stored);
  void Kill(const std::string& destination, const std::string& reason,
            Timestamp now);

  Database& database_;
};

}  // namespace writ::reconciler
