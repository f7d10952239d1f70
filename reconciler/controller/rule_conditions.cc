#include "reconciler/controller/rule_conditions.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/policy/match.h"
#include "engine/policy/rule_condition.h"
#include "reconciler/controller/find_resource.h"
#include "reconciler/controller/policing.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

using Contents = std::vector<std::shared_ptr<const Value>>;

// Event schemas by app and name.
using SchemasByApp =
    std::map<ResourceId, std::map<std::string, std::shared_ptr<const Value>>>;

bool HasCondition(const Resource& resource) {
  return resource.id.kind() == "NotificationRule" &&
         resource.content->FindPath("spec.when") != nullptr;
}

SchemasByApp SchemasIn(const std::vector<Resource>& resources) {
  SchemasByApp schemas;
  for (const Resource& resource : resources) {
    if (resource.id.kind() != "EventSchema") continue;
    schemas[resource.parent].emplace(resource.id.name(), resource.content);
  }
  return schemas;
}

// Of the schemas that the rule's event means.
Contents SchemasOf(const Resource& rule, const SchemasByApp& schemas) {
  Contents contents;
  const Value* event = rule.content->FindPath("spec.event");
  const auto app = schemas.find(rule.parent);
  if (event == nullptr || !event->IsString() || app == schemas.end()) {
    return contents;
  }
  for (const auto& [name, content] : app->second) {
    if (engine::MatchesWildcard(event->AsString(), name)) {
      contents.push_back(content);
    }
  }
  return contents;
}

// What is known of the rules and schemas of some apps, read or not.
class PartialCheck {
 public:
  PartialCheck(StateStore& store, const Gathered& gathered)
      : store_(store), gathered_(gathered) {}

  Result<bool> Run() {
    FindApps();
    if (apps_.empty()) return true;
    for (const Resource& resource : gathered_.desired.resources) {
      if (HasCondition(resource)) rules_.push_back(&resource);
    }
    schemas_ = SchemasIn(gathered_.desired.resources);
    TRY(ReadRest());
    for (const Resource& rule : unread_) rules_.push_back(&rule);
    return std::all_of(rules_.begin(), rules_.end(), [&](const auto* rule) {
      Diagnostics found;
      engine::CheckRuleCondition(*rule, gathered_.desired.files,
                                 SchemasOf(*rule, schemas_), {}, found);
      return !found.HasErrors();
    });
  }

 private:
  void FindApps() {
    for (const Resource& resource : gathered_.desired.resources) {
      if (HasCondition(resource)) apps_.insert(resource.parent);
      if (resource.id.kind() != "EventSchema") continue;
      const engine::LiveResource* row = gathered_.live.Find(resource.id);
      if (row == nullptr || row->desired_digest != resource.digest) {
        changed_.insert(resource.parent);
      }
    }
    for (const ResourceId& id : gathered_.undeclared) {
      if (id.kind() != "EventSchema") continue;
      const engine::LiveResource* row = gathered_.live.Find(id);
      if (row != nullptr) changed_.insert(row->parent);
    }
    apps_.insert(changed_.begin(), changed_.end());
  }

  bool IsRead(const ResourceId& id) const {
    return FindResource(gathered_.desired.resources, id) != nullptr ||
           std::binary_search(gathered_.undeclared.begin(),
                              gathered_.undeclared.end(), id);
  }

  // First the rules of apps whose schemas differ: where none has a condition,
  // which is most often so, no schema matters. Then the schemas of those that
  // have one.
  Status ReadRest() {
    const std::vector<ResourceId> changed(changed_.begin(), changed_.end());
    std::vector<ResourceId> rules =
        TRY(store_.ChildrenSaying(changed, "NotificationRule", "\"when\""));
    TRY(ReadUnread(std::move(rules)));
    std::set<ResourceId> apps;
    for (const Resource* rule : rules_) apps.insert(rule->parent);
    for (const Resource& rule : unread_) apps.insert(rule.parent);
    std::vector<ResourceId> schemas;
    const std::vector<ResourceId> of(apps.begin(), apps.end());
    for (auto& reference : TRY(store_.ReferencesTo(of))) {
      if (reference.is_parent && reference.from.kind() == "EventSchema") {
        schemas.push_back(std::move(reference.from));
      }
    }
    return ReadUnread(std::move(schemas));
  }

  Status ReadUnread(std::vector<ResourceId> ids) {
    std::erase_if(ids, [&](const ResourceId& id) { return IsRead(id); });
    for (const auto& row : TRY(store_.ReadResources(ids))) {
      if (row.owner == gathered_.desired.repository.name) TRY(Take(row));
    }
    return {};
  }

  Status Take(const engine::LiveResource& row) {
    Resource resource;
    resource.id = row.id;
    resource.parent = row.parent;
    resource.content = std::make_shared<const Value>(
        TRY(While(ParseJson(row.applied.empty() ? row.content : row.applied),
                  "reading " + row.id.address())));
    if (row.id.kind() == "EventSchema") {
      schemas_[row.parent].emplace(row.id.name(), resource.content);
    } else if (HasCondition(resource)) {
      unread_.push_back(std::move(resource));
    }
    return {};
  }

  StateStore& store_;
  const Gathered& gathered_;
  std::set<ResourceId> apps_;
  std::set<ResourceId> changed_;  // those whose schemas differ
  SchemasByApp schemas_;
  std::vector<Resource> unread_;
  std::vector<const Resource*> rules_;
};

}  // namespace

void CheckRuleConditions(manifests::Source& source,
                         const manifests::DesiredState& desired, bool warns,
                         Diagnostics& diagnostics) {
  const engine::TextPlaces places = PlacesIn(source, desired.files);
  std::optional<SchemasByApp> schemas;
  for (const Resource& rule : desired.resources) {
    if (!HasCondition(rule)) continue;
    if (!schemas) schemas = SchemasIn(desired.resources);
    Diagnostics found;
    engine::CheckRuleCondition(rule, desired.files, SchemasOf(rule, *schemas),
                               places, found);
    for (const Diagnostic& diagnostic : found.items()) {
      if (warns || diagnostic.severity == Severity::kError) {
        diagnostics.Add(diagnostic);
      }
    }
  }
}

Result<bool> ConditionsHold(StateStore& store, const Gathered& gathered) {
  return PartialCheck(store, gathered).Run();
}

}  // namespace writ::reconciler
