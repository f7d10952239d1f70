// A state store whose Nth effect fails: every call that reads or writes counts
// as one. Everything else is the real store's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/store/state_store.h"

namespace writ::testing {

// Counts effects; the one that `fail_at` names fails.
struct FaultPlan {
  std::int64_t fail_at = 0;  // from 1; 0: none
  std::int64_t count = 0;
  bool fired = false;

  bool Strikes() {
    if (++count != fail_at) return false;
    fired = true;
    return true;
  }
};

class FaultyTransaction final : public reconciler::WriteTransaction {
 public:
  FaultyTransaction(std::unique_ptr<reconciler::WriteTransaction> real,
                    FaultPlan& plan)
      : real_(std::move(real)), plan_(plan) {}

  Status Put(const reconciler::StoredResource& resource,
             std::int64_t generation) override {
    return Do([&] { return real_->Put(resource, generation); });
  }
  Status Touch(const reconciler::StoredResource& resource) override {
    return Do([&] { return real_->Touch(resource); });
  }
  Status Delete(const ResourceId& id, std::int64_t generation) override {
    return Do([&] { return real_->Delete(id, generation); });
  }
  Status Rename(const ResourceId& from, const ResourceId& to,
                std::int64_t generation) override {
    return Do([&] { return real_->Rename(from, to, generation); });
  }
  Status Undelete(const ResourceId& id) override {
    return Do([&] { return real_->Undelete(id); });
  }
  Status PurgeDeleted(Timestamp before, int limit) override {
    return Do([&] { return real_->PurgeDeleted(before, limit); });
  }
  Status AddSchemaVersion(const ResourceId& id,
                          const std::string& content) override {
    return Do([&] { return real_->AddSchemaVersion(id, content); });
  }
  Status WriteGuards(const std::string& owner,
                     const std::string& guards) override {
    return Do([&] { return real_->WriteGuards(owner, guards); });
  }
  Status WriteBase(const std::string& owner,
                   const std::optional<reconciler::BaseRecord>& base) override {
    return Do([&] { return real_->WriteBase(owner, base); });
  }
  Status WriteApply(const reconciler::ApplyRecord& record) override {
    return Do([&] { return real_->WriteApply(record); });
  }
  Status AppendJournal(const reconciler::JournalEntry& entry) override {
    return Do([&] { return real_->AppendJournal(entry); });
  }
  Status AppendAudit(const reconciler::AuditEntry& entry) override {
    return Do([&] { return real_->AppendAudit(entry); });
  }
  Status AcceptRestore() override {
    return Do([&] { return real_->AcceptRestore(); });
  }
  Status Mark() override {
    return Do([&] { return real_->Mark(); });
  }
  Status RollbackToMark() override {
    return Do([&] { return real_->RollbackToMark(); });
  }
  Status ReleaseMark() override {
    return Do([&] { return real_->ReleaseMark(); });
  }
  std::int64_t serial() const override { return real_->serial(); }
  Status Commit() override {
    return Do([&] { return real_->Commit(); });
  }

 private:
  Status Do(const std::function<Status()>& effect) {
    if (plan_.Strikes()) return Fail(ErrorCode::kIo, "injected fault");
    return effect();
  }

  std::unique_ptr<reconciler::WriteTransaction> real_;
  FaultPlan& plan_;
};

class FaultyStore final : public reconciler::StateStore {
 public:
  FaultyStore(reconciler::StateStore& real, FaultPlan& plan)
      : real_(real), plan_(plan) {}

  Status Checkpoint() override {
    return plan_.Strikes() ? Fail(ErrorCode::kIo, "injected fault")
                           : real_.Checkpoint();
  }
  reconciler::CredentialTable& credentials() override {
    return real_.credentials();
  }
  reconciler::SecretTable& secrets() override { return real_.secrets(); }
  reconciler::RotationTable& rotations() override { return real_.rotations(); }

