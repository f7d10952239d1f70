#include "schema/json_schema.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "schema/field_walk.h"
#include "schema/format_check.h"
#include "schema/json.h"

namespace writ {
namespace {

constexpr std::string_view kDraft = "http://json-schema.org/draft-07/schema#";
constexpr std::string_view kVariable = "#/definitions/variable";

Value Empty() { return Value(Value::Map{}); }

Value One(std::string_view key, Value value) {
  Value map = Empty();
  map.Set(key, std::move(value));
  return map;
}

template <typename Names>
Value Texts(const Names& names) {
  Value::List list;
  for (const auto& name : names) list.push_back(Value(std::string_view(name)));
  return Value(std::move(list));
}

Value Limit(double limit) {
  if (limit == std::floor(limit))
    return Value(static_cast<std::int64_t>(limit));
  return Value(limit);
}

// Writes the fields of one document. Variables may stand in manifests, not in
// writ.yaml, tests and the host file.
class SchemaWriter {
 public:
  explicit SchemaWriter(bool with_variables)
      : with_variables_(with_variables) {}

  Value Write(const Field& field) const {
    Value schema = Type(field);
    if (with_variables_ && IsNarrow(field, schema)) {
      Value::List choices;
      choices.push_back(std::move(schema));
      choices.push_back(One("$ref", kVariable));
      schema = One("anyOf", Value(std::move(choices)));
    }
    std::string doc = field.doc;
    if (!field.when.empty()) {
      doc += " Only where " + field.when.field + " is " +
             Listed(field.when.values) + ".";
    }
    if (!doc.empty()) schema.Set("description", doc);
    if (field.default_value != nullptr) {
      schema.Set("default", *field.default_value);
    }
    if (!field.example.empty() && field.example.front() != '{' &&
        field.example.front() != '[' && !IsNumeric(field)) {
      schema.Set("examples", Value(Value::List{Value(field.example)}));
    }
    return schema;
  }

 private:
  static bool IsNumeric(const Field& field) {
    return field.type == FieldType::kInteger ||
           field.type == FieldType::kNumber;
  }

  // Whether a variable in its place would be refused.
  static bool IsNarrow(const Field& field, const Value& schema) {
    switch (field.type) {
      case FieldType::kBoolean:
      case FieldType::kInteger:
      case FieldType::kNumber:
      case FieldType::kDuration:
      case FieldType::kTimestamp:
      case FieldType::kEnum:
        return true;
      case FieldType::kString:
        return schema.Find("pattern") != nullptr ||
               schema.Find("enum") != nullptr;
      case FieldType::kList:
        return true;
      case FieldType::kReference:
      case FieldType::kSecretRef:
      case FieldType::kSecretUrl:
      case FieldType::kObject:
      case FieldType::kMap:
      case FieldType::kAny:
        return false;
    }
    return false;
  }

  Value Type(const Field& field) const {
    switch (field.type) {
      case FieldType::kString:
        return Text(field);
      case FieldType::kBoolean:
        return One("type", "boolean");
      case FieldType::kInteger:
      case FieldType::kNumber:
        return Number(field);
      case FieldType::kDuration: {
        Value schema = One("type", "string");
        schema.Set("pattern", "^([0-9]+(w|d|h|ms|m|s))+$");
        return schema;
      }
      case FieldType::kTimestamp: {
        Value schema = One("type", "string");
        schema.Set("format", "date-time");
        return schema;
      }
      case FieldType::kEnum:
        return One("enum", Texts(field.values));
      case FieldType::kReference: {
        Value schema = One("type", "string");
        schema.Set("minLength", 1);
        return schema;
      }
      case FieldType::kSecretUrl:
        return SecretUrl(field);
      case FieldType::kSecretRef:
      case FieldType::kObject:
        return Object(field);
      case FieldType::kList:
        return List(field);
      case FieldType::kMap:
        return Map(field);
      case FieldType::kAny:
        return Empty();
    }
    return Empty();
  }

  static Value Text(const Field& field) {
    Value schema = One("type", "string");
    if (field.format != Format::kNone) {
      const auto set = ClosedSetOf(field.format);
      if (!set.empty()) schema.Set("enum", Texts(set));
      const std::string_view pattern = RowOf(field.format).pattern;
      if (!pattern.empty()) schema.Set("pattern", pattern);
    }
    if (field.non_empty) schema.Set("minLength", 1);
    if (field.min) schema.Set("minLength", Limit(*field.min));
    if (field.max) schema.Set("maxLength", Limit(*field.max));
    return schema;
  }

  static Value Number(const Field& field) {
    Value schema =
        One("type", field.type == FieldType::kInteger ? "integer" : "number");
    if (field.min) schema.Set("minimum", Limit(*field.min));
    if (field.max) schema.Set("maximum", Limit(*field.max));
    return schema;
  }

  Value SecretUrl(const Field& field) const {
    Value url = One("type", "string");
    url.Set("pattern", RowOf(Format::kUrl).pattern);
    Value::List choices;
    choices.push_back(std::move(url));
    choices.push_back(Object(field));
    if (with_variables_) choices.push_back(One("$ref", kVariable));
    return One("anyOf", Value(std::move(choices)));
  }

  Value List(const Field& field) const {
    Value schema = One("type", "array");
    schema.Set("items", Write(*field.item));
    if (field.non_empty) schema.Set("minItems", 1);
    if (field.min) schema.Set("minItems", Limit(*field.min));
    if (field.max) schema.Set("maxItems", Limit(*field.max));
    if (field.list_style == ListStyle::kSet) schema.Set("uniqueItems", true);
    return schema;
  }

