#include "reconciler/events/event_database.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>

#include "reconciler/events/event_migrations.h"
#include "reconciler/store/backup.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/state_folder.h"

namespace writ::reconciler {
namespace {

constexpr mode_t kForOthers = S_IRWXG | S_IRWXO;

tl::unexpected<Error> FailErrno(int error, const std::string& what) {
  const bool refused = error == EACCES || error == EPERM;
  return Fail(
      refused ? ErrorCode::kPermission : ErrorCode::kIo,
      what + ": " + std::error_code(error, std::generic_category()).message());
}

// False where there is no such file.
Result<bool> CheckFile(const std::string& file, bool tighten) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) return false;
    return FailErrno(errno, "can't look at " + file);
  }
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kPermission, file + " is not a regular file",
                "move it away");
  }
  if (status.st_uid != ::geteuid()) {
    return Fail(ErrorCode::kPermission, file + " belongs to another user",
                "run writ as its owner");
  }
  const bool loose = (status.st_mode & kForOthers) != 0;
  if (loose && tighten && ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) {
    return FailErrno(errno, "can't close " + file + " to others");
  }
  return true;
}

Status MakeFile(const std::string& file) {
  const Status made = PublishFile(TRY(CreateDraft(file)), file);
  // Another process was faster: its file is as good.
  if (!made && made.error().code == ErrorCode::kConflict) return {};
  return made;
}

// The state's own checks of folder and file system hold for this file too; the
// state itself needn't be there yet.
Status CheckFolder(const std::string& folder, FolderUse use) {
  const Result<StateFolder> checked = OpenStateFolder(folder, use);
  if (checked || checked.error().code == ErrorCode::kNotFound) return {};
  return tl::unexpected<Error>(checked.error());
}

Status PrepareFiles(const EventDatabaseOptions& options,
                    const std::string& file) {
  const bool write = options.mode != EventDatabaseMode::kReadOnly;
  TRY(CheckFolder(options.folder,
                  write ? FolderUse::kWrite : FolderUse::kRead));
  if (!TRY(CheckFile(file, write))) {
    if (options.mode != EventDatabaseMode::kMigrate) {
      return Fail(ErrorCode::kNotFound, "there are no events in " + file,
                  "`writ serve` makes the file");
    }
    TRY(MakeFile(file));
  }
  for (const char* suffix : {"-wal", "-shm"}) {
    TRY(CheckFile(file + suffix, write));
  }
  return {};
}

// SQLite wants to make files beside the database even to read it. Where it
// can't, nobody who writes it can be here either.
bool IsImmutable(const EventDatabaseOptions& options, const std::string& file) {
  if (options.mode != EventDatabaseMode::kReadOnly) return false;
  if (::access(options.folder.c_str(), W_OK) == 0) return false;
  struct stat log {};
  return ::lstat((file + "-wal").c_str(), &log) != 0 || log.st_size == 0;
}

int VersionOf(Database& database) {
  const std::int64_t application = database.Integer("PRAGMA application_id");
  const std::int64_t version = database.Integer("PRAGMA user_version");
  if (application == kEventsApplicationId) return static_cast<int>(version);
  const bool empty =
      database.Integer("SELECT count(*) FROM sqlite_schema") == 0;
  if (application == 0 && version == 0 && empty) return 0;
  throw SQLite::Exception("the file is a database of another program",
                          SQLITE_NOTADB);
}

Status CheckVersion(int version, EventDatabaseMode mode) {
  if (version > NewestEventVersion()) {
    return Fail(ErrorCode::kUnsupported,
                "the events were written by a newer writ (schema version " +
                    std::to_string(version) + ", this one knows " +
                    std::to_string(NewestEventVersion()) + ")",
                "use that version of writ");
  }
  if (mode == EventDatabaseMode::kMigrate) return {};
  if (version == 0) {
    return Fail(ErrorCode::kNotFound, "the events' file is empty",
                "`writ serve` fills it");
  }
  if (version < NewestEventVersion() && mode == EventDatabaseMode::kReadWrite) {
    return Fail(ErrorCode::kUnsupported,
                "the events were written by an older writ",
                "`writ serve` brings them up to date, after a backup");
  }
  return {};
}

Status BackUpBefore(const std::string& file, int version) {
  DatabaseOptions connection;
  connection.file = file;
  connection.read_only = true;
  Database reader(connection);
  const Status copied =
      BackupDatabase(reader, file + ".v" + std::to_string(version) + ".backup");
  // One that an earlier attempt left is of the same version.
  if (!copied && copied.error().code == ErrorCode::kConflict) return {};
  return copied;
}

// Two processes may come here at once: whoever gets the lock second finds the
// work done.
Status BringUpToDate(Database& database, const std::string& file) {
  database.Execute("BEGIN IMMEDIATE");
  const int version = VersionOf(database);
  if (version > 0 && version < NewestEventVersion()) {
    TRY(BackUpBefore(file, version));
  }
  const auto texts = EventMigrationTexts();
  for (int next = version; next < NewestEventVersion(); ++next) {
    const std::string text(texts[static_cast<std::size_t>(next)]);
    database.Execute(text.c_str());
  }
  const std::string mark =
      "PRAGMA user_version=" + std::to_string(NewestEventVersion()) +
      ";PRAGMA application_id=" + std::to_string(kEventsApplicationId);
  database.Execute(mark.c_str());
  database.Execute("COMMIT");
  return {};
}

Status Prepare(Database& database, const EventDatabaseOptions& options,
               const std::string& file) {
  const int version = VersionOf(database);
  TRY(CheckVersion(version, options.mode));
  if (options.mode != EventDatabaseMode::kReadOnly) {
    database.Execute("PRAGMA journal_mode=WAL");
  }
  if (version < NewestEventVersion() &&
      options.mode == EventDatabaseMode::kMigrate) {
    TRY(BringUpToDate(database, file));
  }
  RefuseForeignObjects(database);
  return {};
}

Result<std::unique_ptr<Database>> Open(const EventDatabaseOptions& options,
                                       const std::string& file) {
  TRY(PrepareFiles(options, file));
  return Guarded(
      "reading its schema", [&]() -> Result<std::unique_ptr<Database>> {
        DatabaseOptions connection;
        connection.file = file;
        connection.read_only = options.mode == EventDatabaseMode::kReadOnly;
        connection.immutable = IsImmutable(options, file);
        connection.busy_timeout = options.busy_timeout;
        auto database = std::make_unique<Database>(connection);
        TRY(Prepare(*database, options, file));
        return database;
      });
}

}  // namespace

int NewestEventVersion() {
  return static_cast<int>(EventMigrationTexts().size());
}

Result<std::unique_ptr<Database>> OpenEventDatabase(
    const EventDatabaseOptions& options) {
  const std::string file = options.folder + "/events.db";
  return While(Open(options, file), "opening " + file);
}

}  // namespace writ::reconciler
