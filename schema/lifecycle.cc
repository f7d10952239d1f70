#include "schema/lifecycle.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/field_walk.h"
#include "schema/format_check.h"

namespace writ {
namespace {

bool Flag(const Value& lifecycle, std::string_view name) {
  const Value* flag = lifecycle.Find(name);
  return flag != nullptr && flag->IsBoolean() && flag->AsBoolean();
}

std::vector<std::string> Texts(const Value& lifecycle, std::string_view name) {
  std::vector<std::string> texts;
  const Value* list = lifecycle.Find(name);
  if (list == nullptr || !list->IsList()) return texts;
  for (const Value& item : list->AsList()) {
    if (item.IsString()) texts.push_back(item.AsString());
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

// Their identity is bound to the parent: keys, values and accepted events
// don't move with a name (design, section 4).
bool MayChangeParent(const Kind& kind) {
  constexpr std::array<std::string_view, 3> kBound = {"Token", "Secret",
                                                      "EventSchema"};
  return std::find(kBound.begin(), kBound.end(), kind.name) == kBound.end();
}

void CheckMoved(const Kind& kind, const ResourceId& id, const Value& lifecycle,
                Reporter& reporter) {
  const Value* moved = lifecycle.Find("moved");
  if (moved == nullptr || !moved->IsList() || id.empty()) return;
  for (const Value& item : moved->AsList()) {
    if (!item.IsString()) continue;
    const std::optional<ResourceId> from = ResourceId::Parse(item.AsString());
    if (!from || !MatchesFormat(Format::kAddress, item.AsString())) continue;
    const std::string prefix = "lifecycle.moved of " + reporter.subject();
    if (from->kind() != kind.name) {
      reporter.Error("bad-move", item.range(),
                     prefix + " names " + WithArticle(from->kind()) +
                         ", which it can't have been");
    } else if (*from == id) {
      reporter.Error("bad-move", item.range(), prefix + " names itself");
    } else if (from->parent() != id.parent() && !MayChangeParent(kind)) {
      reporter.Error("bad-move", item.range(),
                     prefix + " names another parent, between which " +
                         WithArticle(kind.name) + " can't move",
                     "declare a new one, and delete the old");
    }
  }
}

// spec.fields[currency].required without its brackets.
std::string WithoutKeys(std::string_view path) {
  std::string plain;
  int depth = 0;
  for (const char c : path) {
    if (c == '[') ++depth;
    if (depth == 0) plain += c;
    if (c == ']') --depth;
  }
  return plain;
}

// Of a field whose drift can't be left alone; empty where it can.
std::string WhyNotIgnored(const Kind& kind, const std::string& path) {
  if (path == "metadata.name") return "which is what the resource is called";
  for (const std::string_view parent : kind.parent_fields) {
    if (path == "spec." + std::string(parent)) return "which says where it is";
  }
  const Field* field = kind.FindField(path);
  if (field != nullptr && field->immutable) {
    return "which never changes while the resource lives";
  }
  return {};
}

void CheckIgnore(const Kind& kind, const Value& lifecycle, Reporter& reporter) {
  const Value* ignore = lifecycle.Find("ignore");
  if (ignore == nullptr || !ignore->IsList()) return;
  for (const Value& item : ignore->AsList()) {
    if (!item.IsString()) continue;
    const std::string& path = item.AsString();
    if (!MatchesFormat(Format::kResourcePath, path)) continue;
    const std::string plain = WithoutKeys(path);
    if (const std::string why = WhyNotIgnored(kind, plain); !why.empty()) {
      reporter.Error("ignored-identity", item.range(),
                     "lifecycle.ignore of " + reporter.subject() + " names " +
                         plain + ", " + why,
                     "leave it out");
      continue;
    }
    if (kind.FindField(plain) != nullptr) continue;
    std::vector<std::string> paths;
    for (const Field& field : kind.spec.fields) {
      paths.push_back("spec." + field.name);
    }
    reporter.Error("unknown-field", item.range(),
                   "lifecycle.ignore of " + reporter.subject() +
                       " names a field that " + WithArticle(kind.name) +
                       " doesn't have",
                   SuggestionOr(path, {paths.begin(), paths.end()}, ""));
  }
}

void ReadAdopt(const Value& lifecycle, Reporter& reporter, Lifecycle& result) {
  const Value* adopt = lifecycle.Find("adopt");
  if (adopt == nullptr) return;
  if (adopt->IsBoolean()) {
    result.adopt = adopt->AsBoolean();
    return;
  }
  const std::string_view from = adopt->FindString("from");
  if (adopt->IsMap() && adopt->AsMap().size() == 1 &&
      MatchesFormat(Format::kOwner, from)) {
    result.adopt = true;
    result.adopt_from = from;
    return;
  }
  reporter.Error("wrong-type", adopt->range(),
                 "lifecycle.adopt of " + reporter.subject() +
                     " is neither true, false nor {from: a repository}",
                 "write it like adopt: {from: other-repository}");
}

}  // namespace

Lifecycle ReadLifecycle(const Kind& kind, const ResourceId& id,
                        const Value& value, Reporter& reporter) {
  std::vector<Reference> none;
  FieldWalker(kind, reporter, none).WalkRoot(LifecycleField(), value);
  Lifecycle result;
  result.protect = Flag(value, "protect");
  result.suspend = Flag(value, "suspend");
  result.forget_on_delete = value.FindString("onDelete") == "forget";
  result.moved = Texts(value, "moved");
  result.ignore = Texts(value, "ignore");
  ReadAdopt(value, reporter, result);
  CheckMoved(kind, id, value, reporter);
  CheckIgnore(kind, value, reporter);
  return result;
}

}  // namespace writ
