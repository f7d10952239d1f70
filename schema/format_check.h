// The formats of texts: how each is named, checked and described. One row a
// Format; everything else reads the rows.
//
// Pure; safe from any thread. Time zones and scopes are looked up in tables
// that are read once.
#pragma once

#include <span>
#include <string_view>

#include "schema/kind.h"

namespace writ {

struct FormatRow {
  Format format = Format::kNone;
  std::string_view name;         // "network"; for documentation
  std::string_view problem;      // "is not a network"
  std::string_view expectation;  // "write it like 10.0.0.0/8"
  // ECMA 262, for JSON Schema; empty where no short one says it.
  std::string_view pattern;
  bool (*matches)(std::string_view text) = nullptr;
};

// REQUIRES: not kNone.
const FormatRow& RowOf(Format format);

// Whether a text has the format. kNone takes any text without control and
// bidi characters (line breaks and tabs are fine).
bool MatchesFormat(Format format, std::string_view text);

// The closed sets behind kScope, kHttpMethod and kPolicyPack; else empty.
std::span<const std::string_view> ClosedSetOf(Format format);

}  // namespace writ
