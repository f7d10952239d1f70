// StateStore::Open: the folder, the session, the schema's version, what a crash
// may have left.
#include <string>
#include <utility>

#include "reconciler/store/backup.h"
#include "reconciler/store/generation_commit.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_store.h"
#include "reconciler/store/state_folder.h"

namespace writ::reconciler {
namespace {

FolderUse UseOf(OpenMode mode) {
  switch (mode) {
    case OpenMode::kReadOnly:
      return FolderUse::kRead;
    case OpenMode::kReadWrite:
      return FolderUse::kWrite;
    case OpenMode::kMigrate:
      return FolderUse::kCreate;
  }
  return FolderUse::kRead;
}

GenerationFile* GenerationOf(SqliteStore::Parts& parts) {
  return parts.generation ? &*parts.generation : nullptr;
}

struct Effects {
  const Clock& clock;
  Random& random;
};

// What a stopped clock and a file name need: no colon, no space.
std::string BackupName(const std::string& file, int version, Timestamp now) {
  std::string at = FormatTimestamp(now);
  for (char& c : at) {
    if (c == ':') c = '-';
  }
  return file + ".v" + std::to_string(version) + "." + at + ".backup";
}

void WriteMeta(Database& database, const std::string& environment,
               const Effects& effects) {
  const std::string lineage = effects.random.Hex(kLineageDigits);
  const Timestamp now = effects.clock.Now();
  const Digest zeros;
  database
      .Prepare(
          "INSERT INTO meta (id, lineage, environment, serial, "
          "created_at, restored, high_water, resource_count, dirty, "
          "audit_sequence, audit_digest) "
          "VALUES (1, ?, ?, 0, ?, 0, ?, 0, 0, 0, ?)")
      .Bind(lineage)
      .Bind(environment)
      .Bind(now)
      .Bind(now)
      .Bind(zeros)
      .Run();
}

// A connection can't copy what it has locked for writing itself; another one
// sees the same, for nobody can write meanwhile.
Status BackUpBefore(const std::string& file, int version, Timestamp now) {
  DatabaseOptions connection;
  connection.file = file;
  connection.read_only = true;
  Database reader(connection);
  return BackupDatabase(reader, BackupName(file, version, now));
}

// Two processes may come here at once: whoever gets the lock second finds the
// work done.
Status BringUpToDate(SqliteStore::Parts& parts, const Effects& effects) {
  Database& database = *parts.database;
  database.Execute("BEGIN IMMEDIATE");
  const int version = SchemaVersion(database);
  if (version > 0 && version < NewestVersion()) {
    TRY(BackUpBefore(parts.file, version, effects.clock.Now()));
  }
  if (version < NewestVersion()) {
    MigrateFrom(database, version, NewestVersion());
  }
  if (version == 0) WriteMeta(database, parts.options.environment, effects);
  CommitMoving(database, GenerationOf(parts));
  return {};
}

Status CheckVersion(int version, const OpenOptions& options) {
  if (version > NewestVersion()) {
    return Fail(ErrorCode::kUnsupported,
                "the state in " + options.folder +
                    " was written by a newer writ (schema version " +
                    std::to_string(version) + ", this one knows " +
                    std::to_string(NewestVersion()) + ")",
                "use that version of writ");
  }
  if (options.mode == OpenMode::kMigrate) return {};
  if (version == 0) {
    return Fail(ErrorCode::kNotFound, "there is no state in " + options.folder,
                "`writ apply` creates it");
  }
  if (version < NewestVersion() && options.mode == OpenMode::kReadWrite) {
    return Fail(
        ErrorCode::kUnsupported,
        "the state in " + options.folder + " was written by an older writ",
        "`writ apply` brings it up to date, after a backup");
  }
  return {};
}

Status CheckEnvironment(Database& database, const OpenOptions& options) {
  Query query = database.Prepare("SELECT environment FROM meta");
  if (!query.Step()) throw CorruptState("it says nothing of itself");
  const std::string environment = query.Text(0);
  if (options.environment.empty() || environment == options.environment) {
    return {};
  }
  return Fail(ErrorCode::kInvalidArgument,
              "the state in " + options.folder + " holds the environment \"" +
                  environment + "\", not \"" + options.environment + "\"",
              "name another folder: one state holds one environment");
}

// A copy for plans lacks what an apply relies on: audit, leases, the trash.
Status CheckMayWrite(Database& database, const OpenOptions& options) {
  if (!IsForPlan(database)) return {};
  return Fail(ErrorCode::kPermission,
              "the state in " + options.folder +
                  " is a copy for plans (`writ state export --for-plan`); "
                  "nothing may be written to it",
              "name the state itself: --state sqlite:FOLDER");
}

// What a killed writer may have left is looked at once.
void CheckAfterCrash(SqliteStore::Parts& parts) {
  Database& database = *parts.database;
  if (database.Integer("SELECT dirty FROM meta") == 0) return;
  if (!parts.lock) {
    if (!SessionLock::IsHeld(parts.file + ".lock")) QuickCheck(database);
    return;
  }
  if (!parts.lock->exclusive()) return;
  QuickCheck(database);
  ClearDirty(database, GenerationOf(parts));
}

DatabaseOptions ConnectionTo(const StateFolder& folder,
                             const OpenOptions& options) {
  DatabaseOptions connection;
  connection.file = folder.database;
  connection.read_only = options.mode == OpenMode::kReadOnly;
  // SQLite wants to make files beside the database even to read it. Where it
  // can't, nobody who writes it can be here either.
  connection.immutable =
      connection.read_only && !folder.writable && folder.log_is_empty;
  connection.busy_timeout = options.busy_timeout;
  return connection;
}

Status Prepare(SqliteStore::Parts& parts, bool is_new, const Effects& effects) {
  Database& database = *parts.database;
  const OpenOptions& options = parts.options;
  int version = SchemaVersion(database);
  if (version == 0 && !is_new && SessionLock::IsMarked(parts.file + ".lock")) {
    // Unless it was made since.
    version = SchemaVersion(database);
    if (version == 0) throw CorruptState("it is empty, though it held a state");
  }
  TRY(CheckVersion(version, options));
  if (parts.lock) {
    TRY(CheckMayWrite(database, options));
    // Waits for nobody: sets what a new or copied file lacks.
    database.Execute("PRAGMA journal_mode=WAL");
    if (SchemaVersion(database) < NewestVersion()) {
      TRY(BringUpToDate(parts, effects));
    }
    parts.lock->MarkState();
  }
  RefuseForeignObjects(database);
  TRY(CheckEnvironment(database, options));
  CheckAfterCrash(parts);
  if (parts.lock) parts.lock->Share();
  return {};
}

Status ExplainReadOnly(Status status, const StateFolder& folder) {
  if (status || folder.writable || folder.log_is_empty) return status;
  if (status.error().code != ErrorCode::kIo) return status;
  status.error().remedy =
      "its last writer was stopped in the middle, and the folder can't be "
      "written to finish; open it once where it can be, or copy it";
  return status;
}

Result<std::unique_ptr<StateStore>> OpenStore(const OpenOptions& options) {
  const StateFolder folder =
      TRY(OpenStateFolder(options.folder, UseOf(options.mode)));
  SqliteStore::Parts parts;
  parts.options = options;
  parts.file = folder.database;
  parts.revocations = TRY(RevocationLog::Open(options.folder));
  if (options.mode != OpenMode::kReadOnly) {
    parts.lock = TRY(SessionLock::Join(folder.database + ".lock"));
    parts.generation = TRY(GenerationFile::Open(folder.path));
  }
  const SystemClock system_clock;
  SystemRandom system_random;
  const Effects effects{
      options.clock != nullptr ? *options.clock : system_clock,
      options.random != nullptr ? *options.random : system_random};
  TRY(ExplainReadOnly(Guarded("reading its schema",
                              [&]() -> Status {
                                parts.database = std::make_unique<Database>(
                                    ConnectionTo(folder, options));
                                return Prepare(parts, folder.is_new, effects);
                              }),
                      folder));
  return std::unique_ptr<StateStore>(
      std::make_unique<SqliteStore>(std::move(parts)));
}

}  // namespace

Result<std::unique_ptr<StateStore>> StateStore::Open(
    const OpenOptions& options) {
  return While(OpenStore(options), "opening the state in " + options.folder);
}

}  // namespace writ::reconciler
