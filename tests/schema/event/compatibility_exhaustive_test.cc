// Every pair of small schemas against every small event: what isn't called
// breaking rejects no event, and what is called breaking rejects one (but for
// patterns, whose relation to lengths and to each other is left undecided). The
// validator here is written from the language's documentation, not from the
// library.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "schema/event/compatibility.h"
#include "schema/json.h"
#include "schema/time.h"
#include "tests/schema/event/schemas.h"

namespace writ {
namespace {

using testing::Schema;

double Number(const Value& value) {
  return value.IsInteger() ? static_cast<double>(value.AsInteger())
                           : value.AsNumber();
}

bool InRange(double value, const Value& field) {
  const Value* min = field.FindPath("validation.min");
  const Value* max = field.FindPath("validation.max");
  return (min == nullptr || value >= Number(*min)) &&
         (max == nullptr || value <= Number(*max));
}

// Patterns of these tests are "^" and a literal text.
bool MatchesPattern(const std::string& text, const Value& field) {
  const Value* pattern = field.FindPath("validation.pattern");
  return pattern == nullptr ||
         text.rfind(pattern->AsString().substr(1), 0) == 0;
}

bool Fits(const Value& value, const Value& field) {
  const std::string_view type = field.FindString("type");
  if (type == "boolean") return value.IsBoolean();
  if (type == "object") return value.IsMap();
  if (type == "number") {
    return (value.IsInteger() || value.IsNumber()) &&
           InRange(Number(value), field);
  }
  if (!value.IsString()) return false;
  const std::string& text = value.AsString();
  if (type == "date") return ParseTimestamp(text).has_value();
  if (type == "enum") {
    const Value::List& values = field.Find("enumValues")->AsList();
    return std::find(values.begin(), values.end(), value) != values.end();
  }
  return InRange(static_cast<double>(text.size()), field) &&
         MatchesPattern(text, field);
}

const Value* FindField(const Value& schema, std::string_view name) {
  const Value* fields = schema.FindPath("spec.fields");
  for (const Value& field : fields->AsList()) {
    if (field.FindString("name") == name) return &field;
  }
  return nullptr;
}

bool IsValid(const Value& schema, const Value& event) {
  for (const Value& field : schema.FindPath("spec.fields")->AsList()) {
    const Value* value = event.Find(field.FindString("name"));
    const Value* required = field.Find("required");
    if (value == nullptr || value->IsNull()) {
      if (required != nullptr && required->AsBoolean()) return false;
    } else if (!Fits(*value, field)) {
      return false;
    }
  }
  if (schema.FindPath("spec.unplannedFields")->AsString() != "block") {
    return true;
  }
  return std::all_of(event.AsMap().begin(), event.AsMap().end(),
                     [&](const Value::Entry& entry) {
                       return FindField(schema, entry.key) != nullptr;
                     });
}

std::vector<Value> Schemas(const std::vector<std::string>& field_lists) {
  std::vector<Value> schemas;
  for (const std::string& fields : field_lists) {
    for (const char* unplanned : {"allow", "block"}) {
      schemas.push_back(Schema("'unplannedFields':'" + std::string(unplanned) +
                               "','fields':[" + fields + "]"));
    }
  }
  return schemas;
}

std::vector<std::string> Variants(const std::string& name,
                                  const std::vector<std::string>& types) {
  std::vector<std::string> variants = {""};
  for (const std::string& type : types) {
    for (const char* required : {"false", "true"}) {
      variants.push_back("{'name':'" + name + "','required':" + required +
                         ",'type':" + type + "}");
    }
  }
  return variants;
}

// nullopt stands for a field that the event doesn't have.
std::vector<Value> Events(
    const std::vector<std::optional<Value>>& values_of_a,
    const std::vector<std::optional<Value>>& values_of_b) {
  std::vector<Value> events;
  for (const auto& a : values_of_a) {
    for (const auto& b : values_of_b) {
      for (const bool other : {false, true}) {
        Value event{Value::Map{}};
        if (a) event.Set("a", *a);
        if (b) event.Set("b", *b);
        if (other) event.Set("other", 1);
        events.push_back(std::move(event));
      }
    }
  }
  return events;
}

// True where the writer doesn't plan a name that the reader plans and the
// event uses: what was allowed there before isn't counted (compatibility.h).
bool UsesNewName(const Value& event, const Value& writer, const Value& reader) {
  return std::any_of(event.AsMap().begin(), event.AsMap().end(),
                     [&](const Value::Entry& entry) {
                       return FindField(reader, entry.key) != nullptr &&
                              FindField(writer, entry.key) == nullptr;
                     });
}

bool HasPattern(const Value& schema) {
  return CompactJson(schema).find("\"pattern\"") != std::string::npos;
}

class Universe {
 public:
  Universe(std::vector<Value> schemas, std::vector<Value> events)
      : schemas_(std::move(schemas)), events_(std::move(events)) {
    for (const Value& schema : schemas_) {
      std::vector<bool> valid;
      for (const Value& event : events_)
        valid.push_back(IsValid(schema, event));
      valid_.push_back(std::move(valid));
    }
  }

