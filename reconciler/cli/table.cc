#include "reconciler/cli/table.h"

#include <algorithm>
#include <ostream>

#include "schema/utf8.h"

namespace writ::reconciler {

std::string Padded(const std::string& cell, std::size_t width) {
  const std::size_t columns = DisplayWidth(cell);
  return cell + std::string(columns < width ? width - columns : 0, ' ');
}

void PrintTable(std::ostream& out,
                const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  }
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_last = i + 1 == row.size();
      line += is_last ? row[i] : Padded(row[i], widths[i] + 2);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

}  // namespace writ::reconciler
