// The compiled form behind event_validator.h: fields, and the levels at which
// their names are looked up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "schema/value.h"

namespace re2 {
class RE2;
}

namespace writ {

enum class EventFieldType : std::uint8_t {
  kString,
  kNumber,
  kBoolean,
  kDate,
  kEnum,
  kObject,
  kUnknown,  // takes anything
};

struct CompiledField {
  CompiledField();
  ~CompiledField();
  CompiledField(CompiledField&&) noexcept;
  CompiledField& operator=(CompiledField&&) noexcept;

  std::string name;
  EventFieldType type = EventFieldType::kUnknown;
  bool required = false;
  std::optional<double> min;
  std::optional<double> max;
  std::unique_ptr<const re2::RE2> pattern;
  std::uint64_t pattern_size = 0;  // of RE2's program
  std::vector<std::string> enum_values;
  std::string default_json;  // empty: none
  std::string schema_path;   // "spec.fields[orderId]"
};

inline constexpr int kNone = -1;

struct CompiledMember {
  std::string key;
  int field = kNone;  // planned under this name
  int level = kNone;  // names that descend
};

// The members that are planned of one object.
class CompiledLevel {
 public:
  std::vector<CompiledMember> members;

  // The index of a member or kNone; `hint` is where it is likely: events are
  // mostly written in the schema's order.
  int Find(std::string_view key, std::size_t hint) const;
  // After the last member was added.
  void Index();

 private:
  std::unordered_map<std::string_view, int> by_key_;  // of many members
};

// Level 0 is the root.
struct CompiledFields {
  std::vector<CompiledField> fields;
  std::vector<CompiledLevel> levels;
};

// `list` is spec.fields or spec.metadataFields; null plans nothing.
CompiledFields CompileFields(const Value* list, std::string_view path);

}  // namespace writ
