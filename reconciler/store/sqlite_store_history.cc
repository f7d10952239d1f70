#include <algorithm>

#include "reconciler/store/resource_json.h"
#include "reconciler/store/retention.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_store.h"

namespace writ::reconciler {
namespace {

// Follows the names a resource had: under an earlier one, entries count up to
// the moment at which it was given away.
constexpr char kHistory[] =
    "WITH RECURSIVE names (address, until) AS ("
    "  SELECT ?1, 9223372036854775807"
    "  UNION"
    "  SELECT from_address, min(journal_id, until) FROM renames "
    "  JOIN names ON to_address = address AND journal_id <= until) "
    "SELECT apply_id, serial, at, journal.address, action, reason, actor, "
    "commit_id, file, line, col FROM names "
    "JOIN journal ON journal.address = names.address AND journal.id <= until "
    "GROUP BY journal.id ORDER BY journal.id DESC LIMIT ?2";

}  // namespace

Result<std::vector<JournalEntry>> SqliteStore::ReadHistory(const ResourceId& id,
                                                           int limit) {
  return Guarded(
      Doing("reading a resource's history"),
      [&]() -> Result<std::vector<JournalEntry>> {
        const ReadScope scope(*database_);
        std::vector<JournalEntry> entries;
        Query query = database_->Prepare(kHistory);
        query.Bind(id.address()).Bind(std::int64_t{limit});
        while (query.Step()) {
          JournalEntry entry;
          entry.apply_id = query.Text(0);
          entry.serial = query.Integer(1);
          entry.at = query.Time(2);
          entry.address = query.Text(3);
          entry.action = query.Text(4);
          entry.reason = query.Text(5);
          entry.actor = query.Text(6);
          if (!query.IsNull(7)) {
            dictionary_.ReadCommit(query.Integer(7), entry.provenance);
          }
          entry.provenance.file = query.Text(8);
          entry.provenance.line = static_cast<std::uint32_t>(query.Integer(9));
          entry.provenance.column =
              static_cast<std::uint32_t>(query.Integer(10));
          entries.push_back(std::move(entry));
        }
        return entries;
      });
}

Result<std::vector<DeletedResource>> SqliteStore::ReadDeleted() {
  return Guarded(
      Doing("reading deleted resources"),
      [&]() -> Result<std::vector<DeletedResource>> {
        std::vector<DeletedResource> deleted;
        const Timestamp since = clock().Now() - kTrashRetention;
        Query query = database_->Prepare(
            "SELECT resource, deleted_at FROM deleted WHERE deleted_at > ? "
            "ORDER BY id DESC");
        query.Bind(since);
        while (query.Step()) {
          deleted.push_back({
            TRY(ResourceFromJson(query.View(0)))
            , query.Time(1)
          });
        }
        return deleted;
      });
}

Result<std::vector<ApplyRecord>> SqliteStore::ReadApplies(int limit) {
  return Guarded(
      Doing("reading applies"), [&]() -> Result<std::vector<ApplyRecord>> {
        std::vector<ApplyRecord> records;
        Query query = database_->Prepare(
            "SELECT id, plan_digest, owner, commit_id, actor, started_at, "
            "finished_at, outcome, planned, done, failed, skipped FROM applies "
            "ORDER BY number DESC LIMIT ?");
        query.Bind(std::int64_t{limit});
        while (query.Step()) {
          ApplyRecord record;
          record.id = query.Text(0);
          record.plan_digest = query.Text(1);
          record.owner = query.Text(2);
          record.commit = query.Text(3);
          record.actor = query.Text(4);
          record.started_at = query.Time(5);
          record.finished_at = query.OptionalTime(6);
          const std::int64_t outcome = query.Integer(7);
          if (outcome < 0 || outcome > 3) {
            throw CorruptState("an apply ended in an unknown way");
          }
          record.outcome = static_cast<ApplyOutcome>(outcome);
          record.planned = query.Integer(8);
          record.done = query.Integer(9);
          record.failed = query.Integer(10);
          record.skipped = query.Integer(11);
          records.push_back(std::move(record));
        }
        return records;
      });
}

Result<AuditHead> SqliteStore::ReadAuditHead() {
  return Guarded(Doing("reading the audit"), [&]() -> Result<AuditHead> {
    Query query =
        database_->Prepare("SELECT audit_sequence, audit_digest FROM meta");
    if (!query.Step()) throw CorruptState("it says nothing of itself");
    return AuditHead{query.Integer(0), query.DigestAt(1)};
  });
}

Result<std::vector<AuditEntry>> SqliteStore::ReadAudit(std::int64_t first,
                                                       int limit) {
  return Guarded(
      Doing("reading the audit"), [&]() -> Result<std::vector<AuditEntry>> {
        std::vector<AuditEntry> entries;
        Query query = database_->Prepare(
            "SELECT sequence, at, actor, action, subject, details, previous, "
            "digest FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?");
        query.Bind(first).Bind(std::int64_t{limit});
        while (query.Step()) {
          entries.push_back({query.Integer(0), query.Time(1), query.Text(2),
                             query.Text(3), query.Text(4), query.Text(5),
                             query.DigestAt(6), query.DigestAt(7)});
        }
        return entries;
      });
}

}  // namespace writ::reconciler
