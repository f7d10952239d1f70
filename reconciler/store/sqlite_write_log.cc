// What a transaction writes beside resources: base, applies, journal, audit;
// and its end.
#include <utility>

#include "reconciler/store/audit_chain.h"
#include "reconciler/store/generation_commit.h"
#include "reconciler/store/retention.h"
#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_write.h"
#include "reconciler/store/sqlite_write_do.h"

namespace writ::reconciler {

// What a secret that is gone for good was sealed in.
void SqliteWrite::PurgeValues(const std::string& secret_uid) {
  database()
      .Prepare("DELETE FROM secret_values WHERE secret_uid = ?")
      .Bind(secret_uid)
      .Run();
  database()
      .Prepare("DELETE FROM secret_pointers WHERE secret_uid = ?")
      .Bind(secret_uid)
      .Run();
}

Status SqliteWrite::PurgeDeleted(Timestamp before, int limit) {
  return Do("emptying", "the trash", [&]() -> Status {
    struct Row {
      std::int64_t id;
      std::string address;
      std::string uid;
    };
    std::vector<Row> rows;
    {
      Query query = database().Prepare(
          "SELECT id, address, json_extract(resource, '$.uid') FROM deleted "
          "WHERE deleted_at < ? ORDER BY id LIMIT ?");
      query.Bind(before).Bind(std::int64_t{limit});
      while (query.Step()) {
        rows.push_back({query.Integer(0), query.Text(1), query.Text(2)});
      }
    }
    for (const auto& [id, address, uid] : rows) {
      PurgeValues(uid);
      database().Prepare("DELETE FROM deleted WHERE id = ?").Bind(id).Run();
      database()
          .Prepare(
              "DELETE FROM schema_versions WHERE address = ?1 "
              "AND NOT EXISTS (SELECT 1 FROM resources "
              "WHERE address = ?1) "
              "AND NOT EXISTS (SELECT 1 FROM deleted "
              "WHERE address = ?1)")
          .Bind(address)
          .Run();
    }
    return {};
  });
}

Status SqliteWrite::AddSchemaVersion(const ResourceId& id,
                                     const std::string& content) {
  return Do("keeping a version of", id.address(), [&]() -> Status {
    database()
        .Prepare("INSERT INTO schema_versions (address, content) VALUES (?, ?)")
        .Bind(id.address())
        .Bind(content)
        .Run();
    database()
        .Prepare(
            "DELETE FROM schema_versions WHERE address = ?1 AND id <= "
            "(SELECT id FROM schema_versions WHERE address = ?1 "
            "ORDER BY id DESC LIMIT 1 OFFSET ?2)")
        .Bind(id.address())
        .Bind(std::int64_t{kSchemaVersionsKept})
        .Run();
    return {};
  });
}

Status SqliteWrite::WriteBase(const std::string& owner,
                              const std::optional<BaseRecord>& base) {
  return Do("writing the base of", owner, [&]() -> Status {
    if (!base) {
      database().Prepare("DELETE FROM bases WHERE owner = ?").Bind(owner).Run();
      return {};
    }
    database()
        .Prepare(
            "INSERT OR REPLACE INTO bases (owner, tree_id, commit_id, "
            "inputs, kind_tables, writ_version, policies, serial, "
            "valid_until, desired_count, file_count, desired_buckets) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(owner)
        .Bind(base->tree_id)
        .Bind(base->commit)
        .Bind(base->inputs)
        .Bind(base->kind_tables)
        .Bind(base->writ_version)
        .Bind(base->policies)
        .Bind(base->serial)
        .Bind(base->valid_until)
        .Bind(base->desired_count)
        .Bind(base->file_count)
        .BindBlob(base->desired_buckets)
        .Run();
    return {};
  });
}

Status SqliteWrite::WriteGuards(const std::string& owner,
                                const std::string& guards) {
  return Do("keeping the guards of", owner, [&]() -> Status {
    database()
        .Prepare("INSERT OR REPLACE INTO guards (owner, guards) VALUES (?, ?)")
        .Bind(owner)
        .Bind(guards)
        .Run();
    return {};
  });
}

Status SqliteWrite::WriteApply(const ApplyRecord& record) {
  return Do("writing apply", record.id, [&]() -> Status {
    database()
        .Prepare(
            "INSERT INTO applies (id, plan_digest, owner, commit_id, "
            "actor, started_at, finished_at, outcome, planned, done, "
            "failed, skipped) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET "
            "plan_digest = excluded.plan_digest, owner = excluded.owner, "
            "commit_id = excluded.commit_id, actor = excluded.actor, "
            "started_at = excluded.started_at, "
            "finished_at = excluded.finished_at, "
            "outcome = excluded.outcome, planned = excluded.planned, "
            "done = excluded.done, failed = excluded.failed, "
            "skipped = excluded.skipped")
        .Bind(record.id)
        .Bind(record.plan_digest)
        .Bind(record.owner)
        .Bind(record.commit)
        .Bind(record.actor)
        .Bind(record.started_at)
        .Bind(record.finished_at)
        .Bind(static_cast<std::int64_t>(record.outcome))
        .Bind(record.planned)
        .Bind(record.done)
        .Bind(record.failed)
        .Bind(record.skipped)
        .Run();
    return {};
  });
}

Status SqliteWrite::AppendJournal(const JournalEntry& entry) {
  return Do("journaling", entry.address, [&]() -> Status {
    database()
        .Prepare(
            "INSERT INTO journal (apply_id, serial, at, address, action, "
            "reason, actor, commit_id, file, line, col) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(entry.apply_id)
        .Bind(entry.serial)
        .Bind(entry.at)
        .Bind(entry.address)
        .Bind(entry.action)
        .Bind(entry.reason)
        .Bind(entry.actor)
        .Bind(store_.dictionary().InternCommit(entry.provenance))
        .Bind(entry.provenance.file)
        .Bind(std::int64_t{entry.provenance.line})
        .Bind(std::int64_t{entry.provenance.column})
        .Run();
    return {};
  });
}

Status SqliteWrite::AppendAudit(const AuditEntry& entry) {
  return Do("auditing", entry.action, [&]() -> Status {
    AuditEntry chained = entry;
    chained.sequence = pending_.audit.sequence + 1;
    chained.previous = pending_.audit.digest;
    chained.digest = AuditDigest(chained);
    database()
        .Prepare(
            "INSERT INTO audit (sequence, at, actor, action, subject, "
            "details, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(chained.sequence)
        .Bind(chained.at)
        .Bind(chained.actor)
        .Bind(chained.action)
        .Bind(chained.subject)
        .Bind(chained.details)
        .Bind(chained.previous)
        .Bind(chained.digest)
        .Run();
    pending_.audit = AuditHead{chained.sequence, chained.digest};
    return {};
  });
}

Status SqliteWrite::AcceptRestore() {
  return Do("accepting", "the restored state", [&]() -> Status {
    database().Prepare("UPDATE meta SET restored = 0").Run();
    return {};
  });
}

Status SqliteWrite::Mark() {
  return Do("marking", "the transaction", [&]() -> Status {
    if (marked_) {
      return Fail(ErrorCode::kInternal, "the transaction has a mark already");
    }
    database().Prepare("SAVEPOINT change").Run();
    marked_ = pending_;
    return {};
  });
}

Status SqliteWrite::RollbackToMark() {
  return Do("undoing", "a change", [&]() -> Status {
    if (!marked_) {
      return Fail(ErrorCode::kInternal, "the transaction has no mark");
    }
    database().Prepare("ROLLBACK TO change").Run();
    database().Prepare("RELEASE change").Run();
    pending_ = *std::move(marked_);
    marked_.reset();
    store_.dictionary().Forget();
    return {};
  });
}

Status SqliteWrite::ReleaseMark() {
  return Do("keeping", "a change", [&]() -> Status {
    if (!marked_) {
      return Fail(ErrorCode::kInternal, "the transaction has no mark");
    }
    database().Prepare("RELEASE change").Run();
    marked_.reset();
    return {};
  });
}

void SqliteWrite::FlushPending() {
  for (const auto& [owner, change] : pending_.owned) {
    database()
        .Prepare("UPDATE owners SET resources = resources + ? WHERE id = ?")
        .Bind(change)
        .Bind(owner)
        .Run();
  }
  database()
      .Prepare(
          "UPDATE meta SET serial = ?, resource_count = ?, "
          "audit_sequence = ?, audit_digest = ?, "
          "high_water = max(high_water, ?), dirty = 1")
      .Bind(pending_.serial)
      .Bind(pending_.resource_count)
      .Bind(pending_.audit.sequence)
      .Bind(pending_.audit.digest)
      .Bind(store_.clock().Now())
      .Run();
}

Status SqliteWrite::Commit() {
  const Status committed =
      Do("committing", "to the state in " + store_.folder(), [&]() -> Status {
        FlushPending();
        CommitMoving(database(), store_.generation());
        return {};
      });
  if (committed) {
    open_ = false;
    store_.set_wrote();
  } else if (open_) {
    End();
  }
  return committed;
}

}  // namespace writ::reconciler
