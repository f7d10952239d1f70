#include "reconciler/controller/stored_use.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "reconciler/events/use_records.h"

namespace writ::reconciler {
namespace {

using engine::LiveResource;

constexpr int kDays = 7;
constexpr std::chrono::hours kScopesRemembered{24 * 30};

void Add(const UseTotal& total, std::optional<Usage>& usage) {
  if (!usage) usage.emplace();
  usage->count_7d += total.count;
  if (total.last_at &&
      (!usage->last_used_at || *total.last_at > *usage->last_used_at)) {
    usage->last_used_at = total.last_at;
  }
}

}  // namespace

Status AddTokenUse(StateStore& store, Timestamp now, engine::Snapshot& live) {
  std::unordered_map<std::string, LiveResource*> tokens;  // by uid
  for (LiveResource& row : live.resources) {
    if (row.id.kind() == "Token") tokens.emplace(row.uid, &row);
  }
  if (tokens.empty()) return {};
  EventDatabaseOptions options;
  options.folder = store.folder();
  auto records = UseRecords::Open(options);
  if (!records && records.error().code == ErrorCode::kNotFound) return {};
  if (!records) return tl::unexpected<Error>(records.error());
  std::unordered_map<std::string, LiveResource*> rows;  // by credential
  for (const UseTotal& total : TRY((*records)->Totals(now, kDays))) {
    const auto record = TRY(store.credentials().FindById(total.credential));
    if (!record) continue;
    const auto found = tokens.find(record->token_uid);
    if (found == tokens.end()) continue;
    Add(total, found->second->usage);
    rows.emplace(total.credential, found->second);
  }
  for (ScopeUse& use : TRY((*records)->Scopes(now - kScopesRemembered))) {
    const auto found = rows.find(use.credential);
    if (found == rows.end()) continue;
    Timestamp& last = found->second->usage->scopes[use.scope];
    last = std::max(last, use.last_at);
  }
  return {};
}

Status AddStandingCredentials(StateStore& store,
                              const std::vector<Resource>& desired,
                              engine::Snapshot& live) {
  std::unordered_map<std::string, LiveResource*> rows;  // by address
  for (LiveResource& row : live.resources) {
    if (row.id.kind() == "Token") rows.emplace(row.id.address(), &row);
  }
  const auto count = [&](const std::string& address,
                         const Resource& wanted) -> Status {
    const auto row = rows.find(address);
    const bool same =
        row == rows.end() || row->second->content_digest == wanted.digest;
    if (same) return {};
    std::int64_t standing = 0;
    for (const CredentialRecord& record :
         TRY(store.credentials().ReadOf(row->second->id))) {
      standing += record.status != CredentialStatus::kRevoked ? 1 : 0;
    }
    row->second->stored_items = standing;
    return {};
  };
  for (const Resource& resource : desired) {
    if (resource.id.kind() != "Token") continue;
    TRY(count(resource.id.address(), resource));
    for (const std::string& moved : resource.lifecycle.moved) {
      TRY(count(moved, resource));
    }
  }
  return {};
}

}  // namespace writ::reconciler
