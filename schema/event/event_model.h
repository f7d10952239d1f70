// An event schema as compatibility sees it: which events it accepts, without
// the words around.
//
// Plain values, read from normalised content of any shape.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "schema/value.h"

namespace writ {

struct FieldModel {
  std::string type;
  bool required = false;
  std::optional<double> min;  // of a number, or of a string's code points
  std::optional<double> max;
  std::optional<std::string> pattern;
  std::set<std::string> enum_values;  // as JSON
};

struct EventModel {
  std::map<std::string, FieldModel> fields;
  std::map<std::string, FieldModel> metadata_fields;
  std::string unplanned = "allow";

  // Events with fields that aren't planned are not valid.
  bool closed() const { return unplanned == "block"; }
};

EventModel ReadEventModel(const Value& content);

// Of spec.fields or spec.metadataFields; a null pointer: none.
std::map<std::string, FieldModel> ReadFieldModels(const Value* list);

}  // namespace writ