  Status BeginRead() override { return real_.BeginRead(); }
  void EndRead() override { real_.EndRead(); }
  Result<reconciler::StateFacts> ReadFacts() override {
    return Do([&] { return real_.ReadFacts(); });
  }
  Result<std::optional<reconciler::BaseRecord>> ReadBase(
      const std::string& owner) override {
    return Do([&] { return real_.ReadBase(owner); });
  }
  Result<std::optional<std::string>> ReadGuards(
      const std::string& owner) override {
    return Do([&] { return real_.ReadGuards(owner); });
  }
  Result<std::vector<engine::LiveResource>> ReadKind(
      const std::string& kind) override {
    return Do([&] { return real_.ReadKind(kind); });
  }
  Result<engine::Snapshot> ReadAll(bool contents) override {
    return Do([&] { return real_.ReadAll(contents); });
  }
  Result<std::vector<engine::LiveResource>> ReadResources(
      std::span<const ResourceId> ids) override {
    return Do([&] { return real_.ReadResources(ids); });
  }
  Result<std::optional<reconciler::StoredResource>> ReadStored(
      const ResourceId& id) override {
    return Do([&] { return real_.ReadStored(id); });
  }
  Result<std::vector<ResourceId>> DeclaredIn(
      const std::string& owner, std::span<const std::string> files) override {
    return Do([&] { return real_.DeclaredIn(owner, files); });
  }
  Result<std::vector<ResourceId>> Unsettled(const std::string& owner) override {
    return Do([&] { return real_.Unsettled(owner); });
  }
  Result<std::vector<engine::LiveReference>> ReferencesFrom(
      std::span<const ResourceId> ids) override {
    return Do([&] { return real_.ReferencesFrom(ids); });
  }
  Result<std::vector<engine::LiveReference>> ReferencesTo(
      std::span<const ResourceId> ids) override {
    return Do([&] { return real_.ReferencesTo(ids); });
  }
  Result<std::vector<ResourceId>> ChildrenSaying(
      std::span<const ResourceId> parents, const std::string& kind,
      const std::string& text) override {
    return Do([&] { return real_.ChildrenSaying(parents, kind, text); });
  }
  Result<std::int64_t> CountOwned(const std::string& owner) override {
    return Do([&] { return real_.CountOwned(owner); });
  }
  Result<std::vector<std::pair<std::string, Digest>>> ReadBucket(
      const std::string& owner, std::uint32_t bucket) override {
    return Do([&] { return real_.ReadBucket(owner, bucket); });
  }
  Result<std::optional<Timestamp>> NextTimeEdge(const std::string& owner,
                                                Timestamp now) override {
    return Do([&] { return real_.NextTimeEdge(owner, now); });
  }
  Result<std::vector<std::string>> ReadSchemaHistory(
      const ResourceId& id) override {
    return Do([&] { return real_.ReadSchemaHistory(id); });
  }
  Result<std::vector<reconciler::JournalEntry>> ReadHistory(
      const ResourceId& id, int limit) override {
    return Do([&] { return real_.ReadHistory(id, limit); });
  }
  Result<std::vector<reconciler::DeletedResource>> ReadDeleted() override {
    return Do([&] { return real_.ReadDeleted(); });
  }
  Result<std::vector<reconciler::ApplyRecord>> ReadApplies(int limit) override {
    return Do([&] { return real_.ReadApplies(limit); });
  }
  Result<std::optional<reconciler::LeaseRecord>> ReadLease() override {
    return Do([&] { return real_.ReadLease(); });
  }
  Result<reconciler::AuditHead> ReadAuditHead() override {
    return Do([&] { return real_.ReadAuditHead(); });
  }
  Result<std::vector<reconciler::AuditEntry>> ReadAudit(std::int64_t first,
                                                        int limit) override {
    return Do([&] { return real_.ReadAudit(first, limit); });
  }
  Result<std::unique_ptr<reconciler::WriteTransaction>> BeginWrite(
      const std::string& lease_token) override {
    if (plan_.Strikes()) return Fail(ErrorCode::kIo, "injected fault");
    auto real = real_.BeginWrite(lease_token);
    if (!real) return real;
    return std::unique_ptr<reconciler::WriteTransaction>(
        std::make_unique<FaultyTransaction>(std::move(*real), plan_));
  }
  Result<reconciler::LeaseRecord> AcquireLease(
      const std::string& holder, const std::string& operation,
      std::chrono::milliseconds ttl,
      std::chrono::milliseconds timeout) override {
    return real_.AcquireLease(holder, operation, ttl, timeout);
  }
  Status Heartbeat(const std::string& token) override {
    return real_.Heartbeat(token);
  }
  Status ReleaseLease(const std::string& token) override {
    return real_.ReleaseLease(token);
  }
  Status BreakLease(const std::string& token, const std::string& actor,
                    const std::string& reason) override {
    return real_.BreakLease(token, actor, reason);
  }
  Status BackupTo(const std::string& file) override {
    return real_.BackupTo(file);
  }
  Result<std::vector<std::string>> Verify() override { return real_.Verify(); }
  const std::string& folder() const override { return real_.folder(); }

 private:
  template <typename Effect>
  auto Do(const Effect& effect) -> decltype(effect()) {
    if (plan_.Strikes()) return Fail(ErrorCode::kIo, "injected fault");
    return effect();
  }

  reconciler::StateStore& real_;
  FaultPlan& plan_;
};

}  // namespace writ::testing
