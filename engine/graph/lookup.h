// Every address that a reference may mean, in the order in which they are
// tried (language.md, "Types"): an address as it is written; a name of a kind
// without a parent as Kind/name; any other name under the user's own parent,
// then in that parent's workspace.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "schema/resource.h"
#include "schema/resource_id.h"

namespace writ::engine {

// True for kinds whose addresses are Kind/name (language.md, "Addresses").
bool IsTopLevelKind(std::string_view kind);

// The workspace that `resource` says it belongs to as an app or project;
// empty when it says none.
std::string_view WorkspaceNamed(const Resource& resource);

// What may be the parent of the resource at an address, by kind and name; none
// for kinds without one.
std::vector<ResourceId> PossibleParents(const ResourceId& id);

// Whether an address may stand where this reference stands: of a kind that the
// field's table names.
bool MayMean(const Reference& reference, std::string_view address);

// Calls `visit(address)` with each address until it answers true; then true.
// `workspace_of(parent)` yields a text, empty when unknown; it is asked only
// when needed. `buffer` is scratch, so that many lookups allocate once.
template <typename WorkspaceOf, typename Visit>
bool VisitAddresses(const Resource& user, const Reference& reference,
                    std::string& buffer, WorkspaceOf&& workspace_of,
                    Visit&& visit) {
  if (reference.text.find('/') != std::string::npos) {
    return MayMean(reference, reference.text) &&
           visit(std::string_view(reference.text));
  }
  if (reference.kinds == nullptr) return false;
  const auto try_scope = [&](std::string_view scope, bool top_level) {
    for (std::string_view kind : *reference.kinds) {
      if (IsTopLevelKind(kind) != top_level) continue;
      buffer.assign(kind).append("/");
      if (!top_level) buffer.append(scope).append("/");
      buffer.append(reference.text);
      if (visit(std::string_view(buffer))) return true;
    }
    return false;
  };
  if (try_scope({}, true)) return true;
  const std::string_view own = user.parent.name();
  if (own.empty()) return false;
  if (try_scope(own, false)) return true;
  if (user.parent.kind() == "Workspace") return false;
  const std::string workspace(workspace_of(user.parent));
  if (workspace.empty() || workspace == own) return false;
  return try_scope(workspace, false);
}

}  // namespace writ::engine
