// Lines of a terminal, broken between words so that they fit.
//
// Pure; safe from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace writ::engine {

// How many columns the last line of a text takes; colours (SGR sequences) take
// none.
std::size_t ColumnsOfLastLine(std::string_view text);

// The line in pieces of at most `width` columns, joined by newlines; all but
// the first begin with `hang` spaces. A word that is wider than a line is
// broken after a "/", "." or the like where it has one. Colours go on in the
// next line, never into its margin. REQUIRES: no newline in `line`.
std::string WrapLine(std::string_view line, std::size_t width,
                     std::size_t hang);

}  // namespace writ::engine
