#include "reconciler/controller/stored_events.h"

#include <algorithm>
#include <map>

#include "reconciler/events/event_reader.h"

namespace writ::reconciler {

using engine::LiveResource;

Status AddStoredEvents(const std::string& folder, engine::Snapshot& live) {
  const auto is_app = [](const LiveResource& row) {
    return row.id.kind() == "App";
  };
  if (std::none_of(live.resources.begin(), live.resources.end(), is_app)) {
    return {};
  }
  auto reader = EventReader::Open(folder);
  if (!reader) {
    if (reader.error().code == ErrorCode::kNotFound) return {};
    return tl::unexpected<Error>(reader.error());
  }
  std::map<std::string, std::int64_t> stored;
  for (const AppTotal& total : TRY((*reader)->Totals())) {
    stored[total.app_uid] = total.stored;
  }
  for (LiveResource& row : live.resources) {
    if (!is_app(row)) continue;
    const auto found = stored.find(row.uid);
    if (found != stored.end()) row.stored_items = found->second;
  }
  return {};
}

}  // namespace writ::reconciler