  Value Map(const Field& field) const {
    Value schema = One("type", "object");
    schema.Set("additionalProperties", Write(*field.item));
    if (field.key_format != Format::kNone) {
      const std::string_view pattern = RowOf(field.key_format).pattern;
      if (!pattern.empty()) {
        schema.Set("propertyNames", One("pattern", pattern));
      }
    }
    if (field.non_empty) schema.Set("minProperties", 1);
    return schema;
  }

  Value Object(const Field& field) const {
    Value schema = One("type", "object");
    Value properties = Empty();
    std::vector<std::string> required;
    for (const Field& member : field.fields) {
      properties.Set(member.name, Write(member));
      if (member.required && member.when.empty()) {
        required.push_back(member.name);
      }
    }
    schema.Set("properties", std::move(properties));
    if (!required.empty()) schema.Set("required", Texts(required));
    schema.Set("additionalProperties", false);
    Value::List rules = Rules(field);
    if (!rules.empty()) schema.Set("allOf", Value(std::move(rules)));
    return schema;
  }

  static Value::List Rules(const Field& field) {
    Value::List rules;
    for (const Field& member : field.fields) {
      if (!member.when.empty()) rules.push_back(ConditionRule(member));
    }
    if (!field.exactly_one_of.empty()) {
      Value::List choices;
      for (const std::string& name : field.exactly_one_of) {
        choices.push_back(
            One("required", Texts(std::vector<std::string>{name})));
      }
      rules.push_back(One("oneOf", Value(std::move(choices))));
    }
    if (!field.at_most_one_of.empty()) {
      rules.push_back(One("not", One("required", Texts(field.at_most_one_of))));
    }
    return rules;
  }

  // Where the decider has another value, the member may not stand; where it
  // has one of these, a required member must.
  static Value ConditionRule(const Field& member) {
    Value test = Empty();
    test.Set("properties",
             One(member.when.field, One("enum", Texts(member.when.values))));
    test.Set("required", Texts(std::vector<std::string>{member.when.field}));
    Value rule = One("if", std::move(test));
    if (member.required) {
      rule.Set("then",
               One("required", Texts(std::vector<std::string>{member.name})));
    }
    rule.Set("else", One("properties", One(member.name, false)));
    return rule;
  }

  bool with_variables_;
};

// The field without the members that only resources have.
Field MetadataOf(const Kind& kind) {
  Field metadata = MetadataField();
  for (Field& member : metadata.fields) {
    if (member.name == "name") member.format = kind.name_format;
  }
  return metadata;
}

Value Document(const Kind& kind) {
  const SchemaWriter plain(false);
  const SchemaWriter writer(kind.is_resource);
  Value properties = Empty();
  std::vector<std::string> required = {"apiVersion", "kind"};
  properties.Set("apiVersion", One("const", "writ/v1"));
  properties.Set("kind", One("const", kind.name));
  if (kind.has_metadata) {
    properties.Set("metadata", plain.Write(MetadataOf(kind)));
    required.push_back("metadata");
  }
  if (kind.is_resource) {
    Field lifecycle = LifecycleField();
    properties.Set("lifecycle", plain.Write(lifecycle));
  }
  properties.Set("spec", writer.Write(kind.spec));
  required.push_back("spec");
  Value schema = One("title", kind.name);
  schema.Set("description", kind.doc);
  schema.Set("type", "object");
  schema.Set("properties", std::move(properties));
  schema.Set("required", Texts(required));
  schema.Set("additionalProperties", false);
  return schema;
}

Value Variable() {
  Value schema = One("type", "string");
  schema.Set("pattern", "^\\$\\{vars\\.[A-Za-z_][A-Za-z0-9_]*\\}$");
  schema.Set("description", "A variable of writ.yaml.");
  return schema;
}

}  // namespace

std::string JsonSchemaFor(const Kind& kind) {
  Value schema = One("$schema", kDraft);
  const Value document = Document(kind);
  for (const Value::Entry& entry : document.AsMap()) {
    schema.Set(entry.key, entry.value);
  }
  schema.Set("definitions", One("variable", Variable()));
  return PrettyJson(schema);
}

std::string JsonSchemaForAll() {
  Value::List names;
  Value::List choices;
  Value definitions = One("variable", Variable());
  for (const Kind* kind : AllKinds()) {
    names.push_back(Value(kind->name));
    Value test = One("properties", One("kind", One("const", kind->name)));
    test.Set("required", Texts(std::vector<std::string>{"kind"}));
    Value choice = One("if", std::move(test));
    choice.Set("then", One("$ref", "#/definitions/" + kind->name));
    choices.push_back(std::move(choice));
    definitions.Set(kind->name, Document(*kind));
  }
  Value properties = One("apiVersion", One("const", "writ/v1"));
  properties.Set("kind", One("enum", Value(std::move(names))));
  Value schema = One("$schema", kDraft);
  schema.Set("title", "writ");
  schema.Set("description", "A document of a writ configuration repository.");
  schema.Set("type", "object");
  schema.Set("properties", std::move(properties));
  schema.Set("required", Texts(std::vector<std::string>{"apiVersion", "kind"}));
  schema.Set("allOf", Value(std::move(choices)));
  schema.Set("definitions", std::move(definitions));
  return PrettyJson(schema);
}

}  // namespace writ
