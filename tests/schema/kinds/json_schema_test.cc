#include "schema/json_schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "manifests/yaml_parser.h"
#include "schema/json.h"
#include "schema/utf8.h"
#include "schema/validator.h"

namespace writ {
namespace {

using testing::IsEmpty;

// As much of draft-07 as the schemas use; an unknown keyword is an error, so
// that none of them goes untested.
class SchemaJudge {
 public:
  explicit SchemaJudge(const Value& root) : root_(root) {}

  // Where the value breaks the schema: paths of keywords.
  std::vector<std::string> Judge(const Value& value) {
    broken_.clear();
    Check(root_, value, "");
    return broken_;
  }

 private:
  bool Holds(const Value& schema, const Value& value) const {
    SchemaJudge inner(root_);
    inner.Check(schema, value, "");
    return inner.broken_.empty();
  }

  void Say(const std::string& path, const std::string& keyword) {
    broken_.push_back(path + " " + keyword);
  }

  static bool HasType(std::string_view type, const Value& value) {
    if (type == "object") return value.IsMap();
    if (type == "array") return value.IsList();
    if (type == "string") return value.IsString();
    if (type == "boolean") return value.IsBoolean();
    if (type == "integer") return value.IsInteger();
    if (type == "number") return value.IsInteger() || value.IsNumber();
    ADD_FAILURE() << "unknown type " << type;
    return false;
  }

  const Value& Resolve(std::string_view reference) const {
    constexpr std::string_view kPrefix = "#/definitions/";
    EXPECT_TRUE(reference.starts_with(kPrefix)) << reference;
    const Value* found =
        root_.Find("definitions")->Find(reference.substr(kPrefix.size()));
    EXPECT_NE(found, nullptr) << reference;
    return *found;
  }

  void Check(const Value& schema, const Value& value, const std::string& path) {
    if (schema.IsBoolean()) {
      if (!schema.AsBoolean()) Say(path, "false");
      return;
    }
    for (const Value::Entry& entry : schema.AsMap()) {
      CheckKeyword(schema, entry.key, entry.value, value, path);
    }
  }

  void CheckKeyword(const Value& schema, const std::string& keyword,
                    const Value& rule, const Value& value,
                    const std::string& path) {
    static const std::vector<std::string> kSilent = {
        "$schema", "title",       "description", "default", "examples",
        "format",  "definitions", "then",        "else",    "required"};
    if (CheckScalar(keyword, rule, value, path)) return;
    if (CheckContainer(schema, keyword, rule, value, path)) return;
    if (CheckCombination(schema, keyword, rule, value, path)) return;
    EXPECT_THAT(kSilent, testing::Contains(keyword));
    if (keyword == "required" && value.IsMap()) {
      for (const Value& name : rule.AsList()) {
        if (value.Find(name.AsString()) == nullptr) {
          Say(path, "required " + name.AsString());
        }
      }
    }
  }

  bool CheckScalar(const std::string& keyword, const Value& rule,
                   const Value& value, const std::string& path) {
    const auto limit = [&] {
      return rule.IsInteger() ? static_cast<double>(rule.AsInteger())
                              : rule.AsNumber();
    };
    const bool numeric = value.IsInteger() || value.IsNumber();
    const double number = value.IsInteger()
                              ? static_cast<double>(value.AsInteger())
                              : (value.IsNumber() ? value.AsNumber() : 0);
    bool holds = true;
    if (keyword == "type") {
      holds = HasType(rule.AsString(), value);
    } else if (keyword == "const") {
      holds = rule == value;
    } else if (keyword == "enum") {
      const auto& list = rule.AsList();
      holds = std::find(list.begin(), list.end(), value) != list.end();
    } else if (keyword == "pattern") {
      holds = !value.IsString() ||
              re2::RE2::PartialMatch(value.AsString(), rule.AsString());
    } else if (keyword == "minLength" || keyword == "maxLength") {
      if (value.IsString()) {
        const auto size =
            static_cast<double>(CountCodePoints(value.AsString()));
        holds = keyword == "minLength" ? size >= limit() : size <= limit();
      }
    } else if (keyword == "minimum") {
      holds = !numeric || number >= limit();
    } else if (keyword == "maximum") {
      holds = !numeric || number <= limit();
    } else {
      return false;
    }
    if (!holds) Say(path, keyword);
    return true;
  }

