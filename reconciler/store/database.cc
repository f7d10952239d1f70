#include "reconciler/store/database.h"

#include <sqlite3.h>

#include <array>
#include <utility>

#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

// A file name as a URI has it, so that "?" and "%" in it mean themselves.
std::string ImmutableUri(const std::string& file) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string uri = "file:";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                       c == '-' || c == '_';
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kDigits[byte >> 4U];
      uri += kDigits[byte & 0x0fU];
    }
  }
  return uri + "?immutable=1";
}

std::string NameOf(const DatabaseOptions& options) {
  return options.immutable ? ImmutableUri(options.file) : options.file;
}

int FlagsOf(const DatabaseOptions& options) {
  int flags = SQLite::OPEN_NOMUTEX | SQLite::OPEN_PRIVATECACHE;
  flags |= options.read_only ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE;
  if (options.immutable) flags |= SQLite::OPEN_URI;
  return flags;
}

// T-13: what a planted schema could run is switched off.
void Harden(sqlite3* handle) {
  static constexpr std::array<std::pair<int, int>, 7> kSettings = {{
      {SQLITE_DBCONFIG_DEFENSIVE, 1},
      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
      {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
      {SQLITE_DBCONFIG_DQS_DML, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 0},
  }};
  for (const auto& [setting, value] : kSettings) {
    int now = -1;
    if (sqlite3_db_config(handle, setting, value, &now) != SQLITE_OK ||
        now != value) {
      throw SQLite::Exception("this SQLite can't be hardened", SQLITE_ERROR);
    }
  }
}

}  // namespace

void Query::Check(int code) const {
  if (code != SQLITE_OK) {
    throw SQLite::Exception(sqlite3_db_handle(statement_), code);
  }
}

Query& Query::Bind(std::int64_t value) {
  Check(sqlite3_bind_int64(statement_, next_++, value));
  return *this;
}

Query& Query::Bind(const std::string& text) {
  Check(sqlite3_bind_text64(statement_, next_++, text.data(), text.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Query& Query::Bind(const Digest& digest) { return BindBlob(digest.Bytes()); }

Query& Query::Bind(Timestamp at) {
  return Bind(std::int64_t{at.time_since_epoch().count()});
}

Query& Query::Bind(const std::optional<Timestamp>& at) {
  return at ? Bind(*at) : BindNull();
}

Query& Query::Bind(const std::optional<std::int64_t>& value) {
  return value ? Bind(*value) : BindNull();
}

Query& Query::BindBlob(std::string_view bytes) {
  // A null pointer would be bound as NULL.
  Check(sqlite3_bind_blob64(statement_, next_++,
                            bytes.empty() ? "" : bytes.data(), bytes.size(),
                            SQLITE_STATIC));
  return *this;
}

Query& Query::BindNull() {
  Check(sqlite3_bind_null(statement_, next_++));
  return *this;
}

bool Query::Step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) Check(code);
  return false;
}

void Query::Run() {
  while (Step()) {
  }
}

std::string_view Query::View(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Digest Query::DigestAt(int column) const {
  const std::optional<Digest> digest = DigestFromBytes(View(column));
  if (!digest) throw CorruptState("a digest is not 32 bytes long");
  return *digest;
}

Timestamp Query::Time(int column) const {
  return Timestamp(Timestamp::duration(Integer(column)));
}

std::optional<Timestamp> Query::OptionalTime(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Time(column);
}

Database::Database(const DatabaseOptions& options)
    : sqlite_(NameOf(options), FlagsOf(options),
              static_cast<int>(options.busy_timeout.count())) {
  Harden(sqlite_.getHandle());
  // FULL: what Commit said is durable survives the loss of power.
  sqlite_.exec(
      "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
      "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;");
}

Query Database::Prepare(const char* sql) {
  auto& statement = statements_[sql];
  if (!statement) {
    sqlite3_stmt* prepared = nullptr;
    const int code =
        sqlite3_prepare_v3(sqlite_.getHandle(), sql, -1,
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) throw SQLite::Exception(sqlite_.getHandle(), code);
    statement.reset(prepared);
  }
  return Query(statement.get());
}

void Database::Execute(const char* sql) { sqlite_.exec(sql); }

std::int64_t Database::Integer(const char* sql) {
  return sqlite_.execAndGet(sql).getInt64();
}

bool Database::InTransaction() const {
  return sqlite3_get_autocommit(sqlite_.getHandle()) == 0;
}

ReadScope::ReadScope(Database& database)
    : database_(database), began_(!database.InTransaction()) {
  if (began_) database_.Execute("BEGIN");
}

ReadScope::~ReadScope() {
  if (began_) database_.sqlite().tryExec("ROLLBACK");
}

}  // namespace writ::reconciler
