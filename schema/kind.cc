#include "schema/kind.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "schema/kinds/kinds.h"

namespace writ {
namespace {

struct Tables {
  std::vector<Kind> kinds;
  std::vector<const Kind*> views;
  std::unordered_map<std::string_view, const Kind*> by_name;
  Field metadata;
  Field lifecycle;
};

Tables BuildTables() {
  using namespace kinds;  // NOLINT: twenty names, here alone
  Tables tables;
  tables.kinds = {
      RepositoryKind(),       WorkspaceKind(),    AppKind(),
      EventSchemaKind(),      DestinationKind(),  NotificationRuleKind(),
      SilenceKind(),          ProjectKind(),      SecretKind(),
      ScopeSetKind(),         ApiRouteKind(),     TokenKind(),
      RotationScheduleKind(), DeployTargetKind(), PolicyKind(),
      PolicyExceptionKind(),  PatchKind(),        PolicyTestKind(),
      RuleTestKind(),         HostKind()};
  for (const Kind& kind : tables.kinds) {
    tables.views.push_back(&kind);
    tables.by_name.emplace(kind.name, &kind);
  }
  tables.metadata = MetadataTable();
  tables.lifecycle = LifecycleTable();
  return tables;
}

const Tables& AllTables() {
  static const Tables kTables = BuildTables();
  return kTables;
}

// The field that `dotted` leads to from here.
const Field* Follow(const Field* field, std::string_view dotted) {
  while (field != nullptr && !dotted.empty()) {
    while (field->type == FieldType::kList) field = field->item.get();
    if (field->type == FieldType::kAny) return field;
    const std::size_t dot = dotted.find('.');
    field = field->type == FieldType::kMap ? field->item.get()
                                           : field->Find(dotted.substr(0, dot));
    dotted.remove_prefix(dot == std::string_view::npos ? dotted.size()
                                                       : dot + 1);
  }
  return field;
}

}  // namespace

const Field* Field::Find(std::string_view member) const {
  for (const Field& field : fields) {
    if (field.name == member) return &field;
  }
  return nullptr;
}

const Field* Kind::FindField(std::string_view dotted) const {
  const std::size_t dot = dotted.find('.');
  const std::string_view top = dotted.substr(0, dot);
  const std::string_view rest =
      dot == std::string_view::npos ? "" : dotted.substr(dot + 1);
  if (top == "spec") return Follow(&spec, rest);
  if (top == "metadata" && has_metadata) return Follow(&MetadataField(), rest);
  if (top == "lifecycle" && is_resource) return Follow(&LifecycleField(), rest);
  return nullptr;
}

std::span<const Kind* const> AllKinds() { return AllTables().views; }

const Kind* FindKind(std::string_view name) {
  const auto& by_name = AllTables().by_name;
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

const Field& MetadataField() { return AllTables().metadata; }
const Field& LifecycleField() { return AllTables().lifecycle; }

std::span<const std::string_view> AllScopes() {
  static constexpr std::array<std::string_view, 20> kScopes = {
      "inbox:read",    "inbox:write",    "crm:read",       "crm:create",
      "crm:update",    "crm:delete",     "contacts:read",  "contacts:write",
      "channels:read", "channels:write", "workflows:read", "workflows:write",
      "webhooks:read", "webhooks:write", "ai:read",        "ai:write",
      "tags:read",     "tags:write",     "analytics:read", "admin:all"};
  return kScopes;
}

}  // namespace writ
