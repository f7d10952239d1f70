#include "reconciler/events/event_transaction.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "reconciler/events/event_rows.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kPurgeRows = 2'000;
// How long past its retention an event waits for rules to look at it: where
// nobody looks any more, the disk still doesn't fill.
constexpr std::chrono::hours kWaitForRules{24 * 7};
constexpr char kIdSeparator = ',';

std::string JoinIds(const std::vector<StoredEvent>& events) {
  std::string ids;
  for (const StoredEvent& event : events) {
    if (!ids.empty()) ids += kIdSeparator;
    ids += event.id;
  }
  return ids;
}

std::vector<std::string> SplitIds(std::string_view ids) {
  std::vector<std::string> list;
  while (!ids.empty()) {
    const std::size_t end = std::min(ids.find(kIdSeparator), ids.size());
    list.emplace_back(ids.substr(0, end));
    ids.remove_prefix(std::min(end + 1, ids.size()));
  }
  return list;
}

Timestamp KeepFrom(const RetentionPlan& plan, const std::string& app_uid) {
  const auto found = plan.keep_from.find(app_uid);
  return found == plan.keep_from.end() ? plan.others_from : found->second;
}

Timestamp LatestOf(const RetentionPlan& plan) {
  Timestamp latest = plan.others_from;
  for (const auto& [app, from] : plan.keep_from) {
    latest = std::max(latest, from);
  }
  return latest;
}

}  // namespace

void EventTransactions::Begin(Timestamp now) {
  database_.Execute("BEGIN IMMEDIATE");
  now_ = now;
  added_.clear();
  sequence_ = LastSequence(database_);
}

std::vector<Appended> EventTransactions::Commit() {
  WriteRows();
  SetLastSequence(database_, sequence_);
  for (const auto& [uid, total] : added_) AddToTotal(database_, total);
  database_.Execute("COMMIT");
  return std::exchange(appended_, {});
}

void EventTransactions::Rollback() {
  if (database_.InTransaction()) database_.sqlite().tryExec("ROLLBACK");
  keys_.clear();
  unwritten_.clear();
  appended_.clear();
}

void EventTransactions::Append(NewBatch batch) {
  appended_.push_back(Take(std::move(batch)));
}

void EventTransactions::WriteRows() {
  InsertEventRows(database_, unwritten_);
  unwritten_.clear();
}

Appended EventTransactions::Take(NewBatch batch) {
  Appended appended;
  if (batch.key) {
    appended.verdict = CheckKey(*batch.key, appended);
    if (appended.verdict != AppendVerdict::kStored) return appended;
  }
  if (batch.from_dead_letter &&
      !DropDeadLetter(database_, *batch.from_dead_letter)) {
    appended.verdict = AppendVerdict::kLetterGone;
    return appended;
  }
  appended.events.reserve(batch.events.size());
  for (NewEvent& event : batch.events) {
    if (auto first = FindFirst(event)) {
      appended.events.push_back(*std::move(first));
      continue;
    }
    unwritten_.push_back(
        &appended.events.emplace_back(Number(std::move(event))));
    if (unwritten_.size() == kRowsAtOnce) WriteRows();
  }
  for (const NewDeadLetter& letter : batch.dead_letters) {
    KeepDeadLetter(database_, letter, now_);
  }
  if (batch.key) KeepKey(*batch.key, appended);
  return appended;
}

std::optional<StoredEvent> EventTransactions::FindFirst(const NewEvent& event) {
  if (!event.own_id) return std::nullopt;
  const bool is_unwritten =
      std::ranges::any_of(unwritten_, [&](const StoredEvent* other) {
        return other->own_id == event.own_id && other->app_uid == event.app_uid;
      });
  if (is_unwritten) WriteRows();
  auto first = FindEventByOwnId(database_, event.app_uid, *event.own_id);
  if (first) first->duplicate = true;
  return first;
}

StoredEvent EventTransactions::Number(NewEvent event) {
  StoredEvent stored;
  stored.sequence = ++sequence_;
  stored.id = ids_.Next(now_);
  stored.app = std::move(event.app);
  stored.app_uid = std::move(event.app_uid);
  stored.event = std::move(event.event);
  stored.level = std::move(event.level);
  stored.customer_id = std::move(event.customer_id);
  stored.data = std::move(event.data);
  stored.metadata = std::move(event.metadata);
  stored.timestamp = event.timestamp.value_or(now_);
  stored.ingested_at = now_;
  stored.schema_generation = event.schema_generation;
  stored.own_id = std::move(event.own_id);
  AppTotal& total = added_[stored.app_uid];
  if (total.stored++ == 0) {
    total.app_uid = stored.app_uid;
    total.app = stored.app;
    total.last_at = now_;
  }
  return stored;
}

