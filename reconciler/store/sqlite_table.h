// What the tables beside resources share: reads that see one state and find an
// older schema empty, writes that are part of a write transaction.
#pragma once

#include <sqlite3.h>

#include <string>
#include <utility>

#include "reconciler/store/database.h"
#include "reconciler/store/sqlite_error.h"
#include "schema/result.h"

namespace writ::reconciler {

class SqliteTable {
 protected:
  explicit SqliteTable(Database& database) : database_(database) {}

  // T{} where the state is older than its tables.
  template <typename T, typename Body>
  Result<T> Read(const std::string& doing, Body&& body) {
    return Guarded(doing, [&]() -> Result<T> {
      const ReadScope scope(database_);
      if (database_.Integer("PRAGMA user_version") < kSince) return T{};
      return std::forward<Body>(body)();
    });
  }

  template <typename Body>
  Status Write(const std::string& doing, Body&& body) {
    sqlite3* handle = database_.sqlite().getHandle();
    if (sqlite3_txn_state(handle, nullptr) != SQLITE_TXN_WRITE) {
      return Fail(ErrorCode::kIo, "the transaction was rolled back already",
                  "run the same command again");
    }
    return Guarded(doing, std::forward<Body>(body));
  }

  Query Prepare(const char* sql) { return database_.Prepare(sql); }
  // Rows that the last statement changed.
  int Changed() { return database_.sqlite().getChanges(); }

 private:
  static constexpr int kSince = 4;

  Database& database_;
};

}  // namespace writ::reconciler
