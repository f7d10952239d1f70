// The operators with their overloads, for the checker; the evaluator has nodes
// of its own for them.
#pragma once

#include <span>

#include "engine/cel/library.h"

namespace writ::engine::cel {

std::span<const FunctionRow> OperatorFunctions();

}  // namespace writ::engine::cel
