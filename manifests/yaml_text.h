// A value as YAML, laid out as `writ fmt` leaves it: block maps and lists,
// plain scalars where every reader takes them for the same text, double quotes
// elsewhere.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "schema/value.h"

namespace writ::manifests {

// One document, without "---". REQUIRES: a map.
std::string ToYaml(const Value& document);

// A scalar, or a collection in brackets, on one line.
std::string ToYamlLine(const Value& value);

}  // namespace writ::manifests
