// Text → tree, macros expanded. Nesting and size are bounded by the
// environment's limits, so that no text can exhaust the stack.
#pragma once

#include <string>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"

namespace writ::engine::cel {

// Ends at the first mistake of syntax; mistakes in macros are collected.
// Uses the macros and the limits of the environment, nothing else of it.
Compiled<Ast> Parse(std::string text, const Environment& environment);

}  // namespace writ::engine::cel
