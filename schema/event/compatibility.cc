#include "schema/event/compatibility.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "schema/event/event_model.h"
#include "schema/json.h"
#include "schema/utf8.h"

namespace writ {
namespace {

using Fields = std::map<std::string, FieldModel>;

struct ModeRow {
  CompatibilityMode mode;
  std::string_view name;
  bool backward;
  bool forward;
  bool transitive;
};

constexpr std::array kModes = {
    ModeRow{CompatibilityMode::kNone, "none", false, false, false},
    ModeRow{CompatibilityMode::kBackward, "backward", true, false, false},
    ModeRow{CompatibilityMode::kForward, "forward", false, true, false},
    ModeRow{CompatibilityMode::kFull, "full", true, true, false},
    ModeRow{CompatibilityMode::kBackwardTransitive, "backward-transitive", true,
            false, true},
    ModeRow{CompatibilityMode::kForwardTransitive, "forward-transitive", false,
            true, true},
    ModeRow{CompatibilityMode::kFullTransitive, "full-transitive", true, true,
            true},
};

const ModeRow& RowOf(CompatibilityMode mode) {
  return kModes[static_cast<std::size_t>(mode)];
}

// Something that the writer's schema accepts and the reader's doesn't.
struct Break {
  std::string path;
  std::string writer;
  std::string reader;
  std::string events;  // which ones: "events without it"
};

std::string Shorten(std::string text) {
  constexpr std::size_t kLongest = 60;
  if (CountCodePoints(text) <= kLongest) return text;
  std::size_t end = 0;
  for (std::size_t i = 0; i < kLongest; ++i) end += DecodeUtf8(text, end).size;
  return text.substr(0, end) + "…";
}

std::string ShowNumber(const std::optional<double>& number) {
  if (!number) return "none";
  std::string text = CanonicalJson(*number);
  if (text.size() > 2 && text.substr(text.size() - 2) == ".0") {
    text.resize(text.size() - 2);
  }
  return text;
}

std::string ShowPattern(const std::optional<std::string>& pattern) {
  return pattern ? Shorten(QuoteJson(*pattern)) : "none";
}

std::string ShowValues(const std::set<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text += ", ";
    text += value;
  }
  return Shorten("[" + text + "]");
}

std::string ShowPresence(const FieldModel& field) {
  return field.required ? "required" : "optional";
}

// Every event of an enum or a date is a string; of what length an enum's are
// is known, of what pattern is not.
bool IsStringOf(const FieldModel& writer, const FieldModel& reader) {
  if (reader.type != "string" || reader.pattern) return false;
  constexpr double kShortestDate = 10;  // "2026-11-21"
  if (writer.type == "date") {
    return reader.min.value_or(0) <= kShortestDate && !reader.max;
  }
  if (writer.type != "enum") return false;
  return std::all_of(writer.enum_values.begin(), writer.enum_values.end(),
                     [&](const std::string& json) {
                       const Result<Value> value = ParseJson(json);
                       if (!value || !value->IsString()) return false;
                       const auto size = static_cast<double>(
                           CountCodePoints(value->AsString()));
                       return size >= reader.min.value_or(0) &&
                              size <= reader.max.value_or(size);
                     });
}

// What one schema (the writer's) accepts and another (the reader's) does not.
class Comparison {
 public:
  std::vector<Break> Run(const EventModel& writer, const EventModel& reader) {
    if (reader.closed() && !writer.closed()) {
      Add("spec.unplannedFields", writer.unplanned, reader.unplanned,
          "events with other fields");
    }
    CompareFields("spec.fields", writer.fields, reader.fields);
    for (const auto& [name, field] : writer.fields) {
      if (!reader.closed() || reader.fields.count(name) > 0) continue;
      Add("spec.fields[" + name + "]", ShowPresence(field), "absent",
          "events with it");
    }
    for (const auto& [name, field] : reader.fields) {
      if (!field.required || writer.fields.count(name) > 0) continue;
      Add("spec.fields[" + name + "]", "absent", ShowPresence(field),
          "events without it");
    }
    // Metadata that isn't planned is always taken.
    CompareFields("spec.metadataFields", writer.metadata_fields,
                  reader.metadata_fields);
    return std::move(breaks_);
  }

 private:
  void Add(std::string path, std::string writer, std::string reader,
           std::string events) {
    breaks_.push_back({std::move(path), std::move(writer), std::move(reader),
                       std::move(events)});
  }

  void CompareFields(std::string_view list, const Fields& writers,
                     const Fields& readers) {
    for (const auto& [name, writer] : writers) {
      const auto reader = readers.find(name);
      if (reader == readers.end()) continue;
      const std::string path = std::string(list) + "[" + name + "]";
      CompareField(path, writer, reader->second);
    }
  }

