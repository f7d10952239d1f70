// Two contents of one resource, field by field, as the kind's table sees them:
// sets without order, keyed lists by key, computed fields absent in desired are
// the live ones, drift at ignored paths left as it is.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "schema/kind.h"
#include "schema/resource.h"
#include "schema/value.h"

namespace writ::engine {

struct ContentDiff {
  std::vector<FieldChange> fields;  // by path
  bool replaces = false;            // an immutable field changed
  // Desired with computed fields that it lacks and drift at ignored paths taken
  // from live: what apply writes. Where it replaces: desired as it is, for
  // nothing of the old one outlives it.
  Value merged;
};

struct DiffOptions {
  // Paths whose drift is left as it is, with all below them: where desired and
  // applied agree, and everywhere where nothing was applied.
  std::vector<std::string> ignore;
  // Immutable fields that may change all the same: the parent's, in a move.
  std::vector<std::string> movable;
  // Names of files, for FieldChange::written_at; may be null.
  const SourceFiles* files = nullptr;
};

// `applied` is what the owner applied last (null: nothing); it decides each
// field's cause only: drift where desired and applied agree, git otherwise.
// Paths read "spec.fields[currency].required", "spec.rules[0].scope",
// "metadata.labels[team]".
ContentDiff DiffContents(const Kind& kind, const Value& live,
                         const Value& desired, const Value* applied,
                         const DiffOptions& options = {});

// The content with every sensitive value replaced by "(sensitive)". Idempotent.
Value Redact(const Kind& kind, const Value& content);
// The same for one field's value.
Value RedactField(const Field& field, const Value& value);
// Whether this value of this field is never shown. A URL that may be a secret
// is (T-16); a reference to a Secret is not.
bool IsSensitive(const Field& field, const Value& value);

// Equal as the field's table sees them: sets in any order, keyed lists by key.
bool SameValue(const Field& field, const Value& a, const Value& b);

}  // namespace writ::engine
