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

}  // namespace writ::reconciler
