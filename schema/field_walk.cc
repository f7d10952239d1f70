#include "schema/field_walk.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <unordered_set>
#include <utility>

#include "schema/field_type.h"
#include "schema/format_check.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/utf8.h"

namespace writ {
namespace {

enum class Standing { kApplies, kElsewhere, kUnknown };

// Whether the field stands beside these siblings. Unknown where what decides
// it is missing or wrong, which is reported by itself.
Standing StandingOf(const Field& object, const Field& member,
                    const Value& siblings) {
  if (member.when.empty()) return Standing::kApplies;
  const std::string_view chosen = siblings.FindString(member.when.field);
  const auto holds = [&](const std::vector<std::string>& values) {
    return std::find(values.begin(), values.end(), chosen) != values.end();
  };
  if (holds(member.when.values)) return Standing::kApplies;
  const Field* decider = object.Find(member.when.field);
  return decider != nullptr && holds(decider->values) ? Standing::kElsewhere
                                                      : Standing::kUnknown;
}

// Where it stands among the field's members. REQUIRES: it does.
std::size_t IndexOf(const Field& field, std::string_view member) {
  return static_cast<std::size_t>(field.Find(member) - field.fields.data());
}

std::string ShortNumber(double number) {
  if (number == std::floor(number) && std::abs(number) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  return CompactJson(Value(number));
}

Duration Seconds(double seconds) {
  return Duration(static_cast<Duration::rep>(seconds * 1000));
}

}  // namespace

std::string Quoted(std::string_view text) {
  // No credential of any family is as short as this.
  constexpr std::size_t kLongest = 40;
  if (text.size() <= kLongest) return QuoteJson(text);
  std::size_t end = 12;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  std::string quoted = QuoteJson(text.substr(0, end));
  quoted.insert(quoted.size() - 1, "…");
  return quoted;
}

std::string WithArticle(std::string_view kind) {
  const bool vowel =
      !kind.empty() &&
      std::string_view("AEIOU").find(kind.front()) != std::string_view::npos;
  return std::string(vowel ? "an " : "a ").append(kind);
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text.append(i + 1 == names.size() ? " or " : ", ");
    text.append(names[i]);
  }
  return text;
}

std::string SuggestionOr(std::string_view written,
                         const std::vector<std::string_view>& candidates,
                         std::string otherwise) {
  const std::optional<std::string_view> nearest = Suggest(written, candidates);
  if (!nearest) return otherwise;
  return std::string("did you mean \"").append(*nearest).append("\"?");
}

void FieldWalker::Say(std::string_view code, const SourceRange& range,
                      std::string_view problem, std::string hint) {
  std::string summary = path_.Text();
  summary.append(" of ").append(reporter_.subject());
  summary.append(" ").append(problem);
  reporter_.Error(code, range, std::move(summary), std::move(hint));
}

void FieldWalker::SayFormat(Format format, const Value& value) {
  if (format == Format::kNone) {
    Say("bad-format", value.range(), "has a control or bidi character");
    return;
  }
  const FormatRow& row = RowOf(format);
  const auto set = ClosedSetOf(format);
  if (set.empty()) {
    Say("bad-format", value.range(), row.problem, std::string(row.expectation));
    return;
  }
  std::string problem = "is " + Quoted(value.AsString()) + ", which ";
  problem.append(row.problem);
  Say("unknown-value", value.range(), problem,
      SuggestionOr(value.AsString(), {set.begin(), set.end()},
                   "one of " + Listed({set.begin(), set.end()})));
}

void FieldWalker::WalkRoot(const Field& field, const Value& value) {
  const ValuePath::Step step(path_, field.name);
  Walk(field, value);
}

bool FieldWalker::CheckType(const Field& field, const Value& value) {
  if (HasType(field, value)) return true;
  std::string problem;
  if (value.IsNull()) {
    Say("wrong-type", value.range(), "is empty",
        std::string("give it ").append(Expected(field)).append(", or drop it"));
    return false;
  }
  problem.append("is ").append(Describe(value.type()));
  problem.append(", not ").append(Expected(field));
  Say("wrong-type", value.range(), problem, TypeHint(field, value));
  return false;
}

void FieldWalker::Walk(const Field& field, const Value& value) {
  if (value.IsNull() && (field.nullable || field.type == FieldType::kAny)) {
    return;
  }
  if (!CheckType(field, value)) return;
  switch (field.type) {
    case FieldType::kString:
      return WalkText(field, value);
    case FieldType::kInteger:
    case FieldType::kNumber:
      return WalkNumber(field, value);
    case FieldType::kDuration:
      return WalkDuration(field, value);
    case FieldType::kTimestamp:
      if (ParseTimestamp(value.AsString())) return;
      return Say("bad-format", value.range(), "is not a timestamp",
                 "write it like 2026-12-01T00:00:00Z, years 1970 to 9999");
    case FieldType::kEnum:
      return WalkEnum(field, value);
    case FieldType::kReference:
      return WalkReference(field, value);
    case FieldType::kSecretRef:
      return WalkSecretRef(field, value);
    case FieldType::kSecretUrl:
      if (value.IsMap()) return WalkObject(field, value);
      return WalkText(field, value);
    case FieldType::kObject:
      return WalkObject(field, value);
    case FieldType::kList:
      return WalkList(field, value);
    case FieldType::kMap:
      return WalkMap(field, value);
    case FieldType::kBoolean:
    case FieldType::kAny:
      return;
  }
}

void FieldWalker::UnknownMember(const Field& field, const Value& value,
                                const Value::Entry& entry,
                                std::vector<bool>& seen) {
  std::vector<std::string_view> names;
  for (const Field& member : field.fields) {
    const bool fits = StandingOf(field, member, value) != Standing::kElsewhere;
    if (fits && value.Find(member.name) == nullptr) {
      names.push_back(member.name);
    }
  }
  std::string summary = "unknown field " + Quoted(entry.key) + " in ";
  summary.append(reporter_.subject());
  std::string hint;
  const std::vector<std::string> all(names.begin(), names.end());
  if (const auto meant = Suggest(entry.key, names)) {
    seen[IndexOf(field, *meant)] = true;
    hint.append("did you mean \"").append(*meant).append("\"?");
  } else if (!all.empty() && all.size() <= 6) {
    hint = path_.Text() + " may have " + Listed(all);
  }
  reporter_.Error("unknown-field", entry.key_range, std::move(summary),
                  std::move(hint));
}

void FieldWalker::WalkMembers(const Field& field, const Value& value,
                              std::vector<bool>& seen) {
  for (const Value::Entry& entry : value.AsMap()) {
    const Field* member = field.Find(entry.key);
    if (member == nullptr) {
      UnknownMember(field, value, entry, seen);
      continue;
    }
    seen[IndexOf(field, member->name)] = true;
    const ValuePath::Step step(path_, member->name);
    if (StandingOf(field, *member, value) == Standing::kElsewhere) {
      Say("misplaced-field", entry.key_range,
          "stands only where " + member->when.field + " is " +
              Listed(member->when.values),
          "drop it");
      continue;
    }
    Walk(*member, entry.value);
  }
}

void FieldWalker::CheckAbsent(const Field& field, const Value& value,
                              const std::vector<bool>& seen) {
  for (std::size_t i = 0; i < field.fields.size(); ++i) {
    const Field& member = field.fields[i];
    if (!member.required || seen[i]) continue;
    if (StandingOf(field, member, value) != Standing::kApplies) continue;
    const ValuePath::Step step(path_, member.name);
    std::string hint;
    if (!member.example.empty()) {
      hint = "add " + member.name + ": " + member.example;
    }
    reporter_.Error("missing-field", value.range(),
                    reporter_.subject() + " lacks " + path_.Text(),
                    std::move(hint));
  }
}

void FieldWalker::CheckChoices(const Field& field, const Value& value,
                               const std::vector<bool>& seen) {
  const std::vector<std::string>& choices = field.exactly_one_of.empty()
                                                ? field.at_most_one_of
                                                : field.exactly_one_of;
  if (choices.empty()) return;
  const Value::Entry* first = nullptr;
  for (const Value::Entry& entry : value.AsMap()) {
    if (std::find(choices.begin(), choices.end(), entry.key) == choices.end()) {
      continue;
    }
    if (first == nullptr) {
      first = &entry;
      continue;
    }
    const ValuePath::Step step(path_, entry.key);
    Say("exclusive-fields", entry.key_range, "can't stand beside " + first->key,
        "keep one of them");
  }
  const auto is_meant = [&](const std::string& choice) {
    return seen[IndexOf(field, choice)];
  };
  if (first != nullptr || field.exactly_one_of.empty() ||
      std::any_of(choices.begin(), choices.end(), is_meant)) {
    return;
  }
  reporter_.Error("missing-field", value.range(),
                  path_.Text() + " of " + reporter_.subject() + " lacks " +
                      (choices.size() == 1 ? "" : "one of ") + Listed(choices));
}

void FieldWalker::WalkObject(const Field& field, const Value& value) {
  std::vector<bool> seen(field.fields.size());
  WalkMembers(field, value, seen);
  CheckAbsent(field, value, seen);
  CheckChoices(field, value, seen);
}

void FieldWalker::CheckSize(const Field& field, const Value& value,
                            std::size_t size, std::string_view unit) {
  const auto number = static_cast<double>(size);
  if (field.non_empty && size == 0) {
    Say("out-of-range", value.range(), "is empty");
  } else if (field.min && number < *field.min) {
    Say("out-of-range", value.range(),
        "has fewer than " + ShortNumber(*field.min) + " " + std::string(unit));
  } else if (field.max && number > *field.max) {
    Say("out-of-range", value.range(),
        "has more than " + ShortNumber(*field.max) + " " + std::string(unit));
  }
}

void FieldWalker::NameItem(const Field& list, const Value& item) {
  if (list.list_style == ListStyle::kSet && item.IsString()) {
    path_.NameItem(item.AsString());
  }
  if (list.list_style == ListStyle::kKeyed) {
    const std::string_view key = item.FindString(list.key);
    if (!key.empty()) path_.NameItem(key);
  }
}

void FieldWalker::WalkList(const Field& field, const Value& value) {
  const Value::List& items = value.AsList();
  CheckSize(field, value, items.size(), "items");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const ValuePath::Step step(path_, i);
    NameItem(field, items[i]);
    Walk(*field.item, items[i]);
  }
  CheckDuplicates(field, value);
}

