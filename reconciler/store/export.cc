// A copy of the state that plan jobs may have (T-06): what a plan reads, and
// nothing else.
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "reconciler/store/backup.h"
#include "reconciler/store/client_address.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/state_store.h"

namespace writ::reconciler {
namespace {

void DropClientAddresses(Database& database) {
  std::vector<std::string> dropped;
  {
    Query query = database.Prepare("SELECT DISTINCT changed_by FROM resources");
    while (query.Step()) {
      if (NamesAnIpAddress(query.View(0))) dropped.push_back(query.Text(0));
    }
  }
  for (const std::string& text : dropped) {
    database
        .Prepare("UPDATE resources SET changed_by = '' WHERE changed_by = ?")
        .Bind(text)
        .Run();
  }
}

Status Strip(Database& copy) {
  copy.Execute(
      "BEGIN IMMEDIATE;"
      "DELETE FROM audit; DELETE FROM deleted; DELETE FROM journal;"
      "DELETE FROM applies; DELETE FROM renames; DELETE FROM lease;"
      "DELETE FROM pending_values; DELETE FROM rotation_steps;"
      " UPDATE rotations SET state = '{}';"
      // A digest of a token must be unique, and there is none to show.
      "UPDATE credentials SET digest = randomblob(32), mac = zeroblob(32);"
      "UPDATE secret_values SET sealed = NULL, digest = zeroblob(32);"
      "UPDATE secret_pointers SET mac = zeroblob(32);"
      "UPDATE key_generations SET check_value = zeroblob(32),"
      "  wrapped = NULL, unwraps_previous = NULL;"
      "UPDATE meta SET dirty = 0, audit_sequence = 0,"
      "  audit_digest = zeroblob(32);");
  MarkForPlan(copy);
  DropClientAddresses(copy);
  copy.Execute("COMMIT; VACUUM");
  return {};
}

}  // namespace

Status ExportForPlan(StateStore& store, const std::string& file) {
  const std::string whole = file + ".whole-" + std::to_string(::getpid());
  const Draft guard(whole);
  TRY(store.BackupTo(whole));
  return Guarded("exporting the state for plans", [&]() -> Status {
    DatabaseOptions options;
    options.file = whole;
    options.read_only = true;
    options.immutable = true;
    Database copy(options);
    return BackupDatabase(copy, file, Strip);
  });
}

}  // namespace writ::reconciler
