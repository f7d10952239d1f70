// The fields of a timestamp, in UTC or a zone, and the parts of a duration.
#pragma once

#include <span>

#include "engine/cel/library.h"

namespace writ::engine::cel {

std::span<const FunctionRow> TimeFunctions();

}  // namespace writ::engine::cel
