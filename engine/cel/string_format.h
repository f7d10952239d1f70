// string.format as cel-spec's doc/extensions/strings.md has it.
//
//   %[.precision]conversion
//   s      any value but optionals and a library's own: as text
//   d      int, uint, double: decimal
//   f e    int, uint, double: with `precision` digits (6) after the point
//   x X    int, uint: base 16; string, bytes: two digits a byte
//   o      int, uint: base 8
//   b      int, uint, bool: base 2
//   %%     a percent sign
//
// Pure.
#pragma once

#include <string_view>

#include "engine/cel/library.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

// A string, or an error: a clause that isn't one, a value that its clause
// doesn't take, more clauses than values. REQUIRES: `values` is a list.
Value FormatString(Evaluation& evaluation, std::string_view format,
                   const Value& values);

}  // namespace writ::engine::cel
