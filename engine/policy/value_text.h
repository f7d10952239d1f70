// A value of the expression language in words, for explanations: as JSON where
// that has a form for it, moments and lengths of time as manifests write them.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>

#include "engine/cel/value.h"

namespace writ::engine {

// On one line, cut with "…" after about `limit` bytes. Looks at no more of a
// large value than it shows.
std::string ValueText(const cel::Value& value, std::size_t limit);

}  // namespace writ::engine
