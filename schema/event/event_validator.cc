#include "schema/event/event_validator.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "schema/event/compiled_schema.h"
#include "schema/event/event_model.h"
#include "schema/event/iso_date.h"
#include "schema/json.h"
#include "schema/utf8.h"

namespace writ {
namespace {

enum class Unplanned : std::uint8_t { kAllow, kOmit, kBlock };

Unplanned UnplannedOf(std::string_view name) {
  if (name == "omit") return Unplanned::kOmit;
  return name == "block" ? Unplanned::kBlock : Unplanned::kAllow;
}

// The way to a node, from the innermost: made a text only for violations.
struct Place {
  const Place* outer = nullptr;
  std::string_view key;

  std::string Pointer() const {
    std::string pointer = outer == nullptr ? std::string() : outer->Pointer();
    AppendPointer(key, pointer);
    return pointer;
  }
};

std::string_view Expected(EventFieldType type) {
  switch (type) {
    case EventFieldType::kString:
      return "is not a string";
    case EventFieldType::kNumber:
      return "is not a number";
    case EventFieldType::kBoolean:
      return "is not a boolean";
    case EventFieldType::kDate:
      return "is not a date: a string";
    case EventFieldType::kEnum:
      return "is not one of the listed strings";
    case EventFieldType::kObject:
      return "is not an object";
    case EventFieldType::kUnknown:
      break;
  }
  return "";
}

bool HasType(const JsonNode& node, EventFieldType type) {
  switch (type) {
    case EventFieldType::kString:
    case EventFieldType::kDate:
    case EventFieldType::kEnum:
      return node.type == JsonType::kString;
    case EventFieldType::kNumber:
      return node.IsNumeric();
    case EventFieldType::kBoolean:
      return node.type == JsonType::kBoolean;
    case EventFieldType::kObject:
      return node.type == JsonType::kObject;
    case EventFieldType::kUnknown:
      return true;
  }
  return true;
}

// 2.0 as "2".
std::string ShowNumber(double number) {
  constexpr double kExact = 9007199254740992.0;
  if (std::trunc(number) == number && std::abs(number) <= kExact) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return CanonicalJson(Value(number));
}

std::string ShowLength(double length) {
  const std::string shown = ShowNumber(std::floor(length)) + " character";
  return length == 1 ? shown : shown + "s";
}

// ASCII, which most texts are, counts by its size.
double CountCharacters(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80;
  });
  return static_cast<double>(ascii ? text.size() : CountCodePoints(text));
}

// One event's data, or its metadata, against its fields.
class Checking {
 public:
  Checking(const CompiledFields& fields, Unplanned unplanned,
           const JsonTree& tree, EventVerdict& verdict)
      : fields_(fields),
        unplanned_(unplanned),
        tree_(tree),
        verdict_(verdict) {}

  // `closed`: what isn't planned at this level is unplanned.
  void CheckLevel(std::size_t index, std::uint32_t object, bool closed,
                  const Place& place);
  void CheckRequired(const Place& place);

 private:
  void CheckMember(const CompiledMember& member, std::uint32_t at,
                   const Place& place);
  void CheckField(const CompiledField& field, std::uint32_t at,
                  const Place& place);
  void CheckText(const CompiledField& field, std::string_view text,
                 const Place& place);
  void CheckPattern(const CompiledField& field, std::string_view text,
                    const Place& place);
  void CheckNumber(const CompiledField& field, double number,
                   const Place& place);
  void CheckUnplanned(std::uint32_t at, const Place& place);
  void Constrain(const CompiledField& field, std::string_view rule,
                 const Place& place, std::string message) {
    Violate(ViolationCode::kConstraintFailed, place,
            field.schema_path + std::string(rule), std::move(message));
  }
  void Violate(ViolationCode code, const Place& place, std::string schema_path,
               std::string message) {
    if (verdict_.violations.size() >= kMaxViolations) return;
    verdict_.violations.push_back(EventViolation{
        code, place.Pointer(), std::move(schema_path), std::move(message)});
  }

  const CompiledFields& fields_;
  Unplanned unplanned_;
  const JsonTree& tree_;
  EventVerdict& verdict_;
};

void Checking::CheckLevel(std::size_t index, std::uint32_t object, bool closed,
                          const Place& place) {
  const CompiledLevel& level = fields_.levels[index];
  std::size_t hint = 0;
  for (std::uint32_t at = object + 1; at < tree_[object].end;
       at = tree_[at].end) {
    const Place here{&place, tree_[at].key};
    const int found = level.Find(here.key, hint);
    if (found == kNone) {
      if (closed) CheckUnplanned(at, here);
      continue;
    }
    const auto known = static_cast<std::size_t>(found);
    hint = known + 1;
    CheckMember(level.members[known], at, here);
  }
}

