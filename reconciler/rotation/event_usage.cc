#include "reconciler/rotation/event_usage.h"

#include <utility>

namespace writ::reconciler {

Result<UseRecords*> EventUsage::Records() {
  if (records_ == nullptr) {
    EventDatabaseOptions options;
    options.folder = folder_;
    auto opened = UseRecords::Open(options);
    if (!opened && opened.error().code == ErrorCode::kNotFound) return nullptr;
    records_ = TRY(std::move(opened));
  }
  return records_.get();
}

Result<std::optional<Timestamp>> EventUsage::CompleteUntil() {
  UseRecords* records = TRY(Records());
  if (records == nullptr) return std::optional<Timestamp>();
  return records->CompleteUntil();
}

Result<std::vector<CredentialUse>> EventUsage::Read(
    std::span<const std::string> credentials, Timestamp since) {
  std::vector<CredentialUse> uses;
  UseRecords* records = TRY(Records());
  if (records == nullptr) return uses;
  const auto lost = TRY(records->LostUntil());
  for (const std::string& credential : credentials) {
    for (UseSum& sum : TRY(records->ReadOf(credential))) {
      if (sum.last_at < since) continue;
      CredentialUse use;
      use.credential = credential;
      use.refused = sum.refused;
      use.own_probe = sum.agent.starts_with(kProbeAgent);
      use.sighting = {sum.last_at, std::move(sum.client), std::move(sum.agent),
                      std::move(sum.route)};
      uses.push_back(std::move(use));
    }
    if (!lost || *lost < since) continue;
    CredentialUse unseen;
    unseen.credential = credential;
    unseen.sighting.at = *lost;
    unseen.may_be_lost = true;
    uses.push_back(std::move(unseen));
  }
  return uses;
}

}  // namespace writ::reconciler
