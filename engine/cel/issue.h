// What is wrong with an expression before it runs: syntax, unknown names, types
// that don't fit. All that was found, in the order of the text.
//
// Plain values.
#pragma once

#include <string>
#include <vector>

#include "engine/cel/source.h"
#include "schema/result.h"

namespace writ::engine::cel {

struct Issue {
  std::string code;     // stable, kebab case: "syntax", "unknown-field"
  std::string message;  // one sentence without a final full stop
  std::string hint;     // `did you mean "replicas"?`; may be empty
  Span span;
  Position position;  // of span.at
};

using Issues = std::vector<Issue>;

// A value, or the issues that kept it from being.
template <typename T>
using Compiled = tl::expected<T, Issues>;

// "1:5: undeclared reference to "x" (did you mean "y"?)", a line each.
std::string Describe(const Issues& issues);

}  // namespace writ::engine::cel
