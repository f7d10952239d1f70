// One group of requests in one transaction: what event_store.h says of ids,
// keys and retention, without queue or thread. Calls throw SQLite::Exception.
#pragma once

#include <cstdint>
#include <map>
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
  Appended Append(NewBatch batch);
  void Commit();
  // Also where none is open.
  void Rollback();

  // A transaction of its own.
  std::int64_t Purge(const RetentionPlan& plan);

 private:
  // The key's verdict; kStored where the batch has to be stored.
  AppendVerdict CheckKey(const IdempotencyKey& key, Appended& appended);
  void KeepKey(const IdempotencyKey& key, const Appended& appended);
  std::int64_t& KeysOf(const std::string& credential);
  StoredEvent Store(NewEvent event);
  std::int64_t PurgeEvents(const RetentionPlan& plan);
  void PurgeKeys(Timestamp now);
  void PurgeDeadLetters(Timestamp now);
  std::int64_t LastEvaluated();

  Database& database_;
  EventIds& ids_;
  Timestamp now_;
  std::int64_t sequence_ = 0;
  std::map<std::string, AppTotal> added_;  // by app_uid
  // Of this transaction's credentials; a look at the table costs its size.
  std::map<std::string, std::int64_t> keys_;
  std::int64_t purged_up_to_ = 0;
};

}  // namespace writ::reconciler
