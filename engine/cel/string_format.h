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

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/library.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"
#include "schema/result.h"

namespace writ::engine::cel {

// A clause of a format.
struct FormatClause {
  char conversion = 0;
  int precision = 6;
  std::size_t size = 0;  // of its text, the percent sign included
};

// The clause that a text begins with, or what is wrong with it.
// REQUIRES: the text begins with a percent sign.
tl::expected<FormatClause, std::string> ParseFormatClause(
    std::string_view text);

// "format has more clauses than values, of which it has 2"
std::string TooFewFormatValues(std::size_t values);
// "the decimal clause can't be used on string"
std::string FormatMismatch(char conversion, std::string_view type);

// What of a call is wrong whatever the values are.
struct FormatMistake {
  std::string message;
  std::optional<std::size_t> value;  // that doesn't fit its clause
};
// Empty where all may go well. `types` are those of the values.
std::optional<FormatMistake> FindFormatMistake(std::string_view format,
                                               const std::vector<Type>& types);

// A string, or an error: a clause that isn't one, a value that its clause
// doesn't take, more clauses than values. REQUIRES: `values` is a list.
Value FormatString(Evaluation& evaluation, std::string_view format,
                   const Value& values);

}  // namespace writ::engine::cel
