#include "schema/event/event_model.h"

#include <string_view>
#include <utility>

#include "schema/json.h"

namespace writ {
namespace {

std::optional<double> ReadNumber(const Value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->IsInteger()) return static_cast<double>(value->AsInteger());
  if (value->IsNumber()) return value->AsNumber();
  return std::nullopt;
}

bool ReadFlag(const Value* value) {
  return value != nullptr && value->IsBoolean() && value->AsBoolean();
}

FieldModel ReadField(const Value& field) {
  FieldModel model;
  model.type = std::string(field.FindString("type"));
  model.required = ReadFlag(field.Find("required"));
  model.min = ReadNumber(field.FindPath("validation.min"));
  model.max = ReadNumber(field.FindPath("validation.max"));
  // No string is shorter than nothing.
  if (model.type == "string" && model.min && *model.min <= 0) {
    model.min.reset();
  }
  const Value* pattern = field.FindPath("validation.pattern");
  if (pattern != nullptr && pattern->IsString() &&
      !pattern->AsString().empty()) {
    model.pattern = pattern->AsString();
  }
  const Value* values = field.Find("enumValues");
  if (values != nullptr && values->IsList()) {
    for (const Value& value : values->AsList()) {
      model.enum_values.insert(CanonicalJson(value));
    }
  }
  return model;
}

}  // namespace

std::map<std::string, FieldModel> ReadFieldModels(const Value* list) {
  std::map<std::string, FieldModel> fields;
  if (list == nullptr || !list->IsList()) return fields;
  for (const Value& field : list->AsList()) {
    const std::string_view name = field.FindString("name");
    if (!name.empty()) fields.emplace(name, ReadField(field));
  }
  return fields;
}

EventModel ReadEventModel(const Value& content) {
  EventModel model;
  model.fields = ReadFieldModels(content.FindPath("spec.fields"));
  model.metadata_fields =
      ReadFieldModels(content.FindPath("spec.metadataFields"));
  const Value* unplanned = content.FindPath("spec.unplannedFields");
  if (unplanned != nullptr && unplanned->IsString()) {
    model.unplanned = unplanned->AsString();
  }
  return model;
}

}  // namespace writ
