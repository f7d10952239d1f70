#include "engine/graph/lookup.h"

#include <algorithm>
#include <vector>

#include "engine/graph/graph.h"
#include "schema/kind.h"

namespace writ::engine {

bool IsTopLevelKind(std::string_view kind) {
  static const std::vector<std::string_view> kKinds = [] {
    std::vector<std::string_view> kinds;
    for (const Kind* each : AllKinds()) {
      const bool has_parent =
          each->parent_in_address && !each->parent_fields.empty();
      if (each->is_resource && !has_parent) kinds.push_back(each->name);
    }
    return kinds;
  }();
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

std::string_view WorkspaceNamed(const Resource& resource) {
  if (resource.parent.kind() == "Workspace") return resource.parent.name();
  const Value* spec =
      resource.content == nullptr ? nullptr : resource.content->Find("spec");
  return spec == nullptr ? std::string_view() : spec->FindString("workspace");
}

std::vector<ResourceId> PossibleParents(const ResourceId& id) {
  std::vector<ResourceId> parents;
  const Kind* kind = FindKind(id.kind());
  if (kind == nullptr || id.parent().empty()) return parents;
  for (const std::string& name : kind->parent_fields) {
    const Field* field = kind->FindField("spec." + name);
    if (field == nullptr) continue;
    for (const std::string_view each : field->reference.kinds) {
      parents.emplace_back(each, id.parent());
    }
  }
  return parents;
}

bool MayMean(const Reference& reference, std::string_view address) {
  if (reference.kinds == nullptr || reference.kinds->empty()) return true;
  const std::string_view kind = address.substr(0, address.find('/'));
  return std::find(reference.kinds->begin(), reference.kinds->end(), kind) !=
         reference.kinds->end();
}

Lookup ResolveReference(
    const Resource& user, const Reference& reference,
    const std::function<std::string(const ResourceId& parent)>& workspace_of,
    const std::function<bool(const ResourceId&)>& exists) {
  Lookup lookup;
  std::string buffer;
  VisitAddresses(user, reference, buffer, workspace_of,
                 [&](std::string_view address) {
                   std::optional<ResourceId> id = ResourceId::Parse(address);
                   if (!id) return false;
                   if (exists(*id)) {
                     lookup.found = std::move(id);
                     return true;
                   }
                   lookup.tried.push_back(std::move(*id));
                   return false;
                 });
  if (lookup.found) lookup.tried.clear();
  return lookup;
}

}  // namespace writ::engine
