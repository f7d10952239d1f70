// Looking a resource up in a list that is sorted by id.
#pragma once

#include <algorithm>
#include <vector>

#include "schema/resource.h"
#include "schema/resource_id.h"

namespace writ::reconciler {

// Null: it isn't there.
inline const Resource* FindResource(const std::vector<Resource>& sorted,
                                    const ResourceId& id) {
  const auto found =
      std::lower_bound(sorted.begin(), sorted.end(), id,
                       [](const Resource& resource, const ResourceId& wanted) {
                         return resource.id < wanted;
                       });
  return found == sorted.end() || found->id != id ? nullptr : &*found;
}

}  // namespace writ::reconciler
