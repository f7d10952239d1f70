// The tables of the kinds as types of the expression language: what a policy
// may say about a resource is what its manifest may hold, so that a wrong field
// name is found when the policy is loaded.
//
// Texts, enums, references, durations and timestamps are strings, as they are
// written; a number may be int or double and is dyn. Pure; safe from any
// thread.
#pragma once

#include <string>
#include <vector>

#include "engine/cel/type.h"
#include "schema/kind.h"
#include "schema/value.h"

namespace writ::engine {

// {kind, metadata, lifecycle, spec} of resources of these kinds; of any kind
// where there are none. Of several, fields that any of them has; what two hold
// differently is dyn.
cel::Type ResourceType(const std::vector<std::string>& kinds);

// Of what a field holds; `name` is for messages.
cel::Type TypeOfField(const Field& field, const std::string& name);

// Of plain data: maps are objects with the keys that they have.
cel::Type TypeOfValue(const Value& value, const std::string& name);

// With these fields; `name` is for messages.
cel::Type ObjectOf(std::string name,
                   std::vector<cel::ObjectType::Field> fields);

// What fits both: objects with the fields of either.
cel::Type Union(const cel::Type& a, const cel::Type& b);

}  // namespace writ::engine
