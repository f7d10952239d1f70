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
  for (const UseTotal& total : TRY((*records)->Totals(now, kDays))) {
    const auto record = TRY(store.credentials().FindById(total.credential));
    if (!record) continue;
    const auto found = tokens.find(record->token_uid);
    if (found != tokens.end()) Add(total, found->second->usage);
  }
  return {};
}

}  // namespace writ::reconciler
