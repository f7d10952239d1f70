// The macros of the specification's core.
#pragma once

#include <span>

#include "engine/cel/library.h"

namespace writ::engine::cel {

std::span<const MacroRow> StandardMacros();

}  // namespace writ::engine::cel
