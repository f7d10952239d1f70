#include "reconciler/controller/resolved_references.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/graph/lookup.h"
#include "schema/json.h"

namespace writ::reconciler {

using engine::LiveReference;

std::vector<LiveReference> ResolveAmong(
    const std::vector<Resource>& resources) {
  std::unordered_map<std::string_view, const Resource*> by_address;
  for (const Resource& resource : resources) {
    by_address.emplace(resource.id.address(), &resource);
  }
  const auto workspace_of = [&](const ResourceId& parent) -> std::string {
    const auto found = by_address.find(parent.address());
    if (found == by_address.end()) return {};
    return std::string(engine::WorkspaceNamed(*found->second));
  };
  std::vector<LiveReference> references;
  std::string buffer;
  for (const Resource& user : resources) {
    for (const Reference& reference : user.references) {
      if (reference.edge != ReferenceEdge::kDependency) continue;
      engine::VisitAddresses(
          user, reference, buffer, workspace_of, [&](std::string_view address) {
            const auto found = by_address.find(address);
            if (found == by_address.end()) return false;
            references.push_back(
                {user.id, found->second->id, reference.is_parent});
            return true;
          });
    }
  }
  std::sort(references.begin(), references.end());
  references.erase(std::unique(references.begin(), references.end()),
                   references.end());
  return references;
}

std::vector<engine::GraphNode> NodesOf(
    const std::vector<Resource>& resources,
    const std::vector<LiveReference>& references) {
  std::vector<engine::GraphNode> nodes;
  auto next = references.begin();
  for (const Resource& resource : resources) {
    engine::GraphNode node{resource.id, {}};
    for (; next != references.end() && next->from == resource.id; ++next) {
      node.references.push_back(next->to);
    }
    nodes.push_back(std::move(node));
  }
  return nodes;
}

engine::Snapshot AsIfApplied(const std::vector<Resource>& resources,
                             const SourceFiles& files, const std::string& owner,
                             const std::string& environment) {
  engine::Snapshot live;
  live.environment = environment;
  live.existing = static_cast<std::int64_t>(resources.size());
  for (const Resource& resource : resources) {
    engine::LiveResource row;
    row.id = resource.id;
    row.parent = resource.parent;
    row.uid = resource.id.address();
    row.owner = owner;
    row.generation = 1;
    row.content = CanonicalJson(*resource.content);
    row.content_digest = resource.digest;
    row.desired_digest = resource.digest;
    row.protect = resource.lifecycle.protect;
    row.forget_on_delete = resource.lifecycle.forget_on_delete;
    row.implied = resource.implied;
    row.provenance.file = files[resource.range.file];
    row.provenance.line = resource.range.line;
    row.provenance.column = resource.range.column;
    live.resources.push_back(std::move(row));
  }
  live.references = ResolveAmong(resources);
  return live;
}

}  // namespace writ::reconciler
