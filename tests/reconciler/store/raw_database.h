// The database behind a state's back, as somebody with an editor has it.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <string>

namespace writ::reconciler {

inline void RunSql(const std::string& file, const std::string& sql) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE);
  database.exec(sql);
}

inline std::int64_t IntegerSql(const std::string& file,
                               const std::string& sql) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE);
  return database.execAndGet(sql).getInt64();
}

inline std::string TextSql(const std::string& file, const std::string& sql) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE);
  return database.execAndGet(sql).getString();
}

// Makes a state of the newest version one of an older: what later ones added
// goes.
inline std::string DowngradeSql(int version) {
  std::string sql;
  if (version < 4) {
    sql +=
        "DROP TABLE pending_values; DROP TABLE rotation_steps;"
        " DROP TABLE rotations;"
        "DROP TABLE secret_pointers; DROP TABLE secret_values;"
        "DROP TABLE credentials; DROP TABLE key_generations;";
  }
  if (version < 3) sql += "DROP TABLE guards;";
  if (version < 2) sql += "DROP INDEX journal_by_address;";
  return sql + "PRAGMA user_version=" + std::to_string(version) + ";";
}

}  // namespace writ::reconciler
