// What is probably a mistake in a policy that can be read: a validation or
// condition that is always true or always false, a value that a field never
// has, a variable that nothing uses, a policy that takes no resource there is.
// Warnings, at their places.
//
// Pure; safe from any thread.
#pragma once

#include "engine/policy/expression.h"
#include "engine/policy/policy.h"

namespace writ::engine {

void Lint(const Policy& policy, ExpressionCompiler& compiler);

}  // namespace writ::engine
