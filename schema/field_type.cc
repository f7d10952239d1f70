#include "schema/field_type.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace writ {
namespace {

// YAML 1.1's words are texts, with quotes and without.
std::string BooleanHint(const Value& value) {
  if (!value.IsString()) return {};
  const std::string& text = value.AsString();
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  if (is_one_of({"yes", "Yes", "YES", "on", "On", "ON", "y", "Y"})) {
    return "write true";
  }
  if (is_one_of({"no", "No", "NO", "off", "Off", "OFF", "n", "N"})) {
    return "write false";
  }
  return is_one_of({"true", "false"}) ? "write it without quotes"
                                      : "write true or false";
}

}  // namespace

std::string_view Expected(const Field& field) {
  switch (field.type) {
    case FieldType::kString:
    case FieldType::kEnum:
      return "a string";
    case FieldType::kReference:
      return "a name or address";
    case FieldType::kBoolean:
      return "true or false";
    case FieldType::kInteger:
      return "an integer";
    case FieldType::kNumber:
      return "a number";
    case FieldType::kDuration:
      return "a duration";
    case FieldType::kTimestamp:
      return "a timestamp";
    case FieldType::kSecretUrl:
      return "an https URL or {secretRef: …}";
    case FieldType::kList:
      return "a list";
    case FieldType::kSecretRef:
    case FieldType::kObject:
    case FieldType::kMap:
      return "a map";
    case FieldType::kAny:
      return "a value";
  }
  return "a value";
}

bool HasType(const Field& field, const Value& value) {
  switch (field.type) {
    case FieldType::kString:
    case FieldType::kEnum:
    case FieldType::kReference:
    case FieldType::kDuration:
    case FieldType::kTimestamp:
      return value.IsString();
    case FieldType::kBoolean:
      return value.IsBoolean();
    case FieldType::kInteger:
      return value.IsInteger();
    case FieldType::kNumber:
      return value.IsInteger() ||
             (value.IsNumber() && std::isfinite(value.AsNumber()));
    case FieldType::kSecretUrl:
      return value.IsString() || value.IsMap();
    case FieldType::kList:
      return value.IsList();
    case FieldType::kSecretRef:
    case FieldType::kObject:
    case FieldType::kMap:
      return value.IsMap();
    case FieldType::kAny:
      return true;
  }
  return true;
}

std::string TypeHint(const Field& field, const Value& value) {
  const bool plain = value.IsInteger() || value.IsNumber() || value.IsBoolean();
  switch (field.type) {
    case FieldType::kDuration:
      return "a duration has a unit: 90d, 1h30m, 0s";
    case FieldType::kTimestamp:
      return "write it like 2026-12-01T00:00:00Z";
    case FieldType::kString:
    case FieldType::kEnum:
    case FieldType::kReference:
      return plain ? "put it between quotes" : "";
    case FieldType::kList:
      return value.IsMap() ? "begin each item with a dash" : "";
    case FieldType::kBoolean:
      return BooleanHint(value);
    case FieldType::kInteger:
    case FieldType::kNumber:
      return value.IsString() ? "write it without quotes" : "";
    case FieldType::kSecretUrl:
    case FieldType::kSecretRef:
    case FieldType::kObject:
    case FieldType::kMap:
    case FieldType::kAny:
      return {};
  }
  return {};
}

}  // namespace writ
