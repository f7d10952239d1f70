// Whether a value has the type that a field asks for, and what to say where it
// hasn't.
//
// Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/kind.h"
#include "schema/value.h"

namespace writ {

// "a string", "true or false", for "is X, not …".
std::string_view Expected(const Field& field);

bool HasType(const Field& field, const Value& value);

// How to write it, for a value of another type; empty: no word of use.
std::string TypeHint(const Field& field, const Value& value);

}  // namespace writ
