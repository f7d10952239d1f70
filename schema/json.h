// Values as JSON. The canonical form is what digests are taken of and what the
// store keeps: keys in byte order, no white space, integers in decimal, numbers
// in the shortest form that reads back the same, "/" not escaped, control
// characters as \u00xx. Print and parse are inverse: Parse(Print(x)) == x.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schema/result.h"
#include "schema/value.h"

namespace writ {

// One line, keys sorted.
std::string CanonicalJson(const Value& value);
void AppendCanonicalJson(const Value& value, std::string& out);
// For people: keys in the map's own order, two spaces a level, empty lists and
// maps closed on the same line; what can't be seen (IsInvisible) as \uxxxx.
std::string PrettyJson(const Value& value, int indent = 0);
// One line, keys in the map's own order.
std::string CompactJson(const Value& value);

// Reads JSON; refuses duplicate keys, more than 64 levels, invalid UTF-8 and
// numbers that no double holds (kCorrupt, with the byte offset). Integers
// beyond 64 bits become numbers. Positions are not set.
Result<Value> ParseJson(std::string_view text);

// The text with quotes around, escaped as JSON wants it.
std::string QuoteJson(std::string_view text);
void AppendQuotedJson(std::string_view text, std::string& out);

}  // namespace writ
