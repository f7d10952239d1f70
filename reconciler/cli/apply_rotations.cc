#include "reconciler/cli/apply_rotations.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/host/host_file.h"
#include "schema/time.h"

namespace writ::reconciler {

void ApplyRotations::Note(const ChangeReport& report) {
  if (report.outcome != ChangeOutcome::kDone) return;
  const std::string_view kind = report.change->id.kind();
  if (kind == "Token" || kind == "RotationSchedule") {
    changed_.push_back(report.change->id);
  }
}

Status ApplyRotations::Move(StateStore& store, const KeyRing* keys,
                            RotationSetup setup) {
  const bool is_due = TRY(IsAnyRotationDue(store, session_.clock.Now()));
  if (keys == nullptr) {
    lacks_key_ = is_due;
    return {};
  }
  std::vector<ResourceId> touched;
  for (const ResourceId& id : changed_) {
    for (ResourceId& token : TRY(TokensTouchedBy(store, id))) {
      touched.push_back(std::move(token));
    }
  }
  if (!is_due && touched.empty()) return {};
  HostFile host = TRY(ReadHostFile(setup.host_file));
  RotationRun run(session_, store, *keys, std::move(host), std::move(setup));
  report_ = TRY(run.Round(std::move(touched)));
  return {};
}

ExitCode ApplyRotations::exit_code() const {
  if (lacks_key_) return ExitCode::kPartial;
  if (!report_) return ExitCode::kDone;
  const bool stopped = std::any_of(
      report_->moved.begin(), report_->moved.end(),
      [](const auto& each) { return engine::rotation::IsStopped(each); });
  return stopped || !report_->failed.empty() ? ExitCode::kPartial
                                             : ExitCode::kDone;
}

void ApplyRotations::Print() const {
  if (lacks_key_) {
    session_.out << "Rotations wait for the master key: name its file in "
                    "WRIT_MASTER_KEY_FILE. See: writ rotation list\n";
  }
  if (!report_) return;
  const bool told = !report_->moved.empty() || !report_->failed.empty() ||
                    report_->clock_behind;
  if (!told) return;
  session_.out << "Rotations\n";
  PrintRound(session_, *report_);
  const bool waits = std::any_of(
      report_->moved.begin(), report_->moved.end(),
      [](const auto& each) { return !engine::rotation::IsOver(each); });
  if (waits && report_->next_at) {
    session_.out << "  Look again at " << FormatTimestamp(*report_->next_at)
                 << ": writ apply\n";
  }
}

void ApplyRotations::AddTo(Value& result) const {
  if (report_) result.Set("rotations", RoundToValue(*report_));
}

}  // namespace writ::reconciler