void FieldWalker::CheckDuplicates(const Field& field, const Value& value) {
  const bool by_key = !field.key.empty();
  if (!by_key && field.list_style != ListStyle::kSet) return;
  const Value::List& items = value.AsList();
  if (items.size() < 2) return;
  std::unordered_set<std::string_view> seen;
  for (const Value& item : items) {
    const Value* key = by_key ? item.Find(field.key) : &item;
    if (key == nullptr || !key->IsString()) continue;
    if (seen.insert(key->AsString()).second) continue;
    std::string problem = "has " + Quoted(key->AsString()) + " twice";
    if (by_key) problem += " (by " + field.key + ")";
    Say("duplicate", key->range(), problem, "drop one of them");
  }
}

void FieldWalker::WalkMap(const Field& field, const Value& value) {
  CheckSize(field, value, value.AsMap().size(), "entries");
  for (const Value::Entry& entry : value.AsMap()) {
    const ValuePath::Step step(path_, entry.key);
    if (!MatchesFormat(field.key_format, entry.key)) {
      std::string problem = path_.Text() + " of " + reporter_.subject();
      std::string hint;
      if (field.key_format == Format::kNone) {
        problem += " has a control or bidi character in its key";
      } else {
        const FormatRow& row = RowOf(field.key_format);
        problem = "the key " + Quoted(entry.key) + " in " +
                  reporter_.subject() + " " + std::string(row.problem);
        hint = row.expectation;
      }
      reporter_.Error("bad-format", entry.key_range, std::move(problem),
                      std::move(hint));
    }
    Walk(*field.item, entry.value);
  }
}

