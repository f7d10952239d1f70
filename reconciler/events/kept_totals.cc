#include "reconciler/events/kept_totals.h"

#include "reconciler/events/event_database.h"
#include "reconciler/store/sqlite_error.h"

namespace writ::reconciler {
namespace {

using KeptTotals = std::map<std::string, std::int64_t>;

KeptTotals ReadKept(Database& database) {
  KeptTotals kept;
  Query query = database.Prepare("SELECT app_uid, stored FROM app_totals");
  while (query.Step()) kept.emplace(query.Text(0), query.Integer(1));
  return kept;
}

void Replace(Database& database, const KeptTotals& totals) {
  database.Execute("DELETE FROM app_totals");
  for (const auto& [uid, stored] : totals) {
    database
        .Prepare(
            "INSERT INTO app_totals (app_uid, app, stored, last_at) "
            "VALUES (?, '', ?, 0)")
        .Bind(uid)
        .Bind(stored)
        .Run();
  }
}

}  // namespace

Status KeepTotals(const std::string& folder, const KeptTotals& totals) {
  EventDatabaseOptions options;
  options.folder = folder;
  options.mode = EventDatabaseMode::kMigrate;
  const auto database = TRY(OpenEventDatabase(options));
  return Guarded("keeping counts of events", [&]() -> Status {
    if (ReadKept(*database) == totals) return {};
    database->Execute("BEGIN IMMEDIATE");
    Replace(*database, totals);
    database->Execute("COMMIT");
    return {};
  });
}

}  // namespace writ::reconciler
