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
  // One mistake, met in several environments, may come with several hints.
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return a.severity == b.severity && a.code == b.code &&
           a.summary == b.summary && a.locations == b.locations;
  };
  items_.erase(std::unique(items_.begin(), items_.end(), same), items_.end());
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(std::count_if(
        items_.begin(), items_.end(),
        [&](const Diagnostic& d) { return d.severity == severity; }));
  };
  errors_ = count(Severity::kError);
  warnings_ = count(Severity::kWarning);
}

void Diagnostics::FillExcerpts(
    const std::function<std::string(const Location&)>& excerpt) {
  for (Diagnostic& item : items_) {
    const bool points = item.locations.size() == 1 &&
                        item.locations[0].line > 0 &&
                        !item.locations[0].file.empty();
    if (points && item.excerpt.empty()) {
      item.excerpt = excerpt(item.locations[0]);
    }
  }
}

}  // namespace writ
