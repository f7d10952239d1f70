#include "reconciler/store/sqlite_store.h"

#include <utility>

#include "reconciler/store/backup.h"
#include "reconciler/store/generation_commit.h"
#include "reconciler/store/migrations.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_write.h"

namespace writ::reconciler {

// A clock this far behind the store's is wrong (T-24).
constexpr std::chrono::seconds kClockTolerance{5};

SqliteStore::SqliteStore(Parts parts)
    : options_(std::move(parts.options)),
      file_(std::move(parts.file)),
      lock_(std::move(parts.lock)),
      generation_(std::move(parts.generation)),
      database_(std::move(parts.database)),
      dictionary_(*database_),
      rows_(*database_, dictionary_),
      credentials_(*database_, std::move(parts.revocations)),
      secrets_(*database_),
      rotations_(*database_) {
  if (options_.clock == nullptr) options_.clock = &system_clock_;
  if (options_.random == nullptr) options_.random = &system_random_;
}

SqliteStore::~SqliteStore() {
  if (database_->InTransaction()) database_->sqlite().tryExec("ROLLBACK");
  // The last of the sessions that write says that nothing was left half done.
  // Where this fails, the next one checks once more than it had to.
  if (wrote_ && lock_ && lock_->MakeExclusive()) {
    static_cast<void>(Guarded("saying so", [&]() -> Status {
      ClearDirty(*database_, generation());
      return {};
    }));
  }
}

std::string SqliteStore::Doing(const char* what) const {
  return std::string(what) + " in " + options_.folder;
}

Status SqliteStore::MayWrite() const {
  if (lock_) return {};
  return Fail(ErrorCode::kPermission, "the state in " + options_.folder +
                                          " was opened to be read only");
}

Status SqliteStore::BeginRead() {
  if (readers_++ > 0) return {};
  const Status begun = Guarded(Doing("beginning to read"), [&]() -> Status {
    // A deferred transaction sees the state as of its first read.
    database_->Execute("BEGIN; SELECT serial FROM meta");
    return {};
  });
  if (!begun) EndRead();
  return begun;
}

void SqliteStore::EndRead() {
  if (readers_ == 0 || --readers_ > 0) return;
  database_->sqlite().tryExec("ROLLBACK");
}

Result<StateFacts> SqliteStore::ReadFacts() {
  return Guarded(
      Doing("reading the state's facts"), [&]() -> Result<StateFacts> {
        const ReadScope scope(*database_);
        StateFacts facts;
        facts.schema_version =
            static_cast<int>(database_->Integer("PRAGMA user_version"));
        Query query = database_->Prepare(
            "SELECT lineage, serial, environment, created_at, restored, "
            "high_water, resource_count FROM meta");
        if (!query.Step()) throw CorruptState("it says nothing of itself");
        facts.lineage = query.Text(0);
        facts.serial = query.Integer(1);
        facts.environment = query.Text(2);
        facts.created_at = query.Time(3);
        facts.restored = query.Boolean(4);
        facts.high_water = query.Time(5);
        facts.resource_count = query.Integer(6);
        facts.for_plan = IsForPlan(*database_);
        facts.clock_behind =
            clock().Now() + kClockTolerance <= facts.high_water;
        return facts;
      });
}

Result<std::optional<BaseRecord>> SqliteStore::ReadBase(
    const std::string& owner) {
  return Guarded(
      Doing("reading the last apply's base"),
      [&]() -> Result<std::optional<BaseRecord>> {
        Query query = database_->Prepare(
            "SELECT tree_id, commit_id, inputs, kind_tables, writ_version, "
            "policies, serial, valid_until, desired_count, file_count, "
            "desired_buckets FROM bases WHERE owner = ?");
        if (!query.Bind(owner).Step()) return std::optional<BaseRecord>();
        BaseRecord base;
        base.tree_id = query.Text(0);
        base.commit = query.Text(1);
        base.inputs = query.DigestAt(2);
        base.kind_tables = query.Text(3);
        base.writ_version = query.Text(4);
        base.policies = query.DigestAt(5);
        base.serial = query.Integer(6);
        base.valid_until = query.OptionalTime(7);
        base.desired_count = query.Integer(8);
        base.file_count = query.Integer(9);
        base.desired_buckets = query.Text(10);
        return std::optional<BaseRecord>(std::move(base));
      });
}

Result<std::optional<std::string>> SqliteStore::ReadGuards(
    const std::string& owner) {
  return Guarded(
      Doing("reading the last apply's guards"),
      [&]() -> Result<std::optional<std::string>> {
        const ReadScope scope(*database_);
        // An older state has no such table.
        const bool kept =
            database_->Integer(
                "SELECT count(*) FROM sqlite_schema WHERE name = 'guards'") > 0;
        if (!kept) return std::optional<std::string>();
        Query query =
            database_->Prepare("SELECT guards FROM guards WHERE owner = ?");
        if (!query.Bind(owner).Step()) return std::optional<std::string>();
        return std::optional<std::string>(query.Text(0));
      });
}

Result<std::unique_ptr<WriteTransaction>> SqliteStore::BeginWrite(
    const std::string& lease_token) {
  TRY(MayWrite());
  return Guarded(Doing("beginning to write"),
                 [&]() -> Result<std::unique_ptr<WriteTransaction>> {
                   return SqliteWrite::Begin(*this, lease_token);
                 });
}

// To who counts commits by SQLite an emptied log looks like one.
void SqliteStore::MoveGeneration() {
  if (database_->sqlite().tryExec("BEGIN IMMEDIATE") != SQLITE_OK) return;
  { const GenerationMove move(generation()); }
  database_->sqlite().tryExec("ROLLBACK");
}

Status SqliteStore::Checkpoint() {
  TRY(MayWrite());
  return Guarded(Doing("emptying the log"), [&]() -> Status {
    if (database_->Integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0) {
      MoveGeneration();
      return {};
    }
    return Fail(ErrorCode::kLocked,
                "somebody reads the state: its log can't be emptied now");
  });
}

Status SqliteStore::BackupTo(const std::string& file) {
  return Guarded(Doing("backing up the state"),
                 [&] { return BackupDatabase(*database_, file); });
}

}  // namespace writ::reconciler
