#include "reconciler/events/event_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include "reconciler/events/event_database.h"
#include "reconciler/events/event_rows.h"
#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

// T-20: what a page may look at for filters that hardly anything matches.
constexpr int kRowsPerPage = 20'000;
constexpr int kMaxPage = 100;
constexpr auto kLast = std::numeric_limits<std::int64_t>::max();

// Where the next page begins: behind this row.
struct Position {
  std::int64_t timestamp = kLast;
  std::int64_t sequence = kLast;
};

// "<timestamp>-<sequence>" in hexadecimal: opaque to whoever is given it.
std::string CursorOf(const Position& position) {
  std::string cursor = "c1-";
  char digits[17];
  for (const std::int64_t part : {position.timestamp, position.sequence}) {
    const auto end = std::to_chars(digits, digits + sizeof digits, part, 16);
    cursor.append(digits, end.ptr);
    cursor += '-';
  }
  cursor.pop_back();
  return cursor;
}

std::optional<std::int64_t> ReadHex(std::string_view text) {
  std::int64_t value = 0;
  const auto read =
      std::from_chars(text.data(), text.data() + text.size(), value, 16);
  const bool whole = read.ec == std::errc() &&
                     read.ptr == text.data() + text.size() && value >= 0;
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<Position> ParseCursor(std::string_view cursor) {
  if (cursor.empty()) return Position{};
  if (!cursor.starts_with("c1-")) return std::nullopt;
  cursor.remove_prefix(3);
  const std::size_t dash = cursor.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto timestamp = ReadHex(cursor.substr(0, dash));
  const auto sequence = ReadHex(cursor.substr(dash + 1));
  if (!timestamp || !sequence) return std::nullopt;
  return Position{*timestamp, *sequence};
}

std::int64_t Micros(Timestamp at) { return at.time_since_epoch().count(); }

bool Matches(const EventQuery& query, const Query& row) {
  constexpr int kEventColumn = 4;
  constexpr int kLevelColumn = 5;
  return (!query.event || row.View(kEventColumn) == *query.event) &&
         (!query.level || row.View(kLevelColumn) == *query.level);
}

EventPage ReadPage(Database& database, const EventQuery& query,
                   Position position) {
  const int limit = std::clamp(query.limit, 1, kMaxPage);
  if (query.to && Micros(*query.to) < position.timestamp) {
    position = Position{Micros(*query.to), kLast};
  }
  const std::int64_t from = query.from ? Micros(*query.from) : 0;
  Query rows =
      database.Prepare("SELECT " WRIT_EVENT_COLUMNS
                       " FROM events WHERE app_uid = ? AND "
                       "(timestamp, sequence) < (?, ?) AND timestamp >= ? "
                       "ORDER BY timestamp DESC, sequence DESC LIMIT ?");
  rows.Bind(query.app_uid)
      .Bind(position.timestamp)
      .Bind(position.sequence)
      .Bind(from)
      .Bind(std::int64_t{kRowsPerPage});
  EventPage page;
  int seen = 0;
  while (rows.Step()) {
    ++seen;
    if (Matches(query, rows)) {
      // One more than asked for: there is a next page.
      if (page.events.size() == static_cast<std::size_t>(limit)) {
        page.next_cursor = CursorOf(position);
        return page;
      }
      page.events.push_back(ReadEventRow(rows));
    }
    position = Position{Micros(rows.Time(9)), rows.Integer(0)};
  }
  if (seen == kRowsPerPage) page.next_cursor = CursorOf(position);
  return page;
}

DeadLetter ReadDeadLetter(const Query& row) {
  DeadLetter dead;
  dead.id = row.Integer(0);
  dead.letter.app = row.Text(1);
  dead.letter.app_uid = row.Text(2);
  dead.letter.event = row.Text(3);
  dead.letter.body = row.Text(4);
  dead.letter.violations = row.Text(5);
  dead.letter.schema_generation = row.Integer(6);
  dead.first_at = row.Time(7);
  dead.last_at = row.Time(8);
  dead.times = row.Integer(9);
  return dead;
}

#define WRIT_DEAD_LETTER_COLUMNS                                   \
  "id, app, app_uid, event, body, violations, schema_generation, " \
  "first_at, last_at, times"

std::vector<DeadLetter> ReadDeadLetters(Query& rows) {
  std::vector<DeadLetter> list;
  while (rows.Step()) list.push_back(ReadDeadLetter(rows));
  return list;
}

}  // namespace

