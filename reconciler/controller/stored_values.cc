#include "reconciler/controller/stored_values.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

namespace writ::reconciler {

Status AddStoredValues(StateStore& store, engine::Snapshot& live) {
  const auto holds_values = [](const engine::LiveResource& row) {
    return row.id.kind() == "Secret" || row.id.kind() == "Project";
  };
  if (std::none_of(live.resources.begin(), live.resources.end(),
                   holds_values)) {
    return {};
  }
  std::map<std::string, std::int64_t> by_secret;
  std::map<std::string, std::int64_t> by_project;
  for (const SecretPointer& pointer : TRY(store.secrets().ReadPointers())) {
    if (pointer.version == 0) continue;
    ++by_secret[pointer.secret_uid];
    ++by_project[std::string(pointer.secret.parent())];
  }
  for (engine::LiveResource& row : live.resources) {
    if (!holds_values(row)) continue;
    const auto& counts = row.id.kind() == "Secret" ? by_secret : by_project;
    const auto found = counts.find(
        row.id.kind() == "Secret" ? row.uid : std::string(row.id.name()));
    if (found != counts.end()) row.stored_items = found->second;
  }
  return {};
}

}  // namespace writ::reconciler