void Checking::CheckUnplanned(std::uint32_t at, const Place& place) {
  if (unplanned_ == Unplanned::kOmit) verdict_.omitted.push_back(at);
  if (unplanned_ != Unplanned::kBlock) return;
  Violate(ViolationCode::kAdditionalProperty, place, "spec.unplannedFields",
          "is not a field that the schema plans");
}

void Checking::CheckMember(const CompiledMember& member, std::uint32_t at,
                           const Place& place) {
  // Null counts as missing; where a default stands for it, it goes.
  if (tree_[at].type == JsonType::kNull) {
    const bool replaced =
        member.field != kNone &&
        !fields_.fields[static_cast<std::size_t>(member.field)]
             .default_json.empty();
    if (replaced) verdict_.omitted.push_back(at);
    return;
  }
  if (member.field != kNone) {
    const auto field = static_cast<std::size_t>(member.field);
    verdict_.seen[field] = 1;
    CheckField(fields_.fields[field], at, place);
  }
  if (member.level == kNone) return;
  if (tree_[at].type == JsonType::kObject) {
    CheckLevel(static_cast<std::size_t>(member.level), at,
               member.field == kNone, place);
  } else if (member.field == kNone) {
    Violate(ViolationCode::kTypeMismatch, place, "spec.fields",
            "is not an object, as the fields in it want");
  }
}

void Checking::CheckField(const CompiledField& field, std::uint32_t at,
                          const Place& place) {
  const JsonNode& node = tree_[at];
  if (!HasType(node, field.type)) {
    Violate(ViolationCode::kTypeMismatch, place, field.schema_path + ".type",
            std::string(Expected(field.type)));
    return;
  }
  switch (field.type) {
    case EventFieldType::kString:
      return CheckText(field, node.text, place);
    case EventFieldType::kNumber:
      return CheckNumber(field, node.AsDouble(), place);
    case EventFieldType::kDate:
      if (IsIsoDate(node.text)) return;
      return Constrain(field, ".type", place,
                       "is not a date like 2026-06-01T12:00:00Z");
    case EventFieldType::kEnum:
      if (field.enum_values.empty()) return;
      if (std::find(field.enum_values.begin(), field.enum_values.end(),
                    node.text) != field.enum_values.end()) {
        return;
      }
      return Constrain(field, ".enumValues", place,
                       "is not one of the listed values");
    case EventFieldType::kBoolean:
    case EventFieldType::kObject:
    case EventFieldType::kUnknown:
      return;
  }
}

void Checking::CheckNumber(const CompiledField& field, double number,
                           const Place& place) {
  if (field.min && number < *field.min) {
    Constrain(field, ".validation.min", place,
              "is less than " + ShowNumber(*field.min));
  }
  if (field.max && number > *field.max) {
    Constrain(field, ".validation.max", place,
              "is more than " + ShowNumber(*field.max));
  }
}

void Checking::CheckText(const CompiledField& field, std::string_view text,
                         const Place& place) {
  if (field.min || field.max) {
    const double length = CountCharacters(text);
    if (field.min && length < *field.min) {
      Constrain(field, ".validation.min", place,
                "is shorter than " + ShowLength(*field.min));
    }
    if (field.max && length > *field.max) {
      Constrain(field, ".validation.max", place,
                "is longer than " + ShowLength(*field.max));
    }
  }
  if (field.pattern) CheckPattern(field, text, place);
}

void Checking::CheckPattern(const CompiledField& field, std::string_view text,
                            const Place& place) {
  // RE2's slow path takes so many steps; its quick one hardly any.
  verdict_.steps += field.pattern_size * (text.size() + 1);
  if (verdict_.steps > kMaxPatternSteps) {
    return Constrain(field, ".validation.pattern", place,
                     "is too long for the schema's patterns");
  }
  const re2::StringPiece piece(text.data(), text.size());
  if (re2::RE2::PartialMatch(piece, *field.pattern)) return;
  Constrain(field, ".validation.pattern", place, "doesn't match the pattern");
}

void Checking::CheckRequired(const Place& place) {
  for (std::size_t i = 0; i < fields_.fields.size(); ++i) {
    if (verdict_.seen[i] != 0) continue;
    const CompiledField& field = fields_.fields[i];
    if (!field.default_json.empty()) verdict_.has_defaults = true;
    if (!field.required) continue;
    std::string pointer = place.Pointer() + "/";
    // The parts of a name hold nothing that a pointer escapes.
    for (const char c : field.name) pointer += c == '.' ? '/' : c;
    if (verdict_.violations.size() >= kMaxViolations) return;
    verdict_.violations.push_back(
        EventViolation{ViolationCode::kRequiredMissing, std::move(pointer),
                       field.schema_path + ".required", "is required"});
  }
}

