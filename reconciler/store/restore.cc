// Puts a backup back as a new state (T-10).
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "reconciler/store/audit_chain.h"
#include "reconciler/store/backup.h"
#include "reconciler/store/generation_file.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/state_folder.h"
#include "reconciler/store/state_store.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

// Refuses what a restore must not trust, and brings it to this version.
Status ReadyRestored(Database& database) {
  const int version = SchemaVersion(database);
  if (version == 0) {
    return Fail(ErrorCode::kCorrupt, "the backup is empty",
                "choose another one");
  }
  if (version > NewestVersion()) {
    return Fail(ErrorCode::kUnsupported,
                "the backup was written by a newer writ",
                "restore it with that version");
  }
  if (IsForPlan(database)) {
    return Fail(ErrorCode::kUnsupported,
                "this is a copy for plans, which lacks the audit and the trash",
                "choose a backup that `writ state backup` made");
  }
  RefuseForeignObjects(database);
  QuickCheck(database);
  if (version < NewestVersion()) {
    database.Execute("BEGIN IMMEDIATE");
    MigrateFrom(database, version, NewestVersion());
    database.Execute("COMMIT");
  }
  return {};
}

// A new lineage: no plan made before the restore can be applied after it. The
// bases go, so that the next plan looks at everything.
Status BeginLineage(Database& database, const Clock& clock, Random& random,
                    const std::string& actor) {
  Value details;
  AuditEntry entry;
  {
    Query query = database.Prepare(
        "SELECT lineage, audit_sequence, audit_digest FROM meta");
    if (!query.Step()) throw CorruptState("it says nothing of itself");
    details.Set("lineage", query.Text(0));
    entry.sequence = query.Integer(1) + 1;
    entry.previous = query.DigestAt(2);
  }
  const std::string lineage = random.Hex(kLineageDigits);
  details.Set("newLineage", lineage);
  entry.at = clock.Now();
  entry.actor = actor;
  entry.action = "state.restore";
  entry.details = CanonicalJson(details);
  entry.digest = AuditDigest(entry);
  database.Execute(
      "BEGIN IMMEDIATE; DELETE FROM lease; DELETE FROM bases; "
      "UPDATE rotations SET observe = 1 WHERE ended_at IS NULL;");
  database
      .Prepare(
          "INSERT INTO audit (sequence, at, actor, action, subject, "
          "details, previous, digest) VALUES (?, ?, ?, ?, '', ?, ?, ?)")
      .Bind(entry.sequence)
      .Bind(entry.at)
      .Bind(entry.actor)
      .Bind(entry.action)
      .Bind(entry.details)
      .Bind(entry.previous)
      .Bind(entry.digest)
      .Run();
  database
      .Prepare(
          "UPDATE meta SET lineage = ?, restored = 1, dirty = 0, "
          "audit_sequence = ?, audit_digest = ?, "
          "high_water = max(high_water, ?)")
      .Bind(lineage)
      .Bind(entry.sequence)
      .Bind(entry.digest)
      .Bind(entry.at)
      .Run();
  database.Execute("COMMIT");
  return {};
}

Status CheckBackupFile(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kNotFound, "there is no backup " + file);
  }
  struct stat log {};
  if (::stat((file + "-wal").c_str(), &log) == 0 && log.st_size > 0) {
    return Fail(ErrorCode::kInvalidArgument,
                file +
                    " has a log beside it: it is a state in use, not a "
                    "backup",
                "make a backup with `writ state backup`");
  }
  return {};
}

}  // namespace

Status RestoreState(const std::string& backup_file, const std::string& folder,
                    const Clock& clock, Random& random,
                    const std::string& actor) {
  TRY(CheckBackupFile(backup_file));
  const std::string doing = "restoring " + backup_file + " into " + folder;
  return Guarded(doing, [&]() -> Status {
    DatabaseOptions options;
    options.file = backup_file;
    options.read_only = true;
    options.immutable = true;
    Database backup(options);
    SchemaVersion(backup);  // throws where it is no state
    const StateFolder state = TRY(MakeStateFolder(folder));
    // A gateway that still has the state that stood here looks again.
    std::optional<GenerationFile> generation;
    if (::access(GenerationFile::PathIn(state.path).c_str(), F_OK) == 0) {
      generation = TRY(GenerationFile::Open(state.path));
    }
    const GenerationMove move(generation ? &*generation : nullptr);
    return BackupDatabase(backup, state.database,
                          [&](Database& copy) -> Status {
                            TRY(ReadyRestored(copy));
                            return BeginLineage(copy, clock, random, actor);
                          });
  });
}

}  // namespace writ::reconciler
