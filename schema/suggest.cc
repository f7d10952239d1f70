#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "schema/ascii_case.h"
#include "schema/validator.h"

namespace writ {
namespace {

// Optimal string alignment: insert, delete, replace, swap of neighbours. The
// case of letters costs nothing, as that is what people most often get wrong.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const char x = LowerCase(a[i - 1]);
      const char y = LowerCase(b[j - 1]);
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (x == y ? 0U : 1U)});
      if (i > 1 && j > 1 && x == LowerCase(b[j - 2]) &&
          y == LowerCase(a[i - 2])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string_view> Suggest(
    std::string_view written, std::span<const std::string_view> candidates) {
  // Nobody types that much wrong; and the work is the product of both sizes.
  if (written.empty() || written.size() > 256) return std::nullopt;
  std::optional<std::string_view> best;
  std::size_t least = (written.size() + 2) / 3 + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t gap = candidate.size() > written.size()
                                ? candidate.size() - written.size()
                                : written.size() - candidate.size();
    if (gap >= least) continue;
    const std::size_t distance = Distance(written, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

}  // namespace writ
