#include "engine/policy/rule_condition.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/cel/environment.h"
#include "engine/policy/expression.h"
#include "engine/policy/kind_types.h"

namespace writ::engine {
namespace {

using cel::ObjectType;
using cel::Type;
using Kind = Type::Kind;

constexpr std::string_view kUnknownField = "cel-unknown-field";

// A number may be int or double, and an object isn't looked into.
Type TypeNamed(std::string_view type) {
  if (type == "string" || type == "enum" || type == "date") {
    return Kind::kString;
  }
  if (type == "boolean") return Kind::kBool;
  return {};
}

Type FieldsOf(const Value& schema, const char* list, const char* name) {
  auto object = std::make_shared<ObjectType>();
  object->name = name;
  const Value* fields = schema.Find(list);
  if (fields != nullptr && fields->IsList()) {
    for (const Value& field : fields->AsList()) {
      object->fields.push_back({std::string(field.FindString("name")),
                                TypeNamed(field.FindString("type"))});
    }
  }
  return Type::Object(std::move(object));
}

bool TakesUnplanned(const std::vector<std::shared_ptr<const Value>>& schemas) {
  return std::any_of(schemas.begin(), schemas.end(), [](const auto& content) {
    const Value* unplanned = content->FindPath("spec.unplannedFields");
    return unplanned != nullptr && *unplanned == Value("allow");
  });
}

// Of data or metadata of any of the events.
Type EventPart(const std::vector<std::shared_ptr<const Value>>& schemas,
               const char* list, const char* name) {
  Type part;
  bool first = true;
  for (const auto& content : schemas) {
    const Value* spec = content->Find("spec");
    if (spec == nullptr) return {};
    const Type fields = FieldsOf(*spec, list, name);
    part = first ? fields : Union(part, fields);
    first = false;
  }
  return part;
}

}  // namespace

void CheckRuleCondition(
    const Resource& rule, const SourceFiles& files,
    const std::vector<std::shared_ptr<const Value>>& schemas,
    const TextPlaces& places, Diagnostics& diagnostics) {
  const Value* when = rule.content->FindPath("spec.when");
  if (when == nullptr) return;
  cel::Environment environment;
  environment.AddVariable("event", Kind::kString);
  environment.AddVariable("level", Kind::kString);
  environment.AddVariable("customer_id", Kind::kString);
  environment.AddVariable("timestamp", Kind::kTimestamp);
  environment.AddVariable("data", EventPart(schemas, "fields", "data"));
  environment.AddVariable("metadata",
                          EventPart(schemas, "metadataFields", "metadata"));
  const GuardDocument document = GuardOf(rule, files);
  Diagnostics found;
  ExpressionCompiler(document, rule.id.address(), places, found)
      .Compile(*when, "spec.when", environment, ResultType::kBool);
  const bool unplanned = TakesUnplanned(schemas);
  for (Diagnostic diagnostic : found.items()) {
    // Events may hold it all the same, unless it looks like a slip.
    if (unplanned && diagnostic.code == kUnknownField &&
        diagnostic.hint.empty()) {
      diagnostic.severity = Severity::kWarning;
      diagnostic.hint = "no schema of its events plans it";
    }
    diagnostics.Add(std::move(diagnostic));
  }
}

}  // namespace writ::engine
