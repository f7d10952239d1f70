#include "engine/diff/content_path.h"

#include <algorithm>

namespace writ::engine {
namespace {

const Field& AnyField() {
  static const Field field = [] {
    Field any;
    any.type = FieldType::kAny;
    return any;
  }();
  return field;
}

}  // namespace

std::string JoinMember(const std::string& path, std::string_view member) {
  std::string joined;
  joined.reserve(path.size() + 1 + member.size());
  joined.append(path);
  if (!path.empty()) joined.append(".");
  return joined.append(member);
}

std::string JoinKey(const std::string& path, std::string_view key) {
  std::string joined;
  joined.reserve(path.size() + 2 + key.size());
  return joined.append(path).append("[").append(key).append("]");
}

bool IsAtOrBelow(std::string_view path, std::string_view ancestor) {
  if (path.substr(0, ancestor.size()) != ancestor) return false;
  if (path.size() == ancestor.size()) return true;
  const char next = path[ancestor.size()];
  return next == '.' || next == '[';
}

bool IsAnyAtOrBelow(std::string_view path,
                    const std::vector<std::string>& ancestors) {
  return std::any_of(
      ancestors.begin(), ancestors.end(),
      [&](const std::string& ancestor) { return IsAtOrBelow(path, ancestor); });
}

const Field& FieldOfPart(const Kind& kind, std::string_view part) {
  if (part == "spec") return kind.spec;
  if (part == "metadata") return MetadataField();
  if (part == "lifecycle") return LifecycleField();
  return AnyField();
}

const Field& FieldOfMember(const Field& object, std::string_view member) {
  const Field* field = object.Find(member);
  return field == nullptr ? AnyField() : *field;
}

std::string_view KeyOf(const Field& list, const Value& item) {
  return item.FindString(list.key);
}

const Value* FindItem(const Field& list, const Value& items,
                      std::string_view key) {
  if (!items.IsList()) return nullptr;
  for (const Value& item : items.AsList()) {
    if (KeyOf(list, item) == key) return &item;
  }
  return nullptr;
}

}  // namespace writ::engine
