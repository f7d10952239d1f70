// SecretTable over the state's connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/store/secret_records.h"
#include "reconciler/store/sqlite_table.h"

namespace writ::reconciler {

class SecretRows final : public SecretTable, private SqliteTable {
 public:
  explicit SecretRows(Database& database) : SqliteTable(database) {}

  Result<std::vector<KeyGeneration>> ReadKeyGenerations() override;
  Result<std::int64_t> CountUnder(std::int64_t generation) override;
  Result<std::optional<SecretPointer>> FindPointer(
      const std::string& secret_uid, const std::string& environment) override;
  Result<std::optional<SecretVersion>> FindVersion(
      const std::string& secret_uid, const std::string& environment,
      std::int64_t version) override;
  Result<std::vector<SecretVersion>> ReadVersions(
      const std::string& secret_uid, const std::string& environment) override;
  Result<std::vector<SecretPointer>> ReadPointers() override;
  Result<std::vector<SecretVersion>> ReadUnder(std::int64_t generation,
                                               int limit) override;

  Status WriteKeyGeneration(const KeyGeneration& generation) override;
  Status RemoveKeyGeneration(std::int64_t generation) override;
  Status InsertVersion(const SecretVersion& version) override;
  Status Reseal(const SecretVersion& version) override;
  Status DestroyVersion(const std::string& secret_uid,
                        const std::string& environment,
                        std::int64_t version) override;
  Status MovePointer(const SecretPointer& pointer,
                     std::int64_t expected) override;
};

}  // namespace writ::reconciler
