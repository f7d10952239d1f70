// The record of use that gateways leave in events.db, as rotation reads it.
//
// Belongs to the driver's thread. Opens the file when it is first asked; where
// there is none, nobody records use.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "reconciler/events/use_records.h"
#include "reconciler/rotation/usage_record.h"

namespace writ::reconciler {

class EventUsage final : public UsageRecord {
 public:
  explicit EventUsage(std::string folder) : folder_(std::move(folder)) {}

  Result<std::optional<Timestamp>> CompleteUntil() override;
  Result<std::vector<CredentialUse>> Read(
      std::span<const std::string> credentials, Timestamp since) override;

 private:
  // Null where there is no file.
  Result<UseRecords*> Records();

  const std::string folder_;
  std::unique_ptr<UseRecords> records_;
};

}  // namespace writ::reconciler
