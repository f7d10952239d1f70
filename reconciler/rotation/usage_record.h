// The record of how credentials are used, as rotation reads it (T-09). Gateways
// write it; where none does, use is never evidence.
//
// Implementations belong to the driver's thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/rotation/rotation.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

struct CredentialUse {
  std::string credential;  // id of its row
  engine::rotation::Sighting sighting;
  bool own_probe = false;  // writ's own: no evidence of anything
  bool refused = false;    // by its address, its scope, …
  // Nobody saw it, but a gateway that was killed may have: it keeps an old
  // credential in use, and shows nothing of a new one.
  bool may_be_lost = false;
};

class UsageRecord {
 public:
  virtual ~UsageRecord() = default;

  // All use before it is known: the least of all registered gateways'
  // watermarks. Absent: nobody records use, or one of them never said so.
  virtual Result<std::optional<Timestamp>> CompleteUntil() = 0;
  // Of each credential and consumer the newest use since then at least; refused
  // tries too.
  virtual Result<std::vector<CredentialUse>> Read(
      std::span<const std::string> credentials, Timestamp since) = 0;
};

// Where no gateway runs.
class NoUsageRecord final : public UsageRecord {
 public:
  Result<std::optional<Timestamp>> CompleteUntil() override {
    return std::optional<Timestamp>();
  }
  Result<std::vector<CredentialUse>> Read(std::span<const std::string>,
                                          Timestamp) override {
    return std::vector<CredentialUse>();
  }
};

}  // namespace writ::reconciler
