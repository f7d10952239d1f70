// Checks a value against the part of JSON Schema draft-07 that this project's
// own published schemas use: type, enum, required, properties,
// additionalProperties: false, items, $ref to #/definitions. Any other keyword
// is an error of the schema, so that none is believed to be checked.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::testing {

class SchemaCheck {
 public:
  explicit SchemaCheck(const Value& schema) : root_(schema) {}

  // What is wrong, each with its path; empty: nothing.
  std::vector<std::string> Check(const Value& value) {
    errors_.clear();
    Walk(root_, value, "$");
    return errors_;
  }

 private:
  static std::string_view TypeOf(const Value& value) {
    constexpr std::array<std::string_view, 7> kTypes = {
        "null", "boolean", "integer", "number", "string", "array", "object"};
    return kTypes[static_cast<std::size_t>(value.type())];
  }

  void Walk(const Value& schema, const Value& value, const std::string& path) {
    if (const Value* reference = schema.Find("$ref")) {
      const std::string name =
          reference->AsString().substr(std::string("#/definitions/").size());
      const Value* target = root_.Find("definitions")->Find(name);
      if (target == nullptr) return Say(path, "no definition " + name);
      return Walk(*target, value, path);
    }
    for (const Value::Entry& entry : schema.AsMap()) {
      CheckKeyword(entry, schema, value, path);
    }
  }

  void CheckKeyword(const Value::Entry& keyword, const Value& schema,
                    const Value& value, const std::string& path) {
    constexpr std::array<std::string_view, 5> kWords = {
        "$schema", "$id", "title", "description", "definitions"};
    const std::string& name = keyword.key;
    if (name == "type") {
      CheckType(keyword.value, value, path);
    } else if (name == "enum") {
      const Value::List& values = keyword.value.AsList();
      if (std::find(values.begin(), values.end(), value) == values.end()) {
        Say(path, CanonicalJson(value) + " is not among the values");
      }
    } else if (name == "required") {
      for (const Value& member : keyword.value.AsList()) {
        if (value.Find(member.AsString()) == nullptr) {
          Say(path, "lacks " + member.AsString());
        }
      }
    } else if (name == "properties") {
      if (!value.IsMap()) return;
      for (const Value::Entry& entry : value.AsMap()) {
        const Value* member = keyword.value.Find(entry.key);
        if (member == nullptr) continue;
        Walk(*member, entry.value, path + "." + entry.key);
      }
    } else if (name == "additionalProperties") {
      CheckNoOthers(schema, value, path);
    } else if (name == "items") {
      if (!value.IsList()) return;
      for (std::size_t i = 0; i < value.AsList().size(); ++i) {
        Walk(keyword.value, value.AsList()[i],
             path + "[" + std::to_string(i) + "]");
      }
    } else if (std::find(kWords.begin(), kWords.end(), name) == kWords.end()) {
      Say(path, "unknown keyword " + name);
    }
  }

  void CheckType(const Value& types, const Value& value,
                 const std::string& path) {
    const auto fits = [&](const Value& type) {
      return type.AsString() == TypeOf(value) ||
             (type.AsString() == "number" && value.IsInteger());
    };
    const bool any = types.IsList() ? std::any_of(types.AsList().begin(),
                                                  types.AsList().end(), fits)
                                    : fits(types);
    if (!any) Say(path, "is of type " + std::string(TypeOf(value)));
  }

  void CheckNoOthers(const Value& schema, const Value& value,
                     const std::string& path) {
    if (!value.IsMap()) return;
    const Value* properties = schema.Find("properties");
    for (const Value::Entry& entry : value.AsMap()) {
      if (properties == nullptr || properties->Find(entry.key) == nullptr) {
        Say(path, "has " + entry.key + ", which the schema doesn't know");
      }
    }
  }

  void Say(const std::string& path, const std::string& what) {
    errors_.push_back(path + " " + what);
  }

  const Value& root_;
  std::vector<std::string> errors_;
};

}  // namespace writ::testing