  bool CheckContainer(const Value& schema, const std::string& keyword,
                      const Value& rule, const Value& value,
                      const std::string& path) {
    const auto size = [&] {
      return static_cast<std::int64_t>(value.IsList() ? value.AsList().size()
                                                      : value.AsMap().size());
    };
    if (keyword == "items") {
      if (!value.IsList()) return true;
      for (const Value& item : value.AsList()) {
        Check(rule, item, path + "[]");
      }
    } else if (keyword == "minItems" || keyword == "maxItems") {
      if (!value.IsList()) return true;
      const bool holds = keyword == "minItems" ? size() >= rule.AsInteger()
                                               : size() <= rule.AsInteger();
      if (!holds) Say(path, keyword);
    } else if (keyword == "minProperties") {
      if (value.IsMap() && size() < rule.AsInteger()) Say(path, keyword);
    } else if (keyword == "uniqueItems") {
      if (value.IsList()) CheckUnique(value.AsList(), path);
    } else if (keyword == "propertyNames") {
      if (!value.IsMap()) return true;
      for (const auto& entry : value.AsMap()) {
        Check(rule, Value(entry.key), path + "." + entry.key);
      }
    } else if (keyword == "properties") {
      CheckEntries(&rule, nullptr, value, path);
    } else if (keyword == "additionalProperties") {
      CheckEntries(schema.Find("properties"), &rule, value, path);
    } else {
      return false;
    }
    return true;
  }

  void CheckUnique(const Value::List& items, const std::string& path) {
    for (std::size_t i = 1; i < items.size(); ++i) {
      if (std::find(items.begin(), items.begin() + static_cast<long>(i),
                    items[i]) != items.begin() + static_cast<long>(i)) {
        Say(path, "uniqueItems");
      }
    }
  }

  // What `properties` names, or with `rest` what it doesn't.
  void CheckEntries(const Value* properties, const Value* rest,
                    const Value& value, const std::string& path) {
    if (!value.IsMap()) return;
    for (const Value::Entry& entry : value.AsMap()) {
      const Value* own = properties ? properties->Find(entry.key) : nullptr;
      const Value* rule = rest == nullptr ? own : (own ? nullptr : rest);
      if (rule != nullptr) Check(*rule, entry.value, path + "." + entry.key);
    }
  }

  bool CheckCombination(const Value& schema, const std::string& keyword,
                        const Value& rule, const Value& value,
                        const std::string& path) {
    if (keyword == "$ref") {
      Check(Resolve(rule.AsString()), value, path);
    } else if (keyword == "allOf") {
      for (const Value& each : rule.AsList()) Check(each, value, path);
    } else if (keyword == "anyOf" || keyword == "oneOf") {
      const auto count =
          std::count_if(rule.AsList().begin(), rule.AsList().end(),
                        [&](const Value& each) { return Holds(each, value); });
      if (keyword == "anyOf" ? count == 0 : count != 1) Say(path, keyword);
    } else if (keyword == "not") {
      if (Holds(rule, value)) Say(path, keyword);
    } else if (keyword == "if") {
      const Value* then = schema.Find(Holds(rule, value) ? "then" : "else");
      if (then != nullptr) Check(*then, value, path);
    } else {
      return false;
    }
    return true;
  }

