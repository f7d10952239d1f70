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
  return !text.empty() && text.find_first_not_of("0123456789") ==
                              std::string_view::npos;
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

const PlanCopyMarks* Snapshots::Remembered(std::string_view since,
                                           const PlanCopy& copy) const {
  const std::string of_serial =
      copy.lineage + "-" + std::string(since) + "-";
  const auto found =
      std::ranges::find_if(marks_, [&](const PlanCopyMarks& marks) {
        return IsSerial(since) ? marks.version().starts_with(of_serial)
                               : marks.version() == since;
      });
  return found == marks_.end() ? nullptr : &*found;
}

void Snapshots::Remember(const std::string& version, const PlanCopy& copy) {
  const bool is_known = std::ranges::any_of(
      marks_,
      [&](const PlanCopyMarks& marks) { return marks.version() == version; });
  if (is_known) return;
  marks_.emplace_front(version, copy);
  std::size_t size = 0;
  for (const PlanCopyMarks& marks : marks_) size += marks.size();
  while (marks_.size() > kMaxRemembered ||
         (marks_.size() > 1 && size > kMaxMarks)) {
    size -= marks_.back().size();
    marks_.pop_back();
  }
}

Result<Snapshots::Found> Snapshots::Find(std::string_view known,
                                         std::string_view since) {
  // Before the rows are read: what is committed in between is read again.
  const std::int64_t data_version = TRY(reader_->DataVersion());
  AppTotals totals = TRY(ReadTotals());
  const bool is_same = !version_.empty() && data_version == data_version_ &&
                       totals == totals_;
  if (is_same && known == version_) return Found{version_, {}};
  const PlanCopy copy = TRY(reader_->Read(totals));
  version_ = copy.Version();
  data_version_ = data_version;
  totals_ = std::move(totals);
  if (known == version_) return Found{version_, {}};
  const PlanCopyMarks* marks = Remembered(since, copy);
  Found found{version_, marks != nullptr ? marks->DeltaText(copy, version_)
                                         : copy.Text(version_)};
  Remember(version_, copy);
  return found;
}

}  // namespace writ::reconciler::gateway
