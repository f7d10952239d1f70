#include "reconciler/store/migrations.h"

#include <sqlite3.h>

#include <string>

#include "reconciler/store/sqlite_error.h"
#include "schema/check.h"

namespace writ::reconciler {

int NewestVersion() { return static_cast<int>(MigrationTexts().size()); }

int SchemaVersion(Database& database) {
  const std::int64_t application = database.Integer("PRAGMA application_id");
  const std::int64_t version = database.Integer("PRAGMA user_version");
  if (application == kApplicationId) return static_cast<int>(version);
  const bool empty =
      database.Integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (application == 0 && version == 0 && empty) return 0;
  throw SQLite::Exception("the file is a database of another program",
                          SQLITE_NOTADB);
}

void RefuseForeignObjects(Database& database) {
  Query query = database.Prepare(
      "SELECT type, name FROM sqlite_schema WHERE type NOT IN "
      "('table', 'index') OR sql LIKE 'CREATE VIRTUAL%' LIMIT 1");
  if (!query.Step()) return;
  throw CorruptState("somebody has put the " + query.Text(0) + " \"" +
                     query.Text(1) + "\" into it");
}

void MigrateFrom(Database& database, int version, int to) {
  CHECK(database.InTransaction());
  for (int next = version; next < to; ++next) {
    const std::string text(MigrationTexts()[static_cast<std::size_t>(next)]);
    database.Execute(text.c_str());
  }
  if (version > 0) {
    Query query = database.Prepare("PRAGMA foreign_key_check");
    if (query.Step()) {
      throw CorruptState("a row of " + query.Text(0) + " points nowhere");
    }
  }
  const std::string mark =
      "PRAGMA user_version=" + std::to_string(to) +
      ";PRAGMA application_id=" + std::to_string(kApplicationId);
  database.Execute(mark.c_str());
}

}  // namespace writ::reconciler
