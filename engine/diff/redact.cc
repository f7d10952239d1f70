#include "engine/diff/content_path.h"
#include "engine/diff/diff.h"

namespace writ::engine {
namespace {

constexpr const char* kHidden = "(sensitive)";

Value RedactMap(const Value& value, const Field& field) {
  Value::Map redacted;
  redacted.reserve(value.AsMap().size());
  for (const Value::Entry& entry : value.AsMap()) {
    const Field& member = field.type == FieldType::kMap && field.item
                              ? *field.item
                              : FieldOfMember(field, entry.key);
    redacted.push_back(
        {entry.key, entry.key_range, RedactField(member, entry.value)});
  }
  return redacted;
}

}  // namespace

bool IsSensitive(const Field& field, const Value& value) {
  if (value.IsNull()) return false;
  if (field.type == FieldType::kSecretUrl) return !value.IsMap();
  return field.sensitive;
}

Value RedactField(const Field& field, const Value& value) {
  if (IsSensitive(field, value)) return kHidden;
  if (value.IsMap()) return RedactMap(value, field);
  if (!value.IsList() || field.item == nullptr) return value;
  Value::List redacted;
  redacted.reserve(value.AsList().size());
  for (const Value& item : value.AsList()) {
    redacted.push_back(RedactField(*field.item, item));
  }
  return redacted;
}

Value Redact(const Kind& kind, const Value& content) {
  if (!content.IsMap()) return content;
  Value::Map redacted;
  for (const Value::Entry& part : content.AsMap()) {
    redacted.push_back({part.key, part.key_range,
                        RedactField(FieldOfPart(kind, part.key), part.value)});
  }
  return redacted;
}

}  // namespace writ::engine
