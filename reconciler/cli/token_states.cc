#include "reconciler/cli/token_states.h"

#include <utility>
#include <vector>

#include "reconciler/credentials/token_status.h"

namespace writ::reconciler {

Result<TokenStates> TokenStates::Read(StateStore& store,
                                      const engine::LiveResource* live,
                                      Timestamp now) {
  auto records = TRY(live == nullptr ? store.credentials().ReadSince(0)
                                     : store.credentials().ReadOf(live->id));
  std::map<std::string, std::vector<CredentialRecord>> of_uid;
  for (CredentialRecord& record : records) {
    of_uid[record.token_uid].push_back(std::move(record));
  }
  TokenStates states;
  for (const auto& [uid, own] : of_uid) {
    states.by_uid_[uid] = DescribeToken(own, now);
  }
  return states;
}

std::string TokenStates::Of(const engine::LiveResource& live) const {
  if (live.id.kind() != "Token") return {};
  const auto found = by_uid_.find(live.uid);
  return found == by_uid_.end() ? DescribeToken({}, {}) : found->second;
}

}  // namespace writ::reconciler
