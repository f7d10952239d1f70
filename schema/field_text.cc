#include "schema/field_text.h"

#include <cmath>
#include <cstdint>
#include <string_view>

#include "schema/field_walk.h"
#include "schema/format_check.h"
#include "schema/json.h"
#include "schema/time.h"

namespace writ {
namespace {

std::string NumberText(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return CompactJson(Value(number));
}

std::string LimitText(const Field& field, double limit) {
  if (field.type != FieldType::kDuration) return NumberText(limit);
  return FormatDuration(Duration(static_cast<Duration::rep>(limit * 1000)));
}

std::string_view UnitOf(const Field& field) {
  switch (field.type) {
    case FieldType::kString:
      return " characters";
    case FieldType::kList:
      return " items";
    case FieldType::kMap:
      return " entries";
    case FieldType::kBoolean:
    case FieldType::kInteger:
    case FieldType::kNumber:
    case FieldType::kDuration:
    case FieldType::kTimestamp:
    case FieldType::kEnum:
    case FieldType::kReference:
    case FieldType::kSecretRef:
    case FieldType::kSecretUrl:
    case FieldType::kObject:
    case FieldType::kAny:
      return "";
  }
  return "";
}

std::string ListText(const Field& field) {
  if (field.list_style == ListStyle::kKeyed) return "list by " + field.key;
  const std::string_view style =
      field.list_style == ListStyle::kSet ? "set of " : "list of ";
  return std::string(style).append(TypeText(*field.item));
}

std::string KindsText(const Field& field) {
  // Where anything may stand, a list of all says less than the word.
  if (field.reference.kinds.size() > 5) return "any resource";
  return Listed({field.reference.kinds.begin(), field.reference.kinds.end()});
}

}  // namespace

bool IsSecretReference(const Field& field) {
  return field.type == FieldType::kObject && field.fields.size() == 1 &&
         field.fields[0].type == FieldType::kSecretRef;
}

std::string TypeText(const Field& field) {
  switch (field.type) {
    case FieldType::kString:
      if (field.format == Format::kNone || field.format == Format::kLine) {
        return "text";
      }
      return std::string(RowOf(field.format).name);
    case FieldType::kBoolean:
      return "boolean";
    case FieldType::kInteger:
      return "integer";
    case FieldType::kNumber:
      return "number";
    case FieldType::kDuration:
      return "duration";
    case FieldType::kTimestamp:
      return "timestamp";
    case FieldType::kEnum:
      return field.values.size() > 8 ? "word" : Listed(field.values);
    case FieldType::kReference:
      return "reference to " + KindsText(field);
    case FieldType::kSecretRef:
      return "project and key";
    case FieldType::kSecretUrl:
      return "URL or secretRef";
    case FieldType::kObject:
      return IsSecretReference(field) ? "secretRef" : "object";
    case FieldType::kList:
      return ListText(field);
    case FieldType::kMap:
      return "map of " + TypeText(*field.item);
    case FieldType::kAny:
      return "any";
  }
  return "any";
}

std::string DefaultText(const Field& field) {
  if (field.default_value != nullptr) {
    if (field.default_value->IsString()) {
      return field.default_value->AsString();
    }
    return CompactJson(*field.default_value);
  }
  if (!field.default_from.empty()) return field.default_from;
  return field.default_doc;
}

std::vector<std::string> ConstraintTexts(const Field& field) {
  std::vector<std::string> texts;
  if (field.required) texts.push_back("required");
  if (!field.when.empty()) {
    texts.push_back("where " + field.when.field + " is " +
                    Listed(field.when.values));
  }
  if (field.immutable) texts.push_back("immutable");
  if (field.computed) texts.push_back("computed");
  if (field.sensitive) texts.push_back("sensitive");
  if (field.non_empty) texts.push_back("not empty");
  if (field.min)
    texts.push_back("at least " + LimitText(field, *field.min) +
                    std::string(UnitOf(field)));
  if (field.max)
    texts.push_back("at most " + LimitText(field, *field.max) +
                    std::string(UnitOf(field)));
  if (!field.exactly_one_of.empty()) {
    texts.push_back(field.exactly_one_of.size() == 1
                        ? "with " + field.exactly_one_of[0]
                        : "with one of " + Listed(field.exactly_one_of));
  }
  if (!field.at_most_one_of.empty()) {
    texts.push_back("with at most one of " + Listed(field.at_most_one_of));
  }
  const bool named = field.type == FieldType::kEnum && field.values.size() > 8;
  if (named) texts.push_back("one of " + Listed(field.values));
  return texts;
}

std::string AddressText(const Kind& kind) {
  std::string text = kind.name;
  if (!kind.parent_fields.empty() && kind.parent_in_address) {
    text += "/";
    for (std::size_t i = 0; i < kind.parent_fields.size(); ++i) {
      if (i > 0) text += "|";
      text += kind.parent_fields[i];
    }
  }
  return text + "/name";
}

}  // namespace writ
