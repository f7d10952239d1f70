// Cells in columns, for a terminal or a pipe.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace writ::reconciler {

// Each column as wide as its widest cell, two blanks between; the last one runs
// on, and no line ends in blanks.
void PrintTable(std::ostream& out,
                const std::vector<std::vector<std::string>>& rows);

}  // namespace writ::reconciler