void FieldWalker::WalkText(const Field& field, const Value& value) {
  const std::string& text = value.AsString();
  if (text.empty() && field.non_empty) {
    return Say("out-of-range", value.range(), "is empty");
  }
  if (!MatchesFormat(field.format, text)) {
    return SayFormat(field.format, value);
  }
  if (field.min || field.max) {
    CheckSize(field, value, CountCodePoints(text), "characters");
  }
}

void FieldWalker::WalkNumber(const Field& field, const Value& value) {
  const double number = value.IsInteger()
                            ? static_cast<double>(value.AsInteger())
                            : value.AsNumber();
  if (field.min && number < *field.min) {
    Say("out-of-range", value.range(), "is below " + ShortNumber(*field.min));
  } else if (field.max && number > *field.max) {
    Say("out-of-range", value.range(), "is above " + ShortNumber(*field.max));
  }
}

void FieldWalker::WalkDuration(const Field& field, const Value& value) {
  const std::optional<Duration> duration = ParseDuration(value.AsString());
  if (!duration) {
    return Say("bad-format", value.range(), "is not a duration",
               "write it like 90d, 1h30m or 250ms, at most 36500d");
  }
  if (field.min && *duration < Seconds(*field.min)) {
    Say("out-of-range", value.range(),
        "is shorter than " + FormatDuration(Seconds(*field.min)));
  } else if (field.max && *duration > Seconds(*field.max)) {
    Say("out-of-range", value.range(),
        "is longer than " + FormatDuration(Seconds(*field.max)));
  }
}

void FieldWalker::WalkEnum(const Field& field, const Value& value) {
  const std::string& text = value.AsString();
  if (std::find(field.values.begin(), field.values.end(), text) !=
      field.values.end()) {
    return;
  }
  Say("unknown-value", value.range(),
      "is " + Quoted(text) + ", not " + Listed(field.values),
      SuggestionOr(text, {field.values.begin(), field.values.end()}, ""));
}

}  // namespace writ