AppendVerdict EventTransactions::CheckKey(const IdempotencyKey& key,
                                          Appended& appended) {
  const Timestamp oldest = now_ - kIdempotencyRetention;
  std::vector<std::string> ids;
  {
    Query query = database_.Prepare(
        "SELECT body, ids FROM idempotency WHERE credential = ? AND "
        "route = ? AND key = ? AND created_at > ?");
    query.Bind(key.credential).Bind(key.route).Bind(key.key).Bind(oldest);
    if (!query.Step()) {
      return KeysOf(key.credential) >= kMaxIdempotencyKeys
                 ? AppendVerdict::kTooManyKeys
                 : AppendVerdict::kStored;
    }
    if (!(query.DigestAt(0) == key.body)) return AppendVerdict::kKeyReused;
    ids = SplitIds(query.View(1));
  }
  WriteRows();
  for (std::string& id : ids) {
    StoredEvent event = FindEvent(database_, id).value_or(StoredEvent{});
    event.id = std::move(id);  // which is all that is left of a deleted one
    event.duplicate = true;
    appended.events.push_back(std::move(event));
  }
  return AppendVerdict::kReplayed;
}

void EventTransactions::KeepKey(const IdempotencyKey& key,
                                const Appended& appended) {
  const std::string ids = JoinIds(appended.events);
  database_
      .Prepare(
          "INSERT OR REPLACE INTO idempotency (credential, route, key, body, "
          "ids, created_at) VALUES (?, ?, ?, ?, ?, ?)")
      .Bind(key.credential)
      .Bind(key.route)
      .Bind(key.key)
      .Bind(key.body)
      .Bind(ids)
      .Bind(now_)
      .Run();
  ++KeysOf(key.credential);
}

std::int64_t& EventTransactions::KeysOf(const std::string& credential) {
  const auto [found, added] = keys_.try_emplace(credential, 0);
  if (added) {
    Query query = database_.Prepare(
        "SELECT count(*) FROM idempotency WHERE credential = ?");
    query.Bind(credential);
    if (query.Step()) found->second = query.Integer(0);
  }
  return found->second;
}

std::int64_t EventTransactions::Purge(const RetentionPlan& plan) {
  database_.Execute("BEGIN IMMEDIATE");
  const std::int64_t gone = PurgeEvents(plan);
  PurgeKeys(plan.now);
  PurgeDeadLetters(plan.now);
  database_.Execute("COMMIT");
  return gone;
}

// Up to where rules have looked.
std::int64_t EventTransactions::LastEvaluated() {
  Query query =
      database_.Prepare("SELECT sequence FROM notify_cursor WHERE id = 1");
  return query.Step() ? query.Integer(0) : 0;
}

std::int64_t EventTransactions::PurgeEvents(const RetentionPlan& plan) {
  struct Row {
    std::int64_t sequence;
    std::string app_uid;
  };
  std::vector<Row> expired;
  const Timestamp latest = LatestOf(plan);
  std::int64_t seen = 0;
  bool reached_end = true;
  {
    const std::int64_t evaluated = LastEvaluated();
    Query query = database_.Prepare(
        "SELECT sequence, app_uid, ingested_at FROM events WHERE "
        "sequence > ? ORDER BY sequence LIMIT ?");
    query.Bind(purged_up_to_).Bind(kPurgeRows);
    while (query.Step()) {
      const Timestamp at = query.Time(2);
      if (at >= latest) break;
      reached_end = ++seen < kPurgeRows;
      purged_up_to_ = query.Integer(0);
      std::string app_uid = query.Text(1);
      const bool was_looked_at = purged_up_to_ <= evaluated;
      const Timestamp keep_from =
          KeepFrom(plan, app_uid) -
          (was_looked_at ? Duration::zero() : kWaitForRules);
      if (at >= keep_from) continue;
      expired.push_back(Row{query.Integer(0), std::move(app_uid)});
    }
  }
  if (reached_end) purged_up_to_ = 0;
  for (const Row& row : expired) {
    database_.Prepare("DELETE FROM events WHERE sequence = ?")
        .Bind(row.sequence)
        .Run();
    database_
        .Prepare("UPDATE app_totals SET stored = stored - 1 WHERE app_uid = ?")
        .Bind(row.app_uid)
        .Run();
  }
  return static_cast<std::int64_t>(expired.size());
}

void EventTransactions::PurgeKeys(Timestamp now) {
  const Timestamp oldest = now - kIdempotencyRetention;
  database_
      .Prepare(
          "DELETE FROM idempotency WHERE (credential, route, key) IN ("
          "SELECT credential, route, key FROM idempotency WHERE "
          "created_at <= ? LIMIT ?)")
      .Bind(oldest)
      .Bind(kPurgeRows)
      .Run();
  keys_.clear();
}

void EventTransactions::PurgeDeadLetters(Timestamp now) {
  const Timestamp oldest = now - kDeadLetterRetention;
  database_
      .Prepare(
          "DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters "
          "WHERE last_at < ? LIMIT ?)")
      .Bind(oldest)
      .Bind(kPurgeRows)
      .Run();
}

}  // namespace writ::reconciler
