// RotationTable over the state's connection.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconciler/store/rotation_records.h"
#include "reconciler/store/sqlite_table.h"

namespace writ::reconciler {

class RotationRows final : public RotationTable, private SqliteTable {
 public:
  explicit RotationRows(Database& database) : SqliteTable(database) {}

  Result<std::optional<RotationRecord>> FindById(
      const std::string& id) override;
  Result<std::optional<RotationRecord>> FindOpen(
      const ResourceId& token) override;
  Result<std::vector<RotationRecord>> ReadAll(bool all) override;
  Result<std::vector<RotationRecord>> ReadOf(const ResourceId& token) override;
  Result<std::optional<Timestamp>> NextAt() override;
  Result<std::vector<RotationStep>> ReadSteps(
      const std::string& rotation) override;
  Result<std::optional<std::string>> FindPendingValue(
      const std::string& credential) override;
  Status Insert(const RotationRecord& record) override;
  Status Update(const RotationRecord& record) override;
  Status AppendStep(const RotationStep& step) override;
  Status WritePendingValue(const std::string& rotation,
                           const std::string& credential,
                           const std::string& sealed) override;
  Status ErasePendingValues(const std::string& rotation) override;
};

}  // namespace writ::reconciler
