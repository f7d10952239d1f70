// int(), uint(), double(), string(), bytes(), bool(), timestamp(), duration():
// from whatever can become one; what loses its range is an error.
#pragma once

#include <span>

#include "engine/cel/library.h"

namespace writ::engine::cel {

std::span<const FunctionRow> ConversionFunctions();

}  // namespace writ::engine::cel
