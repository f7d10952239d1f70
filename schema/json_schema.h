// JSON Schema (draft-07) of the kinds, for editors: completion, hover texts,
// and most of what `writ validate` checks. What a schema can't say (references,
// time zones, rules over several documents) it lets through. Where a manifest
// may hold a variable instead of a value, "${vars.name}" passes.
//
// Pure; the same text each time.
#pragma once

#include <string>

#include "schema/kind.h"

namespace writ {

// Of one kind's documents.
std::string JsonSchemaFor(const Kind& kind);

// Of a document of any kind, decided by its `kind`.
std::string JsonSchemaForAll();

}  // namespace writ
