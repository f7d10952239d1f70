// Cells in columns, for a terminal or a pipe.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace writ::reconciler {

// With blanks behind it, to so many columns; a wider one as it is.
std::string Padded(const std::string& cell, std::size_t width);

// Each column as wide as its widest cell, two blanks between; the last one runs
// on, and no line ends in blanks.
void PrintTable(std::ostream& out,
                const std::vector<std::vector<std::string>>& rows);

}  // namespace writ::reconciler