  const Value& root_;
  std::vector<std::string> broken_;
};

Value Parse(std::string_view yaml) {
  Diagnostics diagnostics;
  const SourceFiles files = {"a.yaml"};
  Reporter reporter(files, {}, diagnostics);
  return manifests::ParseYaml(yaml, 0, {}, reporter).front().root;
}

std::vector<std::string> Judge(std::string_view yaml) {
  const Value schema = *ParseJson(JsonSchemaForAll());
  return SchemaJudge(schema).Judge(Parse(yaml));
}

TEST(JsonSchema, TakesTheExampleOfEachKind) {
  for (const Kind* kind : AllKinds()) {
    const auto schema = ParseJson(JsonSchemaFor(*kind));
    ASSERT_TRUE(schema) << kind->name;
    EXPECT_EQ(schema->FindString("$schema"),
              "http://json-schema.org/draft-07/schema#");
    EXPECT_EQ(schema->FindString("title"), kind->name);
    EXPECT_THAT(SchemaJudge(*schema).Judge(Parse(kind->example)), IsEmpty())
        << kind->name;
    EXPECT_THAT(Judge(kind->example), IsEmpty()) << kind->name;
  }
}

TEST(JsonSchema, RefusesWhatTheTablesRefuse) {
  struct Case {
    std::string name, yaml;
  };
  const std::string head = "apiVersion: writ/v1\nkind: ";
  const std::vector<Case> cases = {
      {"an unknown kind", head + "Ap\nmetadata: {name: a}\nspec: {}\n"},
      {"another version",
       "apiVersion: v1\nkind: Workspace\nmetadata: {name: a}\nspec: {}\n"},
      {"no spec", head + "Workspace\nmetadata: {name: a}\n"},
      {"an unknown field",
       head + "Workspace\nmetadata: {name: a}\nspec: {x: 1}\n"},
      {"a bad name", head + "Workspace\nmetadata: {name: A_}\nspec: {}\n"},
      {"a missing field", head + "App\nmetadata: {name: a}\nspec: {}\n"},
      {"a wrong word",
       head + "Workspace\nmetadata: {name: a}\nspec: {tier: x}\n"},
      {"a bad duration", head + "App\nmetadata: {name: a}\nspec: {workspace: "
                                "b, retention: 90}\n"},
      {"a field of another type",
       head + "Token\nmetadata: {name: a}\nspec: {type: apiKey, app: b, role: "
              "VIEWER}\n"},
      {"no parent", head + "Token\nmetadata: {name: a}\nspec: {type: "
                           "apiKey}\n"},
      {"two of one", head + "RotationSchedule\nmetadata: {name: a}\nspec: "
                            "{workspace: b, every: 1d, cron: '@daily'}\n"},
      {"none of one", head + "RotationSchedule\nmetadata: {name: a}\nspec: "
                             "{workspace: b}\n"},
      {"two ends", head + "Token\nmetadata: {name: a}\nspec: {type: apiKey, "
                          "app: b, expiresAfter: 1d, expiresAt: "
                          "2026-01-01T00:00:00Z}\n"},
      {"one scope twice", head + "ScopeSet\nmetadata: {name: a}\nspec: "
                                 "{workspace: b, scopes: ['ai:read', "
                                 "'ai:read']}\n"},
      {"an empty set", head + "ScopeSet\nmetadata: {name: a}\nspec: "
                              "{workspace: b, scopes: []}\n"}};
  for (const Case& item : cases) {
    EXPECT_FALSE(Judge(item.yaml).empty()) << item.name;
  }
}

TEST(JsonSchema, LetsVariablesStandForValues) {
  EXPECT_THAT(Judge("apiVersion: writ/v1\nkind: App\nmetadata: {name: a}\n"
                    "spec: {workspace: b, retention: '${vars.retention}', "
                    "unplannedEvents: '${vars.mode}'}\n"),
              IsEmpty());
  EXPECT_FALSE(Judge("apiVersion: writ/v1\nkind: Repository\n"
                     "metadata: {name: a}\nspec: {environments: {a: {sync: "
                     "{mode: '${vars.mode}'}}}}\n")
                   .empty());
}

TEST(JsonSchema, IsTheSameEachTime) {
  EXPECT_EQ(JsonSchemaForAll(), JsonSchemaForAll());
}

}  // namespace
}  // namespace writ
