#include "reconciler/store/backup.h"

#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/state_folder.h"

namespace writ::reconciler {

Draft::~Draft() {
  ::unlink(file_.c_str());
  ::unlink((file_ + "-journal").c_str());
}

namespace {

bool Exists(const std::string& file) {
  struct stat status {};
  return ::lstat(file.c_str(), &status) == 0;
}

void CopyPages(Database& source, Database& target) {
  SQLite::Backup backup(target.sqlite(), source.sqlite());
  // All in one step: a writer waits in the log meanwhile, and what is copied
  // is one state.
  const int code = backup.executeStep(-1);
  if (code != SQLITE_DONE) {
    throw SQLite::Exception("the copy was interrupted", code);
  }
}

}  // namespace

void QuickCheck(Database& database) {
  Query query = database.Prepare("PRAGMA quick_check(1)");
  if (query.Step() && query.View(0) != "ok") throw CorruptState(query.Text(0));
}

void MarkForPlan(Database& database) {
  database.Execute("CREATE TABLE IF NOT EXISTS for_plan (id INTEGER) STRICT");
}

bool IsForPlan(Database& database) {
  return database.Integer(
             "SELECT count(*) FROM sqlite_schema WHERE name = 'for_plan'") > 0;
}

Status BackupDatabase(Database& source, const std::string& file,
                      const std::function<Status(Database&)>& edit) {
  if (Exists(file)) {
    return Fail(ErrorCode::kConflict, file + " exists already",
                "name another file");
  }
  const std::string draft = TRY(CreateDraft(file));
  const Draft guard(draft);
  {
    Database target(DatabaseOptions{draft});
    CopyPages(source, target);
    // Without a log a copy is one file, whole by itself.
    target.Execute("PRAGMA journal_mode=DELETE");
    if (edit) TRY(edit(target));
  }
  return PublishFile(draft, file);
}

}  // namespace writ::reconciler
