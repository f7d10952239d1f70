// StateStore over one SQLite connection. Its parts: open_store.cc makes it,
// sqlite_store_read.cc reads resources, …_history.cc what happened, …_lease.cc
// and …_verify.cc as they say; sqlite_write.h is the transaction.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/store/credential_rows.h"
#include "reconciler/store/database.h"
#include "reconciler/store/dictionary.h"
#include "reconciler/store/generation_file.h"
#include "reconciler/store/resource_rows.h"
#include "reconciler/store/revocation_log.h"
#include "reconciler/store/rotation_rows.h"
#include "reconciler/store/secret_rows.h"
#include "reconciler/store/session_lock.h"
#include "reconciler/store/state_store.h"

namespace writ::reconciler {

class SqliteStore final : public StateStore {
 public:
  struct Parts {
    OpenOptions options;
    std::string file;
    std::optional<SessionLock> lock;           // none: read-only
    std::optional<GenerationFile> generation;  // none: read-only
    std::unique_ptr<Database> database;
    RevocationLog revocations;
  };

  explicit SqliteStore(Parts parts);
  // Ends the session in an orderly way.
  ~SqliteStore() override;

  Status BeginRead() override;
  void EndRead() override;

  Result<StateFacts> ReadFacts() override;
  Result<std::optional<BaseRecord>> ReadBase(const std::string& owner) override;
  Result<std::optional<std::string>> ReadGuards(
      const std::string& owner) override;

  Result<engine::Snapshot> ReadAll(bool contents) override;
  Result<std::vector<engine::LiveResource>> ReadResources(
      std::span<const ResourceId> ids) override;
  Result<std::vector<engine::LiveResource>> ReadKind(
      const std::string& kind) override;
  Result<std::optional<StoredResource>> ReadStored(
      const ResourceId& id) override;
  Result<std::vector<ResourceId>> DeclaredIn(
      const std::string& owner, std::span<const std::string> files) override;
  Result<std::vector<ResourceId>> Unsettled(const std::string& owner) override;
  Result<std::vector<engine::LiveReference>> ReferencesFrom(
      std::span<const ResourceId> ids) override;
  Result<std::vector<engine::LiveReference>> ReferencesTo(
      std::span<const ResourceId> ids) override;
  Result<std::vector<ResourceId>> ChildrenSaying(
      std::span<const ResourceId> parents, const std::string& kind,
      const std::string& text) override;
  Result<std::int64_t> CountOwned(const std::string& owner) override;
  Result<std::vector<std::pair<std::string, Digest>>> ReadBucket(
      const std::string& owner, std::uint32_t bucket) override;
  Result<std::optional<Timestamp>> NextTimeEdge(const std::string& owner,
                                                Timestamp now) override;
  Result<std::vector<std::string>> ReadSchemaHistory(
      const ResourceId& id) override;

  Result<std::vector<JournalEntry>> ReadHistory(const ResourceId& id,
                                                int limit) override;
  Result<std::vector<DeletedResource>> ReadDeleted() override;
  Result<std::vector<ApplyRecord>> ReadApplies(int limit) override;
  Result<std::optional<LeaseRecord>> ReadLease() override;
  Result<AuditHead> ReadAuditHead() override;
  Result<std::vector<AuditEntry>> ReadAudit(std::int64_t first,
                                            int limit) override;

  CredentialTable& credentials() override { return credentials_; }
  SecretTable& secrets() override { return secrets_; }
  RotationTable& rotations() override { return rotations_; }

  Result<std::unique_ptr<WriteTransaction>> BeginWrite(
      const std::string& lease_token) override;

  Result<LeaseRecord> AcquireLease(const std::string& holder,
                                   const std::string& operation,
                                   std::chrono::milliseconds ttl,
                                   std::chrono::milliseconds timeout) override;
  Status Heartbeat(const std::string& lease_token) override;
  Status ReleaseLease(const std::string& lease_token) override;
  Status BreakLease(const std::string& lease_token, const std::string& actor,
                    const std::string& reason) override;

  Status Checkpoint() override;
  Status BackupTo(const std::string& file) override;
  Result<std::vector<std::string>> Verify() override;

  const std::string& folder() const override { return options_.folder; }

  // For the transaction.
  Database& database() { return *database_; }
  Dictionary& dictionary() { return dictionary_; }
  ResourceRows& rows() { return rows_; }
  const Clock& clock() const { return *options_.clock; }
  Random& random() { return *options_.random; }
  void set_wrote() { wrote_ = true; }
  GenerationFile* generation() { return generation_ ? &*generation_ : nullptr; }

 private:
  // What the lease is doing, seen by somebody who waits for it.
  struct Watch {
    std::string token;
    std::int64_t heartbeat = -1;
    std::chrono::nanoseconds since{};
  };

  std::string Doing(const char* what) const;
  Status MayWrite() const;
  void MoveGeneration();
  std::optional<LeaseRecord> FindLease();
  bool StandsStill(const LeaseRecord& lease, Watch& watch) const;
  // Nothing where somebody was faster.
  Result<std::optional<LeaseRecord>> TryTakeLease(
      const std::string& holder, const std::string& operation,
      std::chrono::milliseconds ttl, const std::optional<LeaseRecord>& seen);
  Status UpdateLease(const std::string& lease_token, const char* doing,
                     const char* sql);
  std::vector<ResourceId> ReadAddresses(Query& query);
  void VerifyRows(std::vector<std::string>& wrong);

  SystemClock system_clock_;
  SystemRandom system_random_;
  OpenOptions options_;
  std::string file_;
  std::optional<SessionLock> lock_;
  std::optional<GenerationFile> generation_;
  std::unique_ptr<Database> database_;
  Dictionary dictionary_;
  ResourceRows rows_;
  CredentialRows credentials_;
  SecretRows secrets_;
  RotationRows rotations_;
  int readers_ = 0;
  bool wrote_ = false;
};

}  // namespace writ::reconciler
