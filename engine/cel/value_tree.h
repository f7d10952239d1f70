// Values as plain trees, for printing and reading.
//
// Typed, one key that names the kind, nothing lost:
//   {"null": null} {"bool": true} {"int": "1"} {"uint": "1"} {"double": "1.5"}
//   {"string": ""} {"bytes": "base64"} {"list": [VALUE]}
//   {"map": [[VALUE, VALUE]]} {"timestamp": "RFC 3339"} {"duration": "1.5s"}
//   {"type": "int"} {"optional": VALUE or null} {"net.IP": "::1"}
// Doubles have a point or an exponent, or are NaN, Infinity, -Infinity.
//
// Plain, as people write JSON: numbers are numbers, texts and times strings,
// bytes base64, keys strings, an empty optional null.
//
// Pure.
#pragma once

#include "engine/cel/value.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::engine::cel {

// kLimit where the tree would have more than 250,000 nodes or 500 levels: a
// value may share its parts.
Result<writ::Value> ToTypedTree(const Value& value);
Result<writ::Value> ToPlainTree(const Value& value);

// Reads the typed form; a copy, which borrows nothing. kInvalidArgument.
Result<Value> FromTypedTree(const writ::Value& tree);

}  // namespace writ::engine::cel
