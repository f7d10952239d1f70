#include "schema/event/compiled_schema.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "schema/event/event_model.h"
#include "schema/json.h"

namespace writ {
namespace {

constexpr std::size_t kFewMembers = 16;
// As where manifests are validated (T-21).
constexpr std::int64_t kPatternMemory = 1 << 20;

EventFieldType TypeOf(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, EventFieldType>, 6>
      kTypes = {{{"string", EventFieldType::kString},
                 {"number", EventFieldType::kNumber},
                 {"boolean", EventFieldType::kBoolean},
                 {"date", EventFieldType::kDate},
                 {"enum", EventFieldType::kEnum},
                 {"object", EventFieldType::kObject}}};
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [name](const auto& type) { return type.first == name; });
  return found == kTypes.end() ? EventFieldType::kUnknown : found->second;
}

void CompilePattern(const std::string& pattern, CompiledField& field) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kPatternMemory);
  auto compiled = std::make_unique<const re2::RE2>(pattern, options);
  if (!compiled->ok()) return;
  field.pattern_size = static_cast<std::uint64_t>(compiled->ProgramSize());
  field.pattern = std::move(compiled);
}

CompiledField CompileField(const Value& given, const FieldModel& model,
                           std::string_view path) {
  CompiledField field;
  field.name = std::string(given.FindString("name"));
  field.type = TypeOf(model.type);
  field.required = model.required;
  field.min = model.min;
  field.max = model.max;
  field.schema_path = std::string(path) + "[" + field.name + "]";
  if (model.pattern) CompilePattern(*model.pattern, field);
  const Value* values = given.Find("enumValues");
  if (values != nullptr && values->IsList()) {
    for (const Value& value : values->AsList()) {
      if (value.IsString()) field.enum_values.push_back(value.AsString());
    }
  }
  const Value* value = given.Find("defaultValue");
  if (value != nullptr && !value->IsNull() && !field.required) {
    field.default_json = CanonicalJson(*value);
  }
  return field;
}

// The member of the key, made where it isn't there.
CompiledMember& MemberOf(CompiledLevel& level, std::string_view key) {
  const auto found = std::find_if(
      level.members.begin(), level.members.end(),
      [key](const CompiledMember& member) { return member.key == key; });
  if (found != level.members.end()) return *found;
  level.members.push_back(CompiledMember{std::string(key), kNone, kNone});
  return level.members.back();
}

void Plant(CompiledFields& fields, std::string_view name, int field) {
  std::size_t level = 0;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.')) {
    const int known = MemberOf(fields.levels[level], name.substr(0, dot)).level;
    const auto next =
        known == kNone ? fields.levels.size() : static_cast<std::size_t>(known);
    if (known == kNone) {
      MemberOf(fields.levels[level], name.substr(0, dot)).level =
          static_cast<int>(next);
      fields.levels.emplace_back();
    }
    level = next;
    name.remove_prefix(dot + 1);
  }
  MemberOf(fields.levels[level], name).field = field;
}

}  // namespace

CompiledField::CompiledField() = default;
CompiledField::~CompiledField() = default;
CompiledField::CompiledField(CompiledField&&) noexcept = default;
CompiledField& CompiledField::operator=(CompiledField&&) noexcept = default;

int CompiledLevel::Find(std::string_view key, std::size_t hint) const {
  if (!by_key_.empty()) {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? kNone : found->second;
  }
  const std::size_t count = members.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t at = hint + i;
    if (at >= count) at %= count;
    if (members[at].key == key) return static_cast<int>(at);
  }
  return kNone;
}

void CompiledLevel::Index() {
  if (members.size() <= kFewMembers) return;
  for (std::size_t i = 0; i < members.size(); ++i) {
    by_key_.emplace(members[i].key, static_cast<int>(i));
  }
}

CompiledFields CompileFields(const Value* list, std::string_view path) {
  CompiledFields compiled;
  compiled.levels.emplace_back();
  if (list != nullptr && list->IsList()) {
    const auto models = ReadFieldModels(list);
    for (const Value& given : list->AsList()) {
      const auto model = models.find(std::string(given.FindString("name")));
      if (model == models.end()) continue;
      Plant(compiled, model->first, static_cast<int>(compiled.fields.size()));
      compiled.fields.push_back(CompileField(given, model->second, path));
    }
  }
  for (CompiledLevel& level : compiled.levels) level.Index();
  return compiled;
}

}  // namespace writ
