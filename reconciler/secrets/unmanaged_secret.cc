#include "reconciler/secrets/unmanaged_secret.h"

#include <utility>

#include "reconciler/store/live_spec.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

Result<Resource> ToResource(const ResourceId& id, const NewSecret& secret) {
  Value spec;
  spec.Set("project", std::string(id.parent()));
  spec.Set("type", secret.type);
  if (!secret.description.empty()) spec.Set("description", secret.description);
  if (!secret.environments.empty()) {
    Value::List names;
    for (const std::string& name : secret.environments) {
      names.emplace_back(name);
    }
    spec.Set("environments", std::move(names));
  }
  return ParseUnmanaged(UnmanagedDocument(id, std::move(spec)));
}

Result<Value> SpecOfUnmanaged(StateStore& store, const ResourceId& id) {
  const StoredResource stored = TRY(ReadUnmanaged(store, id));
  return SpecOf(stored.live);
}

}  // namespace

Status CreateUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const NewSecret& secret, const Authorship& by) {
  const Resource resource = TRY(ToResource(id, secret));
  return CreateUnmanaged(store, resource, "secret.create", by);
}

Status DescribeUnmanagedSecret(StateStore& store, const ResourceId& id,
                               const std::string& description,
                               const Authorship& by) {
  Value spec = TRY(SpecOfUnmanaged(store, id));
  spec.Set("description", description);
  return ReplaceUnmanaged(store, id, std::move(spec), "secret.describe", by);
}

Status RetypeUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const NewSecret& secret, const Authorship& by) {
  Value::List names;
  for (const std::string& name : secret.environments) names.emplace_back(name);
  Value spec = TRY(SpecOfUnmanaged(store, id));
  spec.Set("type", secret.type);
  spec.Set("environments", std::move(names));
  return ReplaceUnmanaged(store, id, std::move(spec), "secret.retype", by);
}

Status RemoveUnmanagedSecret(StateStore& store, const ResourceId& id,
                             const Authorship& by) {
  return RemoveUnmanaged(store, id, "secret.remove", by);
}

}  // namespace writ::reconciler
