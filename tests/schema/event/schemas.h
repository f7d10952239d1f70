// Event schemas for tests, from JSON with single quotes.
#pragma once

#include <algorithm>
#include <string>

#include "schema/check.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::testing {

// The content of a schema whose spec is `spec`: "'fields': […]".
inline Value Schema(std::string spec) {
  std::replace(spec.begin(), spec.end(), '\'', '"');
  Result<Value> content = ParseJson("{\"spec\":{" + spec + "}}");
  CHECK(content.has_value());
  return *std::move(content);
}

// One with a single field.
inline Value WithField(const std::string& field,
                       const std::string& unplanned = "allow") {
  return Schema("'unplannedFields':'" + unplanned + "','fields':[{" + field +
                "}]");
}

}  // namespace writ::testing
