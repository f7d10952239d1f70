#include "engine/state/snapshot.h"

#include <algorithm>

namespace writ::engine {

const LiveResource* Snapshot::Find(const ResourceId& id) const {
  const auto found =
      std::lower_bound(resources.begin(), resources.end(), id,
                       [](const LiveResource& live, const ResourceId& wanted) {
                         return live.id < wanted;
                       });
  return found == resources.end() || found->id != id ? nullptr : &*found;
}

}  // namespace writ::engine
