// Finds the type of every sub-expression before anything runs: unknown names,
// fields and functions are issues, with what was probably meant; so are
// arguments that fit no overload. What isn't known stays dyn and passes.
//
// Pure; safe from any thread.
#pragma once

#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/type.h"

namespace writ::engine::cel {

struct Checked {
  std::vector<Type> types;  // by ExprId
  Type result;              // of the whole; free parameters became dyn
};

// How names are resolved, here as in the evaluator:
// - a local variable of a Loop or Let hides all else, unless the name begins
//   with a dot;
// - of a qualified name the longest prefix that a candidate of the environment
//   declares is the variable or type, the rest are fields;
// - target.f(x) is the function "target.f" where that is declared, else a
//   method.
Compiled<Checked> Check(const Ast& ast, const Environment& environment);

}  // namespace writ::engine::cel
