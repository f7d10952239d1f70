#include "schema/value.h"

#include <algorithm>

#include "schema/check.h"

namespace writ {

const Value* Value::Find(std::string_view key) const {
  if (!IsMap()) return nullptr;
  for (const Entry& entry : AsMap()) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Value* Value::Find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).Find(key));
}

const Value* Value::FindPath(std::string_view dotted) const {
  const Value* value = this;
  while (value != nullptr) {
    const std::size_t dot = dotted.find('.');
    value = value->Find(dotted.substr(0, dot));
    if (dot == std::string_view::npos) return value;
    dotted.remove_prefix(dot + 1);
  }
  return nullptr;
}

std::string_view Value::FindString(std::string_view key) const {
  const Value* value = Find(key);
  if (value == nullptr || !value->IsString()) return {};
  return value->AsString();
}

Value& Value::Set(std::string_view key, Value value) {
  if (IsNull()) data_ = Map{};
  CHECK(IsMap());
  if (Value* present = Find(key)) {
    *present = std::move(value);
    return *present;
  }
  MutableMap().push_back(Entry{std::string(key), {}, std::move(value)});
  return MutableMap().back().value;
}

bool Value::Erase(std::string_view key) {
  if (!IsMap()) return false;
  Map& map = MutableMap();
  const auto entry = std::find_if(map.begin(), map.end(),
                                  [&](const Entry& e) { return e.key == key; });
  if (entry == map.end()) return false;
  map.erase(entry);
  return true;
}

bool operator==(const Value& a, const Value& b) {
  if (a.type() != b.type()) return false;
  if (!a.IsMap()) return a.data_ == b.data_;
  const Value::Map& left = a.AsMap();
  if (left.size() != b.AsMap().size()) return false;
  return std::all_of(left.begin(), left.end(), [&](const Value::Entry& entry) {
    const Value* other = b.Find(entry.key);
    return other != nullptr && entry.value == *other;
  });
}

std::string_view Describe(Value::Type type) {
  switch (type) {
    case Value::Type::kNull:
      return "nothing";
    case Value::Type::kBoolean:
      return "a boolean";
    case Value::Type::kInteger:
      return "an integer";
    case Value::Type::kNumber:
      return "a number";
    case Value::Type::kString:
      return "a string";
    case Value::Type::kList:
      return "a list";
    case Value::Type::kMap:
      return "a map";
  }
  return "a value";
}

}  // namespace writ
