// A connection to one SQLite file, set up the one way the state wants it, and
// its prepared statements. SQLiteCpp opens, copies and throws; statements are
// SQLite's own, since a column costs five times as much through SQLiteCpp and
// a plan reads millions. Calls throw SQLite::Exception; the store's methods
// stand in Guarded (sqlite_error.h).
//
// One thread. A Query borrows its statement: one at a time for each text.
#pragma once

#include <SQLiteCpp/Database.h>
#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "schema/digest.h"
#include "schema/time.h"

namespace writ::reconciler {

// One run of a prepared statement; resets it at the end, so that no read lock
// stays. Parameters are bound in order. Texts and blobs are borrowed until
// then.
class Query {
 public:
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  ~Query() { sqlite3_reset(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& Bind(std::int64_t value);
  Query& Bind(bool value) { return Bind(std::int64_t{value}); }
  Query& Bind(const std::string& text);
  Query& Bind(const std::string&&) = delete;  // would dangle
  Query& Bind(const char*) = delete;          // would be a bool
  Query& Bind(const Digest& digest);
  Query& Bind(const Digest&&) = delete;
  Query& Bind(Timestamp at);
  Query& Bind(const std::optional<Timestamp>& at);
  Query& Bind(const std::optional<std::int64_t>& value);
  Query& BindBlob(std::string_view bytes);
  Query& BindNull();

  // True while there is a row.
  bool Step();
  // Runs to the end.
  void Run();

  bool IsNull(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }
  bool IsText(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_TEXT;
  }
  std::int64_t Integer(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  bool Boolean(int column) const { return Integer(column) != 0; }
  // The text or blob, valid until the next step.
  std::string_view View(int column) const;
  std::string Text(int column) const { return std::string(View(column)); }
  Digest DigestAt(int column) const;
  Timestamp Time(int column) const;
  std::optional<Timestamp> OptionalTime(int column) const;

 private:
  void Check(int code) const;

  sqlite3_stmt* statement_;
  int next_ = 1;
};

struct StatementDeleter {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};

struct DatabaseOptions {
  std::string file;
  bool read_only = false;
  // The file can't change while it is open: nothing beside it is made.
  bool immutable = false;
  std::chrono::milliseconds busy_timeout{5000};
};

class Database {
 public:
  // REQUIRES: the file is there. Reads nothing of it yet.
  explicit Database(const DatabaseOptions& options);

  // `sql` is a literal: the statement is kept under its address.
  Query Prepare(const char* sql);
  // One or several statements, not kept.
  void Execute(const char* sql);
  std::int64_t Integer(const char* sql);

  bool InTransaction() const;
  SQLite::Database& sqlite() { return sqlite_; }

 private:
  SQLite::Database sqlite_;
  std::unordered_map<const char*,
                     std::unique_ptr<sqlite3_stmt, StatementDeleter>>
      statements_;
};

// Where several statements have to see one state: begins a transaction unless
// one is open, ends what it began.
class ReadScope {
 public:
  explicit ReadScope(Database& database);
  ~ReadScope();
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;

 private:
  Database& database_;
  bool began_;
};

}  // namespace writ::reconciler