// Data as it is stored.
class Writing {
 public:
  Writing(const CompiledFields& fields, const JsonTree& tree,
          const EventVerdict& verdict, std::string& out)
      : fields_(fields), tree_(tree), verdict_(verdict), out_(out) {}

  // `level`: kNone where nothing is planned.
  void Object(int level, std::uint32_t object) {
    out_ += '{';
    bool first = true;
    for (std::uint32_t at = object + 1; at < tree_[object].end;
         at = tree_[at].end) {
      if (IsOmitted(at)) continue;
      Begin(first, tree_[at].key);
      const int below = LevelBelow(level, tree_[at].key);
      if (below != kNone && tree_[at].type == JsonType::kObject) {
        Object(below, at);
      } else {
        AppendJson(tree_, at, out_);
      }
    }
    if (level != kNone) Defaults(level, first);
    out_ += '}';
  }

 private:
  bool IsOmitted(std::uint32_t at) const {
    return std::binary_search(verdict_.omitted.begin(), verdict_.omitted.end(),
                              at);
  }

  void Begin(bool& first, std::string_view key) {
    if (!first) out_ += ',';
    first = false;
    AppendQuotedJson(key, out_);
    out_ += ':';
  }

  int LevelBelow(int level, std::string_view key) const {
    if (level == kNone) return kNone;
    const CompiledLevel& here = fields_.levels[static_cast<std::size_t>(level)];
    const int found = here.Find(key, 0);
    return found == kNone ? kNone
                          : here.members[static_cast<std::size_t>(found)].level;
  }

  void Defaults(int level, bool& first) {
    for (const CompiledMember& member :
         fields_.levels[static_cast<std::size_t>(level)].members) {
      if (member.field == kNone) continue;
      const auto index = static_cast<std::size_t>(member.field);
      const std::string& value = fields_.fields[index].default_json;
      if (value.empty() || verdict_.seen[index] != 0) continue;
      Begin(first, member.key);
      out_ += value;
    }
  }

  const CompiledFields& fields_;
  const JsonTree& tree_;
  const EventVerdict& verdict_;
  std::string& out_;
};

}  // namespace

std::string_view Name(ViolationCode code) {
  switch (code) {
    case ViolationCode::kUnplannedEvent:
      return "unplanned_event";
    case ViolationCode::kRequiredMissing:
      return "required_missing";
    case ViolationCode::kTypeMismatch:
      return "type_mismatch";
    case ViolationCode::kAdditionalProperty:
      return "additional_property";
    case ViolationCode::kConstraintFailed:
      return "constraint_failed";
  }
  return "";
}

struct EventValidator::Parts {
  CompiledFields fields;
  CompiledFields metadata_fields;
  Unplanned unplanned = Unplanned::kAllow;
  bool enforces = true;
};

EventValidator::EventValidator(std::unique_ptr<const Parts> parts)
    : parts_(std::move(parts)) {}
EventValidator::~EventValidator() = default;

std::shared_ptr<const EventValidator> EventValidator::Compile(
    const Value& content) {
  auto parts = std::make_unique<Parts>();
  parts->fields = CompileFields(content.FindPath("spec.fields"), "spec.fields");
  parts->metadata_fields = CompileFields(
      content.FindPath("spec.metadataFields"), "spec.metadataFields");
  if (const Value* spec = content.Find("spec")) {
    parts->unplanned = UnplannedOf(spec->FindString("unplannedFields"));
    parts->enforces = spec->FindString("mode") != "observe";
  }
  return std::shared_ptr<const EventValidator>(
      new EventValidator(std::move(parts)));
}

void EventValidator::Check(const JsonTree& tree, std::uint32_t data,
                           std::uint32_t metadata,
                           EventVerdict& verdict) const {
  verdict.violations.clear();
  verdict.omitted.clear();
  verdict.steps = 0;
  verdict.has_defaults = false;
  if (metadata != 0) {
    const CompiledFields& fields = parts_->metadata_fields;
    verdict.seen.assign(fields.fields.size(), 0);
    Checking(fields, Unplanned::kAllow, tree, verdict)
        .CheckLevel(0, metadata, true, Place{nullptr, "metadata"});
  }
  verdict.seen.assign(parts_->fields.fields.size(), 0);
  Checking checking(parts_->fields, parts_->unplanned, tree, verdict);
  const Place place{nullptr, "data"};
  checking.CheckLevel(0, data, true, place);
  checking.CheckRequired(place);
}

void EventValidator::AppendData(const JsonTree& tree, std::uint32_t data,
                                const EventVerdict& verdict,
                                std::string& out) const {
  if (verdict.omitted.empty() && !verdict.has_defaults) {
    return AppendJson(tree, data, out);
  }
  Writing(parts_->fields, tree, verdict, out).Object(0, data);
}

bool EventValidator::enforces() const { return parts_->enforces; }

}  // namespace writ
