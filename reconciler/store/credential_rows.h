// CredentialTable over the state's connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/store/credential_records.h"
#include "reconciler/store/revocation_log.h"
#include "reconciler/store/sqlite_table.h"

namespace writ::reconciler {

class CredentialRows final : public CredentialTable, private SqliteTable {
 public:
  CredentialRows(Database& database, RevocationLog log)
      : SqliteTable(database), log_(std::move(log)) {}

  Result<std::optional<CredentialRecord>> FindByDigest(
      const Digest& digest) override;
  Result<std::optional<CredentialRecord>> FindById(
      const std::string& id) override;
  Result<std::vector<CredentialRecord>> ReadOf(
      const ResourceId& token) override;
  Result<std::vector<CredentialRecord>> ReadSince(
      std::int64_t sequence) override;
  Result<std::vector<CredentialRecord>> ReadNext(std::int64_t sequence,
                                                 int limit) override;
  Result<std::vector<CredentialRecord>> ReadDue(Timestamp now,
                                                int limit) override;
  Result<std::optional<Timestamp>> NextDue(Timestamp after) override;
  bool IsRevokedForGood(const Digest& digest) const override {
    return log_.Has(digest);
  }
  Status Insert(const CredentialRecord& record) override;
  Status Update(const CredentialRecord& record) override;
  Status Schedule(const std::string& id,
                  const std::optional<Timestamp>& rotate_at,
                  const std::string& basis) override;

 private:
  std::int64_t NextSequence();

  RevocationLog log_;
};

}  // namespace writ::reconciler
