#include "reconciler/cli/apply_history.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "schema/json.h"

namespace writ::reconciler {
namespace {

constexpr std::int64_t kPage = 1000;
// One entry a change: past so many, older applies go without their serial.
constexpr std::int64_t kMostEntries = 500'000;

}  // namespace

Result<std::vector<PastApply>> ReadPastApplies(StateStore& store, int limit) {
  std::vector<PastApply> applies;
  std::map<std::string, PastApply*> wanted;
  for (ApplyRecord& record : TRY(store.ReadApplies(limit))) {
    applies.push_back({std::move(record), std::nullopt});
  }
  for (PastApply& apply : applies) {
    if (apply.record.finished_at) wanted.emplace(apply.record.id, &apply);
  }
  const std::int64_t head = TRY(store.ReadAuditHead())
  .sequence;
  const std::int64_t oldest = std::max<std::int64_t>(1, head - kMostEntries);
  for (std::int64_t end = head; end >= oldest && !wanted.empty();
       end -= kPage) {
    const std::int64_t first = std::max<std::int64_t>(1, end - kPage + 1);
    for (const AuditEntry& entry :
         TRY(store.ReadAudit(first, static_cast<int>(end - first + 1)))) {
      if (entry.action != "apply.end") continue;
      const auto details = ParseJson(entry.details);
      if (!details) continue;
      const auto found = wanted.find(std::string(details->FindString("apply")));
      if (found == wanted.end()) continue;
      const Value* serial = details->Find("serial");
      if (serial != nullptr && serial->IsInteger()) {
        found->second->serial = serial->AsInteger();
      }
      wanted.erase(found);
    }
  }
  return applies;
}

}  // namespace writ::reconciler