EventReader::EventReader(std::unique_ptr<Database> database)
    : database_(std::move(database)) {}
EventReader::~EventReader() = default;

Result<std::unique_ptr<EventReader>> EventReader::Open(
    const std::string& folder) {
  EventDatabaseOptions options;
  options.folder = folder;
  // Before there is a reader, which nobody would delete.
  auto database = TRY(OpenEventDatabase(options));
  return std::unique_ptr<EventReader>(new EventReader(std::move(database)));
}

Result<EventPage> EventReader::List(const EventQuery& query) {
  const std::optional<Position> position = ParseCursor(query.cursor);
  if (!position) {
    return Fail(ErrorCode::kInvalidArgument, "the cursor is none of a page's",
                "pass on the nextCursor of the page before");
  }
  return Guarded("listing events", [&]() -> Result<EventPage> {
    return ReadPage(*database_, query, *position);
  });
}

Result<std::vector<StoredEvent>> EventReader::Recent(const std::string& app_uid,
                                                     int limit) {
  return Guarded("reading events", [&]() -> Result<std::vector<StoredEvent>> {
    Query rows = database_->Prepare(
        "SELECT " WRIT_EVENT_COLUMNS
        " FROM events WHERE app_uid = ? ORDER BY timestamp DESC, "
        "sequence DESC LIMIT ?");
    rows.Bind(app_uid).Bind(std::int64_t{limit});
    std::vector<StoredEvent> events;
    while (rows.Step()) events.push_back(ReadEventRow(rows));
    return events;
  });
}

Result<std::optional<StoredEvent>> EventReader::Read(const std::string& id) {
  return Guarded("reading an event",
                 [&]() -> Result<std::optional<StoredEvent>> {
                   return FindEvent(*database_, id);
                 });
}

Result<std::vector<AppTotal>> EventReader::Totals() {
  return Guarded("counting events", [&]() -> Result<std::vector<AppTotal>> {
    Query rows = database_->Prepare(
        "SELECT app, app_uid, stored, last_at FROM app_totals ORDER BY "
        "app_uid");
    std::vector<AppTotal> totals;
    while (rows.Step()) {
      totals.push_back(
          AppTotal{rows.Text(0), rows.Text(1), rows.Integer(2), rows.Time(3)});
    }
    return totals;
  });
}

Result<std::vector<DeadLetter>> EventReader::DeadLetters(
    const std::string& app_uid, std::int64_t before, int limit) {
  return Guarded("reading dead letters",
                 [&]() -> Result<std::vector<DeadLetter>> {
                   Query rows = database_->Prepare(
                       "SELECT " WRIT_DEAD_LETTER_COLUMNS
                       " FROM dead_letters WHERE (?1 = '' OR app_uid = ?1) AND "
                       "(?2 = 0 OR id < ?2) ORDER BY id DESC LIMIT ?3");
                   rows.Bind(app_uid).Bind(before).Bind(std::int64_t{limit});
                   return ReadDeadLetters(rows);
                 });
}

Result<std::vector<DeadLetter>> EventReader::DeadLettersAfter(
    const std::string& app_uid, std::int64_t after, int limit) {
  return Guarded(
      "reading dead letters", [&]() -> Result<std::vector<DeadLetter>> {
        Query rows = database_->Prepare(
            "SELECT " WRIT_DEAD_LETTER_COLUMNS
            " FROM dead_letters WHERE (?1 = '' OR app_uid = ?1) AND id > ?2 "
            "ORDER BY id LIMIT ?3");
        rows.Bind(app_uid).Bind(after).Bind(std::int64_t{limit});
        return ReadDeadLetters(rows);
      });
}

}  // namespace writ::reconciler
