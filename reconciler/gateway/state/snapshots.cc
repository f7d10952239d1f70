#include "reconciler/gateway/state/snapshots.h"

#include <algorithm>
#include <utility>

#include "reconciler/events/event_reader.h"

namespace writ::reconciler::gateway {
namespace {

// Runs that plan one after the other have one of these; others start anew.
constexpr std::size_t kMaxRemembered = 8;
// Of all that are remembered, some 50 bytes each.
constexpr std::size_t kMaxMarks = 400'000;

bool IsSerial(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<std::unique_ptr<Snapshots>> Snapshots::Open(const std::string& folder) {
  auto reader = TRY(PlanRowsReader::Open(folder));
  return std::unique_ptr<Snapshots>(new Snapshots(folder, std::move(reader)));
}

Result<AppTotals> Snapshots::ReadTotals() const {
  auto reader = EventReader::Open(folder_);
  if (!reader) {
    if (reader.error().code == ErrorCode::kNotFound) return AppTotals();
    return tl::unexpected<Error>(std::move(reader.error()));
  }
  AppTotals totals;
  for (const AppTotal& total : TRY((*reader)->Totals())) {
    totals[total.app_uid] = total.stored;
  }
  return totals;
}

Snapshots::View& Snapshots::ViewOf(const std::string& workspace_uid) {
  const auto found =
      std::ranges::find(views_, workspace_uid, &View::workspace_uid);
  View view;
  view.workspace_uid = workspace_uid;
  if (found != views_.end()) {
    view = std::move(*found);
    views_.erase(found);
  }
  views_.push_front(std::move(view));
  if (views_.size() > kMaxViews) views_.pop_back();
  return views_.front();
}

const PlanCopyMarks* Snapshots::Remembered(const View& view,
                                           std::string_view since,
                                           const PlanCopy& copy) {
  const std::string of_serial = copy.lineage + "-" + std::string(since) + "-";
  const auto found =
      std::ranges::find_if(view.marks, [&](const PlanCopyMarks& marks) {
        return IsSerial(since) ? marks.version().starts_with(of_serial)
                               : marks.version() == since;
      });
  return found == view.marks.end() ? nullptr : &*found;
}

void Snapshots::Remember(View& view, const PlanCopy& copy) {
  const bool is_known =
      std::ranges::any_of(view.marks, [&](const PlanCopyMarks& marks) {
        return marks.version() == view.version;
      });
  if (is_known) return;
  view.marks.emplace_front(view.version, copy);
  std::size_t size = 0;
  for (const PlanCopyMarks& marks : view.marks) size += marks.size();
  while (view.marks.size() > kMaxRemembered ||
         (view.marks.size() > 1 && size > kMaxMarks)) {
    size -= view.marks.back().size();
    view.marks.pop_back();
  }
}

Result<Snapshots::Found> Snapshots::Find(std::string_view known,
                                         std::string_view since,
                                         const std::string& workspace_uid) {
  View& view = ViewOf(workspace_uid);
  // Before the rows are read: what is committed in between is read again.
  const std::int64_t data_version = TRY(reader_->DataVersion());
  AppTotals totals = TRY(ReadTotals());
  const bool is_same = !view.version.empty() &&
                       data_version == view.data_version &&
                       totals == view.totals;
  if (is_same && known == view.version) return Found{view.version, {}};
  const PlanCopy copy = TRY(reader_->Read(totals, workspace_uid));
  view.version = copy.Version();
  view.data_version = data_version;
  view.totals = std::move(totals);
  if (known == view.version) return Found{view.version, {}};
  const PlanCopyMarks* marks = Remembered(view, since, copy);
  Found found{view.version, marks != nullptr
                                ? marks->DeltaText(copy, view.version)
                                : copy.Text(view.version)};
  Remember(view, copy);
  return found;
}

}  // namespace writ::reconciler::gateway