  void CheckAllPairs() const {
    for (std::size_t i = 0; i < schemas_.size(); ++i) {
      for (std::size_t j = 0; j < schemas_.size(); ++j) {
        CheckPair(CompatibilityMode::kBackward, i, j, FindRejected(i, j));
        CheckPair(CompatibilityMode::kForward, i, j, FindRejected(j, i));
      }
    }
  }

 private:
  // An event that the writer's schema accepts and the reader's rejects.
  const Value* FindRejected(std::size_t writer, std::size_t reader) const {
    for (std::size_t k = 0; k < events_.size(); ++k) {
      if (!valid_[writer][k] || valid_[reader][k]) continue;
      if (!UsesNewName(events_[k], schemas_[writer], schemas_[reader])) {
        return &events_[k];
      }
    }
    return nullptr;
  }

  void CheckPair(CompatibilityMode mode, std::size_t before, std::size_t after,
                 const Value* rejected) const {
    const Value& old = schemas_[before];
    const Value& now = schemas_[after];
    const bool breaking = CheckCompatibility(mode, old, now).breaking;
    if (breaking && (HasPattern(old) || HasPattern(now))) return;
    ASSERT_EQ(breaking, rejected != nullptr)
        << Name(mode) << "\n"
        << CompactJson(old) << "\n"
        << CompactJson(now) << "\n"
        << (rejected != nullptr ? CompactJson(*rejected) : "no such event");
  }

  std::vector<Value> schemas_;
  std::vector<Value> events_;
  std::vector<std::vector<bool>> valid_;
};

TEST(CompatibilityExhaustive, OneFieldOfEveryTypeAndRule) {
  const std::vector<std::string> types = {
      "'string'",
      "'string','validation':{'min':0}",
      "'string','validation':{'min':1}",
      "'string','validation':{'min':2}",
      "'string','validation':{'max':1}",
      "'string','validation':{'max':3}",
      "'string','validation':{'min':1,'max':3}",
      "'string','validation':{'pattern':'^x'}",
      "'string','validation':{'pattern':'^zz'}",
      "'number'",
      "'number','validation':{'min':0}",
      "'number','validation':{'min':1}",
      "'number','validation':{'max':1}",
      "'number','validation':{'min':0,'max':2.5}",
      "'boolean'",
      "'date'",
      "'object'",
      "'enum','enumValues':['x']",
      "'enum','enumValues':['x','yy']",
      "'enum','enumValues':['yy','long']",
  };
  std::vector<std::optional<Value>> values = {std::nullopt,
                                              Value(),
                                              Value(""),
                                              Value("x"),
                                              Value("yy"),
                                              Value("xyz"),
                                              Value("zz"),
                                              Value("long"),
                                              Value("2026-11-21T03:20:00Z"),
                                              Value(-1),
                                              Value(0),
                                              Value(0.5),
                                              Value(1),
                                              Value(2),
                                              Value(2.75),
                                              Value(true),
                                              Value(Value::Map{}),
                                              Value(Value::List{})};
  Universe(Schemas(Variants("a", types)), Events(values, {std::nullopt}))
      .CheckAllPairs();
}

TEST(CompatibilityExhaustive, TwoFieldsOfAFewTypes) {
  const std::vector<std::string> types = {"'number'", "'boolean'"};
  std::vector<std::string> lists;
  for (const std::string& a : Variants("a", types)) {
    for (const std::string& b : Variants("b", types)) {
      lists.push_back(a + (a.empty() || b.empty() ? "" : ",") + b);
    }
  }
  const std::vector<std::optional<Value>> values = {std::nullopt, Value(),
                                                    Value(1), Value(true)};
  Universe(Schemas(lists), Events(values, values)).CheckAllPairs();
}

}  // namespace
}  // namespace writ
