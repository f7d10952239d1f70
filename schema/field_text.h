// A field of a table in words, the same in the reference, in `writ
// explain-kind` and in messages.
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "schema/kind.h"

namespace writ {

// "text", "duration", "reference to App", "set of network", "list by name",
// "secretRef".
std::string TypeText(const Field& field);

// The default as one would write it in YAML, or in words; empty: none.
std::string DefaultText(const Field& field);

// What else holds, a phrase each: "required", "immutable", "where type is
// apiKey", "at most 20", "one of a, b or c".
std::vector<std::string> ConstraintTexts(const Field& field);

// The address of a kind's resources: "Token/workspace/name".
std::string AddressText(const Kind& kind);

// True for {secretRef: {project, key}}, which is explained once.
bool IsSecretReference(const Field& field);

}  // namespace writ
