// The write transaction of SqliteStore. What moves with each change (serial,
// counts, the audit's head) is kept here and written once, at Commit.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/store/sqlite_store.h"

namespace writ::reconciler {

class SqliteWrite final : public WriteTransaction {
 public:
  // Throws SQLite::Exception; kLocked where the lease is lost.
  static Result<std::unique_ptr<SqliteWrite>> Begin(
      SqliteStore& store, const std::string& lease_token);
  explicit SqliteWrite(SqliteStore& store) : store_(store) {}
  ~SqliteWrite() override;

  Status Put(const StoredResource& resource,
             std::int64_t expected_generation) override;
  Status Touch(const StoredResource& resource) override;
  Status Delete(const ResourceId& id,
                std::int64_t expected_generation) override;
  Status Rename(const ResourceId& from, const ResourceId& to,
                std::int64_t expected_generation) override;
  Status Undelete(const ResourceId& id) override;
  Status PurgeDeleted(Timestamp before, int limit) override;

  Status AddSchemaVersion(const ResourceId& id,
                          const std::string& content) override;
  Status WriteBase(const std::string& owner,
                   const std::optional<BaseRecord>& base) override;
  Status WriteGuards(const std::string& owner,
                     const std::string& guards) override;
  Status WriteApply(const ApplyRecord& record) override;
  Status AppendJournal(const JournalEntry& entry) override;
  Status AppendAudit(const AuditEntry& entry) override;
  Status AcceptRestore() override;

  Status Mark() override;
  Status RollbackToMark() override;
  Status ReleaseMark() override;

  std::int64_t serial() const override { return pending_.serial; }
  Status Commit() override;

 private:
  struct Pending {
    std::int64_t serial = 0;
    std::int64_t resource_count = 0;
    std::map<std::int64_t, std::int64_t> owned;  // change by owner
    AuditHead audit;
  };

  void PurgeValues(const std::string& secret_uid);

  template <typename Body>
  Status Do(const char* doing, const std::string& subject, Body&& body);
  Result<std::optional<RowKey>> Expect(const ResourceId& id,
                                       std::int64_t generation);
  std::int64_t GenerationInTrash(const ResourceId& id);
  void Insert(const StoredResource& complete);
  void CountOwner(const std::optional<std::int64_t>& before,
                  const std::optional<std::int64_t>& after);
  void RenameRow(const ResourceId& from, const ResourceId& to);
  void RenameCredentials(const ResourceId& from, const ResourceId& to);
  void RenameBeside(const ResourceId& from, const ResourceId& to);
  void RenameChildren(const ResourceId& from, const ResourceId& to);
  Status CheckRenames(const ResourceId& from, const ResourceId& to);
  void FlushPending();
  void End();

  Database& database() { return store_.database(); }

  SqliteStore& store_;
  Pending pending_;
  std::optional<Pending> marked_;
  bool open_ = true;
};

}  // namespace writ::reconciler
