#include "engine/plan/compatibility_facts.h"

#include <algorithm>
#include <utility>

#include "schema/event/compatibility.h"
#include "schema/json.h"

namespace writ::engine {
namespace {

std::vector<Value> OlderVersions(const Snapshot& live, const ResourceId& id) {
  std::vector<Value> versions;
  for (const Snapshot::History& history : live.schema_history) {
    if (history.id != id) continue;
    for (const std::string& json : history.contents) {
      if (Result<Value> content = ParseJson(json)) {
        versions.push_back(*std::move(content));
      }
    }
  }
  return versions;
}

}  // namespace

void AddCompatibility(const Snapshot& live, std::vector<Change>& changes) {
  for (Change& change : changes) {
    if (change.id.kind() != "EventSchema" || change.before == nullptr ||
        change.after == nullptr) {
      continue;
    }
    const ResourceId& at = change.moved_from ? *change.moved_from : change.id;
    change.compatibility = CheckCompatibility(*change.before, *change.after,
                                              OlderVersions(live, at));
  }
}

}  // namespace writ::engine
