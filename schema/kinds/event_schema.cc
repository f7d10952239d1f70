#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kEventSchemaExample = R"yaml(apiVersion: writ/v1
kind: EventSchema
metadata: {name: order.placed}
spec:
  app: order-service
  description: A customer placed an order.
  mode: enforce
  compatibility: backward
  unplannedFields: allow
  fields:
    - name: orderId
      type: string
      required: true
      validation: {min: 5, max: 64, pattern: "^ord_"}
    - {name: amountCents, type: number, required: true, validation: {min: 0}}
    - name: currency
      type: enum
      enumValues: [EUR, USD]
      defaultValue: USD
    - {name: placedAt, type: date}
    - {name: gift, type: boolean}
    - {name: address, type: object, description: not looked into}
  metadataFields:
    - {name: traceId, type: string}
)yaml";

const std::vector<std::string>& Types() {
  static const std::vector<std::string> kTypes = {"string", "number", "boolean",
                                                  "date",   "enum",   "object"};
  return kTypes;
}

Fields NameAndType() {
  return {Text("name", "The key in the event; case-sensitive.")
              .As(Format::kFieldName)
              .Required()
              .Example("orderId"),
          Text("id", "A stable id, for tools that follow renames.")
              .NonEmpty()
              .Max(128)
              .DefaultFrom("name"),
          OneOf("type", Types(), "What it holds.").Required(),
          Text("description", "What it means.").Max(4096),
          Set("enumValues", "The values of an enum.",
              Text("", "A value.").Max(1024))
              .Required()
              .NonEmpty()
              .Max(1000)
              .When("type", {"enum"})
              .Example("[EUR, USD]")};
}

Field Validation() {
  return Object("validation", "What a value has to keep to.",
                {Number("min",
                        "The least value of a number, the least length of a "
                        "string in code points."),
                 Number("max",
                        "The greatest value of a number, the greatest length "
                        "of a string in code points."),
                 Text("pattern",
                      "An RE2 expression that a string has to match "
                      "somewhere; ^ and $ anchor it.")
                     .As(Format::kRegex)
                     .Example("^ord_")})
      .When("type", {"string", "number"});
}

Field DataFields() {
  Fields fields = NameAndType();
  fields.push_back(
      Boolean("required", "Events without it are refused.").Default("false"));
  fields.push_back(Any("defaultValue",
                       "What stands for it where an event lacks it; fits the "
                       "type, and goes with required: false."));
  fields.push_back(Validation());
  return Keyed("fields", "name", "The fields of the event's data.",
               std::move(fields))
      .Max(500)
      .Default("[]");
}

// Of one field of the schema.
class FieldRules {
 public:
  FieldRules(const Value& field, std::string path, Reporter& reporter)
      : field_(field),
        path_(std::move(path)),
        type_(field.FindString("type")),
        reporter_(reporter) {}

  void Check() {
    CheckBounds();
    CheckDefault();
  }

 private:
  void Say(const Value& at, std::string_view member, std::string_view problem,
           std::string hint = {}) {
    Violate(reporter_, "bad-field", at, Join(path_, member), problem,
            std::move(hint));
  }

  void CheckBounds() {
    const Value* min = field_.FindPath("validation.min");
    const Value* max = field_.FindPath("validation.max");
    const std::optional<double> low = min ? NumberOf(*min) : std::nullopt;
    const std::optional<double> high = max ? NumberOf(*max) : std::nullopt;
    if (low && high && *low > *high) {
      Say(*max, "validation.max", "is below validation.min");
    }
    if (type_ == "string") {
      CheckLength(low, min, "validation.min");
      CheckLength(high, max, "validation.max");
    }
    const Value* pattern = field_.FindPath("validation.pattern");
    if (pattern != nullptr && type_ == "number") {
      Say(*pattern, "validation.pattern", "is for strings, not for numbers");
    }
  }

  void CheckLength(const std::optional<double>& length, const Value* at,
                   std::string_view member) {
    if (!length || (*length >= 0 && at->IsInteger())) return;
    Say(*at, member, "is not a length: a whole number of at least 0");
  }

  void CheckDefault() {
    const Value* value = field_.Find("defaultValue");
    if (value == nullptr) return;
    const Value* required = field_.Find("required");
    if (required != nullptr && required->IsBoolean() && required->AsBoolean()) {
      Say(*value, "defaultValue", "is never used, as the field is required",
          "drop it, or write required: false");
    }
    const std::string problem = DefaultProblem(*value);
    if (!problem.empty()) Say(*value, "defaultValue", problem);
  }

