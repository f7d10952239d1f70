#include "schema/diagnostic.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace writ {
namespace {

const Location& PlaceOf(const Diagnostic& diagnostic) {
  static const Location kNowhere;
  return diagnostic.locations.empty() ? kNowhere : diagnostic.locations[0];
}

}  // namespace

void Diagnostics::Add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++errors_;
  if (diagnostic.severity == Severity::kWarning) ++warnings_;
  items_.push_back(std::move(diagnostic));
}

void Diagnostics::Append(Diagnostics other) {
  errors_ += other.errors_;
  warnings_ += other.warnings_;
  items_.insert(items_.end(), std::make_move_iterator(other.items_.begin()),
                std::make_move_iterator(other.items_.end()));
}

void Diagnostics::Sort() {
  std::stable_sort(items_.begin(), items_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     const auto place = PlaceOf(a) <=> PlaceOf(b);
                     return place != 0 ? place < 0 : a < b;
                   });
  items_.erase(std::unique(items_.begin(), items_.end()), items_.end());
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(items_.begin(), items_.end(), [&](const Diagnostic& d) {
          return d.severity == severity;
        }));
  };
  errors_ = count(Severity::kError);
  warnings_ = count(Severity::kWarning);
}

}  // namespace writ
