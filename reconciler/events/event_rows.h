// Events as rows. Calls throw SQLite::Exception (reconciler/store/database.h).
#pragma once

#include <optional>
#include <span>
#include <string>

#include "reconciler/events/event_records.h"
#include "reconciler/store/database.h"

namespace writ::reconciler {

// The columns of a StoredEvent, as every SELECT here names them.
#define WRIT_EVENT_COLUMNS                                        \
  "sequence, id, app, app_uid, event, level, customer_id, data, " \
  "metadata, timestamp, ingested_at, schema_generation, own_id"

StoredEvent ReadEventRow(const Query& query);
// A statement's beginning and end cost as much as a row of it: so many go
// together, the rest one by one.
inline constexpr std::size_t kRowsAtOnce = 16;
void InsertEventRows(Database& database,
                     std::span<const StoredEvent* const> events);
std::optional<StoredEvent> FindEvent(Database& database, const std::string& id);
std::optional<StoredEvent> FindEventByOwnId(Database& database,
                                            const std::string& app_uid,
                                            const std::string& own_id);

// The last sequence that was given away; REQUIRES: inside a transaction.
std::int64_t LastSequence(Database& database);
void SetLastSequence(Database& database, std::int64_t sequence);

// Adds to an app's total; `last_at` moves only forward.
void AddToTotal(Database& database, const AppTotal& added);

// Keeps a dead letter, or counts it again; drops the app's oldest beyond
// kMaxDeadLetters.
void KeepDeadLetter(Database& database, const NewDeadLetter& letter,
                    Timestamp now);
// False where it is gone already.
bool DropDeadLetter(Database& database, std::int64_t id);

}  // namespace writ::reconciler