  void CompareField(const std::string& path, const FieldModel& writer,
                    const FieldModel& reader) {
    if (reader.required && !writer.required) {
      Add(path + ".required", "false", "true", "events without it");
    }
    if (writer.type != reader.type) {
      if (!IsStringOf(writer, reader)) {
        Add(path + ".type", writer.type, reader.type,
            "events with a value of type " + writer.type);
      }
      return;
    }
    if (writer.type == "enum") CompareValues(path, writer, reader);
    if (writer.type != "string" && writer.type != "number") return;
    CompareBounds(path, writer, reader);
    if (writer.type == "string" && reader.pattern &&
        writer.pattern != reader.pattern) {
      Add(path + ".validation.pattern", ShowPattern(writer.pattern),
          ShowPattern(reader.pattern), "events that don't match");
    }
  }

  void CompareValues(const std::string& path, const FieldModel& writer,
                     const FieldModel& reader) {
    std::set<std::string> missing;
    std::set_difference(writer.enum_values.begin(), writer.enum_values.end(),
                        reader.enum_values.begin(), reader.enum_values.end(),
                        std::inserter(missing, missing.end()));
    if (missing.empty()) return;
    Add(path + ".enumValues", ShowValues(writer.enum_values),
        ShowValues(reader.enum_values), "events with " + ShowValues(missing));
  }

  void CompareBounds(const std::string& path, const FieldModel& writer,
                     const FieldModel& reader) {
    const bool text = writer.type == "string";
    if (reader.min && (!writer.min || *writer.min < *reader.min)) {
      Add(path + ".validation.min", ShowNumber(writer.min),
          ShowNumber(reader.min),
          text ? "events with a shorter value" : "events with a smaller value");
    }
    if (reader.max && (!writer.max || *writer.max > *reader.max)) {
      Add(path + ".validation.max", ShowNumber(writer.max),
          ShowNumber(reader.max),
          text ? "events with a longer value" : "events with a larger value");
    }
  }

  std::vector<Break> breaks_;
};

// Both directions between one older version and the new one.
class Judge {
 public:
  Judge(CompatibilityMode mode, EventModel after)
      : mode_(RowOf(mode)), after_(std::move(after)) {}

  // `label` leads the reasons that no nearer version has given.
  void Against(const EventModel& before, const std::string& label) {
    std::set<std::string> reasons;
    if (mode_.backward) {
      for (const Break& item : Comparison().Run(before, after_)) {
        reasons.insert(item.path + ": " + item.writer + " → " + item.reader +
                       ": " + item.events + " would be rejected");
      }
    }
    if (mode_.forward) {
      for (const Break& item : Comparison().Run(after_, before)) {
        reasons.insert(item.path + ": " + item.reader + " → " + item.writer +
                       ": the older schema would reject " + item.events);
      }
    }
    for (const std::string& reason : reasons) {
      if (given_.insert(reason).second) {
        result_.reasons.push_back(label + reason);
      }
    }
  }

  Compatibility Finish() {
    result_.breaking = !result_.reasons.empty();
    return std::move(result_);
  }

 private:
  const ModeRow& mode_;
  EventModel after_;
  std::set<std::string> given_;
  Compatibility result_;
};

CompatibilityMode ModeOf(const Value& content) {
  const Value* mode = content.FindPath("spec.compatibility");
  if (mode == nullptr || !mode->IsString()) return CompatibilityMode::kBackward;
  return FindCompatibilityMode(mode->AsString())
      .value_or(CompatibilityMode::kBackward);
}

}  // namespace

std::optional<CompatibilityMode> FindCompatibilityMode(std::string_view name) {
  for (const ModeRow& row : kModes) {
    if (row.name == name) return row.mode;
  }
  return std::nullopt;
}

std::string_view Name(CompatibilityMode mode) { return RowOf(mode).name; }

CompatibilityMode Combine(CompatibilityMode a, CompatibilityMode b) {
  const ModeRow& left = RowOf(a);
  const ModeRow& right = RowOf(b);
  for (const ModeRow& row : kModes) {
    if (row.backward == (left.backward || right.backward) &&
        row.forward == (left.forward || right.forward) &&
        row.transitive == (left.transitive || right.transitive)) {
      return row.mode;
    }
  }
  return CompatibilityMode::kFullTransitive;
}

Compatibility CheckCompatibility(CompatibilityMode mode, const Value& before,
                                 const Value& after,
                                 std::span<const Value> older) {
  Judge judge(mode, ReadEventModel(after));
  judge.Against(ReadEventModel(before), "");
  if (RowOf(mode).transitive) {
    for (std::size_t i = 0; i < older.size(); ++i) {
      judge.Against(ReadEventModel(older[i]),
                    std::to_string(i + 2) + " versions back: ");
    }
  }
  return judge.Finish();
}

Compatibility CheckCompatibility(const Value& before, const Value& after,
                                 std::span<const Value> older) {
  return CheckCompatibility(Combine(ModeOf(before), ModeOf(after)), before,
                            after, older);
}

}  // namespace writ
