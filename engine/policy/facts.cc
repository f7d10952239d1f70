#include "engine/policy/facts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/diff/diff.h"

namespace writ::engine {
namespace {

bool MayHide(const Field& field) {
  if (field.sensitive || field.type == FieldType::kSecretUrl) return true;
  if (field.item != nullptr && MayHide(*field.item)) return true;
  return std::any_of(field.fields.begin(), field.fields.end(), MayHide);
}

// Most kinds have nothing to hide; their contents need no look.
bool MayHide(const Kind& kind) {
  static const std::set<std::string_view> kKinds = [] {
    std::set<std::string_view> kinds;
    for (const Kind* known : AllKinds()) {
      if (MayHide(known->spec)) kinds.insert(known->name);
    }
    return kinds;
  }();
  return kKinds.contains(kind.name);
}

std::shared_ptr<const Value> WithScopes(
    std::shared_ptr<const Value> content,
    const std::function<std::vector<std::string>(std::string_view set)>&
        scopes_of) {
  const Value* sets = content->FindPath("spec.scopeSets");
  if (sets == nullptr || !sets->IsList() || sets->AsList().empty()) {
    return content;
  }
  std::set<std::string> scopes;
  const Value* own = content->FindPath("spec.scopes");
  if (own != nullptr && own->IsList()) {
    for (const Value& scope : own->AsList()) {
      if (scope.IsString()) scopes.insert(scope.AsString());
    }
  }
  for (const Value& set : sets->AsList()) {
    if (!set.IsString()) continue;
    for (std::string& scope : scopes_of(set.AsString())) {
      scopes.insert(std::move(scope));
    }
  }
  Value expanded = *content;
  Value::List list(scopes.begin(), scopes.end());
  expanded.Find("spec")->Set("scopes", std::move(list));
  return std::make_shared<const Value>(std::move(expanded));
}

}  // namespace

std::shared_ptr<const Value> PolicyView(
    const Kind& kind, std::shared_ptr<const Value> content,
    const std::function<std::vector<std::string>(std::string_view set)>&
        scopes_of) {
  if (content == nullptr) return nullptr;
  if (kind.name == "Token") return WithScopes(std::move(content), scopes_of);
  if (!MayHide(kind)) return content;
  Value shown = Redact(kind, *content);
  if (shown == *content) return content;
  return std::make_shared<const Value>(std::move(shown));
}

}  // namespace writ::engine
