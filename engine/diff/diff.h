// Two contents of one resource, field by field, as the kind's table sees them:
// sets without order, keyed lists by key, computed fields absent in desired are
// the live ones, ignored paths left as they are.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "schema/kind.h"
#include "schema/value.h"

namespace writ::engine {

struct ContentDiff {
  std::vector<FieldChange> fields;  // by path
  bool replaces = false;            // an immutable field changed
  // Desired with computed fields that it lacks and ignored paths taken from
  // live: what apply writes.
  Value merged;
};

// `applied` is what the owner applied last (null: nothing); it decides each
// field's cause only: drift where desired and applied agree, git otherwise.
ContentDiff DiffContents(const Kind& kind, const Value& live,
                         const Value& desired, const Value* applied,
                         const std::vector<std::string>& ignore);

// The content with every sensitive value replaced by "(sensitive)".
Value Redact(const Kind& kind, const Value& content);

}  // namespace writ::engine
