#include "schema/normalize.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "schema/json.h"
#include "schema/resource_id.h"
#include "schema/time.h"
#include "schema/validator.h"

namespace writ {
namespace {

bool Applies(const Field& field, const Value& siblings) {
  if (field.when.empty()) return true;
  const std::string_view chosen = siblings.FindString(field.when.field);
  return std::find(field.when.values.begin(), field.when.values.end(),
                   chosen) != field.when.values.end();
}

std::optional<Value> DefaultOf(const Field& field, std::string_view name,
                               const Value& siblings) {
  if (!Applies(field, siblings)) return std::nullopt;
  if (field.default_value != nullptr) return *field.default_value;
  if (field.default_from.empty()) return std::nullopt;
  if (field.default_from == "metadata.name") {
    if (name.empty()) return std::nullopt;
    return Value(name);
  }
  const Value* source = siblings.Find(field.default_from);
  if (source == nullptr || !source->IsString()) return std::nullopt;
  Value copy(source->AsString());
  return copy;
}

// Members that will be filled in, so that there is room for no others.
std::size_t CountMissing(const Field& field, const Value& value) {
  const auto missing = std::count_if(
      field.fields.begin(), field.fields.end(), [&](const Field& member) {
        const bool has_default =
            member.default_value != nullptr || !member.default_from.empty();
        return has_default && Applies(member, value) &&
               value.Find(member.name) == nullptr;
      });
  return static_cast<std::size_t>(missing);
}

void NormalizeObject(const Field& field, std::string_view name, Value& value) {
  if (!value.IsMap()) return;
  if (std::any_of(value.AsMap().begin(), value.AsMap().end(),
                  [](const auto& entry) { return entry.value.IsNull(); })) {
    auto& map = value.MutableMap();
    map.erase(std::remove_if(map.begin(), map.end(),
                             [&](const Value::Entry& entry) {
                               const Field* member = field.Find(entry.key);
                               return entry.value.IsNull() &&
                                      member != nullptr && member->nullable;
                             }),
              map.end());
  }
  value.MutableMap().reserve(value.AsMap().size() + CountMissing(field, value));
  for (const Field& member : field.fields) {
    Value* present = value.Find(member.name);
    if (present == nullptr) {
      std::optional<Value> filled = DefaultOf(member, name, value);
      if (!filled) continue;
      Value::Map& map = value.MutableMap();
      map.push_back(Value::Entry{member.name, {}, *std::move(filled)});
      present = &map.back().value;
    }
    NormalizeField(member, name, *present);
  }
}

std::string SortKey(const Field& list, const Value& item) {
  if (list.list_style == ListStyle::kKeyed) {
    return std::string(item.FindString(list.key));
  }
  return item.IsString() ? item.AsString() : CanonicalJson(item);
}

void SortItems(const Field& list, Value::List& items) {
  if (items.size() < 2) return;
  const auto is_text = [](const Value& item) { return item.IsString(); };
  if (list.list_style == ListStyle::kSet &&
      std::all_of(items.begin(), items.end(), is_text)) {
    std::stable_sort(items.begin(), items.end(),
                     [](const Value& a, const Value& b) {
                       return a.AsString() < b.AsString();
                     });
    return;
  }
  std::vector<std::pair<std::string, Value>> keyed;
  keyed.reserve(items.size());
  for (Value& item : items) {
    std::string key = SortKey(list, item);
    keyed.emplace_back(std::move(key), std::move(item));
  }
  std::stable_sort(
      keyed.begin(), keyed.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i] = std::move(keyed[i].second);
  }
}

void ReplaceText(Value& value, std::string text) {
  if (value.AsString() != text) value.MutableString() = std::move(text);
}

// "App/order-service" where "order-service" says the same: a parent that is
// written as an address.
void ShortenParent(const Field& field, Value& value) {
  if (!field.immutable || !value.IsString()) return;
  const std::string& text = value.AsString();
  if (text.find('/') == std::string::npos) return;
  const std::optional<ResourceId> id = ResourceId::Parse(text);
  if (id && id->parent().empty()) ReplaceText(value, std::string(id->name()));
}

}  // namespace

void NormalizeField(const Field& field, std::string_view name, Value& value) {
  switch (field.type) {
    case FieldType::kObject:
    case FieldType::kSecretUrl:
      NormalizeObject(field, name, value);
      return;
    case FieldType::kList:
      if (!value.IsList()) return;
      for (Value& item : value.MutableList()) {
        NormalizeField(*field.item, name, item);
      }
      if (field.list_style != ListStyle::kOrdered) {
        SortItems(field, value.MutableList());
      }
      return;
    case FieldType::kMap:
      if (!value.IsMap()) return;
      for (Value::Entry& entry : value.MutableMap()) {
        NormalizeField(*field.item, name, entry.value);
      }
      return;
    case FieldType::kDuration:
      if (!value.IsString()) return;
      if (const auto duration = ParseDuration(value.AsString())) {
        ReplaceText(value, FormatDuration(*duration));
      }
      return;
    case FieldType::kTimestamp:
      if (!value.IsString()) return;
      if (const auto at = ParseTimestamp(value.AsString())) {
        ReplaceText(value, FormatTimestamp(*at));
      }
      return;
    case FieldType::kReference:
      ShortenParent(field, value);
      return;
    case FieldType::kString:
    case FieldType::kBoolean:
    case FieldType::kInteger:
    case FieldType::kNumber:
    case FieldType::kEnum:
    case FieldType::kSecretRef:
    case FieldType::kAny:
      return;
  }
}

Value NormalizeContent(const Kind& kind, Value content) {
  static const Value kNoMap = Value(Value::Map{});
  const auto part = [&](std::string_view key) -> Value& {
    Value* present = content.Find(key);
    return present != nullptr ? *present : content.Set(key, kNoMap);
  };
  Value& lifecycle = part("lifecycle");
  for (const std::string_view name : {"onDelete", "protect"}) {
    const Field* field = LifecycleField().Find(name);
    if (lifecycle.IsMap() && lifecycle.Find(name) == nullptr) {
      lifecycle.Set(name, *field->default_value);
    }
  }
  Value& metadata = part("metadata");
  for (const std::string_view name : {"annotations", "labels"}) {
    if (metadata.IsMap() && metadata.Find(name) == nullptr) {
      metadata.Set(name, kNoMap);
    }
  }
  NormalizeField(kind.spec, {}, part("spec"));
  return content;
}

}  // namespace writ
