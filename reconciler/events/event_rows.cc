#include "reconciler/events/event_rows.h"

#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

void BindOptional(Query& query, const std::optional<std::string>& text) {
  if (text) {
    query.Bind(*text);
  } else {
    query.BindNull();
  }
}

std::string InsertionOf(std::size_t rows) {
  std::string sql = "INSERT INTO events (" WRIT_EVENT_COLUMNS ") VALUES ";
  for (std::size_t i = 0; i < rows; ++i) {
    if (i > 0) sql += ", ";
    sql += "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
  }
  return sql;
}

void BindEvent(Query& query, const StoredEvent& event) {
  query.Bind(event.sequence)
      .Bind(event.id)
      .Bind(event.app)
      .Bind(event.app_uid)
      .Bind(event.event)
      .Bind(event.level);
  BindOptional(query, event.customer_id);
  query.Bind(event.data)
      .Bind(event.metadata)
      .Bind(event.timestamp)
      .Bind(event.ingested_at)
      .Bind(event.schema_generation);
  BindOptional(query, event.own_id);
}

std::optional<std::string> OptionalText(const Query& query, int column) {
  if (query.IsNull(column)) return std::nullopt;
  return query.Text(column);
}

}  // namespace

StoredEvent ReadEventRow(const Query& query) {
  StoredEvent event;
  int column = 0;
  event.sequence = query.Integer(column++);
  event.id = query.Text(column++);
  event.app = query.Text(column++);
  event.app_uid = query.Text(column++);
  event.event = query.Text(column++);
  event.level = query.Text(column++);
  event.customer_id = OptionalText(query, column++);
  event.data = query.Text(column++);
  event.metadata = query.Text(column++);
  event.timestamp = query.Time(column++);
  event.ingested_at = query.Time(column++);
  event.schema_generation = query.Integer(column++);
  event.own_id = OptionalText(query, column);
  return event;
}

void InsertEventRows(Database& database,
                     std::span<const StoredEvent* const> events) {
  static const std::string one = InsertionOf(1);
  static const std::string many = InsertionOf(kRowsAtOnce);
  while (!events.empty()) {
    const bool is_full = events.size() >= kRowsAtOnce;
    const std::size_t count = is_full ? kRowsAtOnce : 1;
    Query query = database.Prepare((is_full ? many : one).c_str());
    for (const StoredEvent* event : events.first(count)) {
      BindEvent(query, *event);
    }
    query.Run();
    events = events.subspan(count);
  }
}

std::optional<StoredEvent> FindEvent(Database& database,
                                     const std::string& id) {
  Query query = database.Prepare("SELECT " WRIT_EVENT_COLUMNS
                                 " FROM events WHERE id = ?");
  query.Bind(id);
  if (!query.Step()) return std::nullopt;
  return ReadEventRow(query);
}

std::optional<StoredEvent> FindEventByOwnId(Database& database,
                                            const std::string& app_uid,
                                            const std::string& own_id) {
  Query query = database.Prepare("SELECT " WRIT_EVENT_COLUMNS
                                 " FROM events WHERE app_uid = ? AND "
                                 "own_id = ?");
  query.Bind(app_uid).Bind(own_id);
  if (!query.Step()) return std::nullopt;
  return ReadEventRow(query);
}

std::int64_t LastSequence(Database& database) {
  Query query = database.Prepare("SELECT sequence FROM meta WHERE id = 1");
  if (!query.Step()) throw CorruptState("it says nothing of itself");
  return query.Integer(0);
}

void SetLastSequence(Database& database, std::int64_t sequence) {
  database.Prepare("UPDATE meta SET sequence = ? WHERE id = 1")
      .Bind(sequence)
      .Run();
}

void AddToTotal(Database& database, const AppTotal& added) {
  database
      .Prepare(
          "INSERT INTO app_totals (app_uid, app, stored, last_at) "
          "VALUES (?, ?, ?, ?) ON CONFLICT (app_uid) DO UPDATE SET "
          "app = excluded.app, stored = stored + excluded.stored, "
          "last_at = max(last_at, excluded.last_at)")
      .Bind(added.app_uid)
      .Bind(added.app)
      .Bind(added.stored)
      .Bind(added.last_at)
      .Run();
}

void KeepDeadLetter(Database& database, const NewDeadLetter& letter,
                    Timestamp now) {
  const Digest digest = Sha256(letter.app_uid + "\n" + letter.body);
  database
      .Prepare(
          "INSERT INTO dead_letters (app, app_uid, event, body, digest, "
          "violations, schema_generation, first_at, last_at, times) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1) "
          "ON CONFLICT (digest) DO UPDATE SET times = times + 1, "
          "last_at = excluded.last_at, violations = excluded.violations, "
          "schema_generation = excluded.schema_generation")
      .Bind(letter.app)
      .Bind(letter.app_uid)
      .Bind(letter.event)
      .Bind(letter.body)
      .Bind(digest)
      .Bind(letter.violations)
      .Bind(letter.schema_generation)
      .Bind(now)
      .Bind(now)
      .Run();
  database
      .Prepare(
          "DELETE FROM dead_letters WHERE app_uid = ?1 AND id <= ("
          "SELECT id FROM dead_letters WHERE app_uid = ?1 "
          "ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .Bind(letter.app_uid)
      .Bind(kMaxDeadLetters)
      .Run();
}

bool DropDeadLetter(Database& database, std::int64_t id) {
  Query query =
      database.Prepare("DELETE FROM dead_letters WHERE id = ? RETURNING id");
  query.Bind(id);
  bool gone = false;
  while (query.Step()) gone = true;
  return gone;
}

}  // namespace writ::reconciler
