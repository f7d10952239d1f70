// One group of requests in one transaction: what event_store.h says of ids,
// keys and retention, without queue or thread. Calls throw SQLite::Exception.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/events/event_ids.h"
#include "reconciler/events/event_records.h"
#include "reconciler/store/database.h"

namespace writ::reconciler {

class EventTransactions {
 public:
  EventTransactions(Database& database, EventIds& ids)
      : database_(database), ids_(ids) {}

  void Begin(Timestamp now);
  void Append(NewBatch batch);
  // What came of each batch, in the order of Append.
  std::vector<Appended> Commit();
  // Also where none is open.
  void Rollback();

  // A transaction of its own.
  std::int64_t Purge(const RetentionPlan& plan);

 private:
  // The key's verdict; kStored where the batch has to be stored.
  AppendVerdict CheckKey(const IdempotencyKey& key, Appended& appended);
  void KeepKey(const IdempotencyKey& key, const Appended& appended);
  std::int64_t& KeysOf(const std::string& credential);
  Appended Take(NewBatch batch);
  // What has its own id already, of the app.
  std::optional<StoredEvent> FindFirst(const NewEvent& event);
  StoredEvent Number(NewEvent event);
  // Before anything looks for events.
  void WriteRows();
  std::int64_t PurgeEvents(const RetentionPlan& plan);
  void PurgeKeys(Timestamp now);
  void PurgeDeadLetters(Timestamp now);
  std::int64_t LastEvaluated();

  Database& database_;
  EventIds& ids_;
  Timestamp now_;
  std::int64_t sequence_ = 0;
  std::vector<Appended> appended_;
  std::vector<const StoredEvent*> unwritten_;  // of appended_
  std::map<std::string, AppTotal> added_;      // by app_uid
  // Of this transaction's credentials; a look at the table costs its size.
  std::map<std::string, std::int64_t> keys_;
  std::int64_t purged_up_to_ = 0;
};

}  // namespace writ::reconciler
