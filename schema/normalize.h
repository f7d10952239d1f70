// Bringing a value to the one form that equal values share: defaults filled
// in, sets and keyed lists sorted, durations and timestamps in their shortest
// form. Values of another type than the table's are left as they are.
//
// Idempotent. Pure.
#pragma once

#include <string_view>

#include "schema/kind.h"
#include "schema/value.h"

namespace writ {

// `name` is metadata.name, for defaults that are taken from it; empty: those
// stay away.
void NormalizeField(const Field& field, std::string_view name, Value& value);

}  // namespace writ