  std::string DefaultProblem(const Value& value) const {
    if (type_ == "string") return StringProblem(value);
    if (type_ == "number") return NumberProblem(value);
    if (type_ == "boolean" && !value.IsBoolean()) return "is not a boolean";
    if (type_ == "object" && !value.IsMap()) return "is not a map";
    if (type_ == "date" &&
        (!value.IsString() || !ParseTimestamp(value.AsString()))) {
      return "is not a date like 2026-06-01T12:00:00Z";
    }
    if (type_ == "enum" && !IsListed(value)) return "is not one of enumValues";
    return {};
  }

  bool IsListed(const Value& value) const {
    const Value* values = field_.Find("enumValues");
    if (values == nullptr || !values->IsList()) return true;
    const Value::List& list = values->AsList();
    return std::find(list.begin(), list.end(), value) != list.end();
  }

  bool Below(double value, std::string_view bound) const {
    const Value* limit = field_.FindPath(bound);
    const std::optional<double> number =
        limit ? NumberOf(*limit) : std::nullopt;
    return number && value < *number;
  }

  bool Above(double value, std::string_view bound) const {
    const Value* limit = field_.FindPath(bound);
    const std::optional<double> number =
        limit ? NumberOf(*limit) : std::nullopt;
    return number && value > *number;
  }

  std::string NumberProblem(const Value& value) const {
    const std::optional<double> number = NumberOf(value);
    if (!number) return "is not a number";
    if (Below(*number, "validation.min")) return "is below validation.min";
    if (Above(*number, "validation.max")) return "is above validation.max";
    return {};
  }

  std::string StringProblem(const Value& value) const {
    if (!value.IsString()) return "is not a string";
    const auto length = static_cast<double>(CountCodePoints(value.AsString()));
    if (Below(length, "validation.min"))
      return "is shorter than validation.min";
    if (Above(length, "validation.max")) return "is longer than validation.max";
    const Value* pattern = field_.FindPath("validation.pattern");
    if (pattern == nullptr || !pattern->IsString() ||
        !Matches(Format::kRegex, pattern->AsString())) {
      return {};
    }
    if (!re2::RE2::PartialMatch(value.AsString(), pattern->AsString())) {
      return "doesn't match validation.pattern";
    }
    return {};
  }

  const Value& field_;
  std::string path_;
  std::string_view type_;
  Reporter& reporter_;
};

void CheckFieldIds(const Value::List& fields, Reporter& reporter) {
  std::map<std::string_view, std::string_view> names;  // by id
  for (const Value& field : fields) {
    const std::string_view id = field.FindString("id");
    const std::string_view name = field.FindString("name");
    if (id.empty()) continue;
    const auto [first, added] = names.emplace(id, name);
    // A name that stands twice is told by itself.
    if (added || first->second == name) continue;
    // The name is an id by default, which is written nowhere.
    const bool written = field.Find("id")->range().line != 0;
    Violate(reporter, "duplicate", *field.Find(written ? "id" : "name"),
            Join(Indexed("spec.fields", name), "id"),
            "is that of " + std::string(first->second) + " already",
            "an id tells one field from all others, whatever its name");
  }
}

void CheckEventSchema(const Value& spec, Reporter& reporter) {
  const Value* fields = spec.Find("fields");
  if (fields == nullptr || !fields->IsList()) return;
  CheckFieldIds(fields->AsList(), reporter);
  for (const Value& field : fields->AsList()) {
    FieldRules(field, Indexed("spec.fields", field.FindString("name")),
               reporter)
        .Check();
  }
}

}  // namespace

Kind EventSchemaKind() {
  Kind kind;
  kind.name = "EventSchema";
  kind.doc =
      "What events of one name look like. Its name is the event's name; the "
      "gateway holds every event against it.";
  kind.example = kEventSchemaExample;
  kind.parent_fields = {"app"};
  kind.check = CheckEventSchema;
  kind.spec = Object(
      "spec", "The schema.",
      {Parent("app", "App", "The app whose events these are."),
       Text("description", "What the event means.").Max(4096),
       OneOf("mode", {"enforce", "observe"},
             "enforce refuses events that don't fit, observe takes and counts "
             "them.")
           .Default("\"enforce\""),
       OneOf("compatibility",
             {"none", "backward", "forward", "full", "backward-transitive",
              "forward-transitive", "full-transitive"},
             "What a change of the schema has to keep: backward reads what "
             "was written before, forward is read by older readers, full is "
             "both; transitive looks at every earlier version.")
           .Default("\"backward\""),
       OneOf("unplannedFields", {"allow", "omit", "block"},
             "What becomes of fields that aren't declared: taken, left out, "
             "or the event refused.")
           .Default("\"allow\""),
       DataFields(),
       Keyed("metadataFields", "name",
             "The fields of the event's metadata. All of them are optional.",
             NameAndType())
           .Max(500)
           .Default("[]")});
  return kind;
}

}  // namespace writ::kinds
