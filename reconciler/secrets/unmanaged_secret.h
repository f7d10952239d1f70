// Secrets that no manifest declares: made, described and removed by hand. What
// git declares is changed in git; these refuse it (kConflict), naming the
// place. Each is one transaction with its audit entry.
#pragma once

#include <string>
#include <vector>

#include "reconciler/store/state_store.h"
#include "reconciler/store/unmanaged_resource.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

struct NewSecret {
  std::string type = "string";
  std::string description;
  std::vector<std::string> environments = {};  // empty: the default
};

// kConflict where it is there already; kInvalidArgument for what a manifest
// couldn't say either.
Status CreateUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const NewSecret& secret, const Authorship& by);
Status DescribeUnmanagedSecret(StateStore& store, const ResourceId& id,
                               const std::string& description,
                               const Authorship& by);
// Another type, other environments.
Status RetypeUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const NewSecret& secret, const Authorship& by);
// Its values are the caller's to destroy first.
Status RemoveUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const Authorship& by);

}  // namespace writ::reconciler
