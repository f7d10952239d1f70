#include "reconciler/cli/reconcile_output.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "engine/plan/plan_words.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using engine::SyncReason;

constexpr std::size_t kShownDrift = 10;
constexpr std::size_t kEnvironmentColumn = 12;

std::string Styled(bool color, const char* code, const std::string& text) {
  return color ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
}

std::string Changes(const ReconcileReport& report) {
  return engine::Counted(report.changes, "change", "changes");
}

std::string AppliedInWords(const ReconcileReport& report) {
  if (!report.applied || report.changes == 0) return "in sync";
  const ApplyReport& applied = report.applied->report;
  return "applied " + engine::WithCommas(applied.done) + " of " +
         Changes(report) + ", serial " +
         engine::WithCommas(applied.serial_before) + " → " +
         engine::WithCommas(applied.serial_after);
}

// What became of the changes, in a few words.
std::string StandingOf(const ReconcileReport& report) {
  switch (report.step.reason) {
    case SyncReason::kInSync:
      return report.planned ? "in sync" : "not planned";
    case SyncReason::kChanges:
      return AppliedInWords(report);
    case SyncReason::kSuspended:
      return "suspended (sync.suspend)";
    case SyncReason::kRestored:
      return "waits for: writ state restore --accept";
    case SyncReason::kManual:
      return Changes(report) + " to apply by hand: writ apply --env " +
             report.environment;
    case SyncReason::kWindowClosed:
      return Changes(report) + " wait for a window" +
             (report.step.window_changes
                  ? ", look again at " +
                        FormatSeconds(*report.step.window_changes)
                  : std::string());
    case SyncReason::kClockBehind:
      return Changes(report) +
             " wait: this machine's clock is behind the state's";
    case SyncReason::kDenied:
      return Changes(report) + ", denied: writ plan --env " +
             report.environment;
    case SyncReason::kUnsafe:
      return Changes(report) + ", not safe to apply: writ plan --env " +
             report.environment;
    case SyncReason::kTried:
      return Changes(report) + " not applied";
  }
  return "";
}

std::string RotationsInWords(const ReconcileReport& report) {
  if (!report.applied || !report.applied->rotations.round) return {};
  const auto moved = report.applied->rotations.round->moved.size();
  if (moved == 0) return {};
  return ", moved " + engine::Counted(static_cast<std::int64_t>(moved),
                                      "rotation", "rotations");
}

std::int64_t DriftedFields(const engine::Change& change) {
  return std::count_if(change.fields.begin(), change.fields.end(),
                       [](const engine::FieldChange& field) {
                         return field.cause == engine::Cause::kDrift;
                       });
}

std::string DriftLines(const ReconcileReport& report, Timestamp now) {
  std::string lines;
  // What was healed is among the changes that were applied.
  const bool healed = report.heals && report.applied.has_value();
  for (std::size_t i = 0; i < std::min(report.drift.size(), kShownDrift); ++i) {
    const engine::Change& change = report.drift[i];
    lines += "  ~ " + EscapeTerminal(change.id.address()) + "  " +
             (healed ? DriftInWords(change, true, now) + " ✓"
                     : DriftInWords(change, report.heals, now)) +
             "\n";
  }
  if (report.drift.size() > kShownDrift) {
    lines += "  … and " + std::to_string(report.drift.size() - kShownDrift) +
             " more: writ drift --env " + report.environment + "\n";
  }
  return lines;
}

}  // namespace

std::string MomentInZone(Timestamp at, const std::vector<engine::Window>& zones,
                         Timestamp now) {
  const auto zone =
      zones.empty() ? *engine::TimeZone::Find("UTC") : zones.front().zone;
  const auto moment = std::chrono::time_point_cast<std::chrono::seconds>(at);
  const auto wall = zone.Wall(moment);
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  const std::chrono::year_month_day date(day);
  const std::chrono::weekday weekday(day);
  const std::chrono::hh_mm_ss time(wall - day);
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                "Thu", "Fri", "Sat"};
  std::array<char, 64> text{};
  const int hour = static_cast<int>(time.hours().count());
  const int minute = static_cast<int>(time.minutes().count());
  if (at - now < std::chrono::days(7)) {
    std::snprintf(text.data(), text.size(), "%s %02d:%02d",
                  kDays[weekday.c_encoding()], hour, minute);
  } else {
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d",
                  static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), hour, minute);
  }
  return std::string(text.data()) + " " + zone.AbbreviationAt(moment);
}

std::string DriftInWords(const engine::Change& change, bool heals,
                         Timestamp now) {
  const std::int64_t fields = DriftedFields(change);
  std::string words =
      engine::Counted(fields, "drifted field", "drifted fields");
  words += heals         ? " put back"
           : fields == 1 ? " is left as it is"
                         : " are left as they are";
  if (change.drifted_by.empty()) return words;
  words += " (changed by " + EscapeTerminal(change.drifted_by);
  if (change.drifted_at) words += ", " + FormatAge(*change.drifted_at, now);
  return words + ")";
}

std::string ReportInLines(const ReconcileReport& report, Timestamp now,
                          bool color) {
  std::string name = EscapeTerminal(report.environment);
  const std::size_t columns = engine::Columns(name);
  if (columns < kEnvironmentColumn) {
    name += std::string(kEnvironmentColumn - columns, ' ');
  }
  std::string lines = Styled(color, "1", name) + " " +
                      (report.commit.id.empty() && report.failure
                           ? std::string("–")
                           : ShortRevision(report.commit)) +
                      "  ";
  const bool failed = report.failure.has_value();
  lines += Styled(color && failed, "31", StandingOf(report));
  lines += RotationsInWords(report) + "\n" + DriftLines(report, now);
  if (failed) {
    lines += "  " + Styled(color, "31", "✗") + " " +
             EscapeTerminal(Describe(*report.failure)) + "\n";
    if (!report.failure->remedy.empty()) {
      lines += "    " + EscapeTerminal(report.failure->remedy) + "\n";
    }
  }
  if (!report.told.empty()) {
    lines += "  told " + EscapeTerminal(report.told) + "\n";
  }
  if (!report.not_told.empty()) {
    lines += "  nobody was told: " + EscapeTerminal(report.not_told) + "\n";
  }
  return lines;
}

Value DriftToValue(const engine::Change& change) {
  Value::List fields;
  for (const engine::FieldChange& field : change.fields) {
    if (field.cause == engine::Cause::kDrift) fields.emplace_back(field.path);
  }
  Value value;
  value.Set("address", change.id.address());
  value.Set("fields", std::move(fields));
  value.Set("changed_by", change.drifted_by);
  value.Set("changed_at", change.drifted_at
                              ? Value(FormatTimestamp(*change.drifted_at))
                              : Value());
  return value;
}

Value ReportToValue(const ReconcileReport& report) {
  Value value;
  value.Set("environment", report.environment);
  value.Set("commit", report.commit.id);
  value.Set("standing", Name(report.step.reason));
  value.Set("changes", report.changes);
  Value::List drift;
  for (const engine::Change& change : report.drift) {
    drift.push_back(DriftToValue(change));
  }
  value.Set("drift", std::move(drift));
  value.Set("heals", report.heals);
  if (report.applied) {
    const ApplyReport& applied = report.applied->report;
    Value done;
    done.Set("done", applied.done);
    done.Set("failed", applied.failed);
    done.Set("skipped", applied.skipped);
    done.Set("serial_before", applied.serial_before);
    done.Set("serial_after", applied.serial_after);
    done.Set("changes", report.applied_changes);
    if (report.applied->rotations.round) {
      done.Set("rotations", RoundToValue(*report.applied->rotations.round));
    }
    value.Set("applied", std::move(done));
  }
  if (report.failure) {
    Value failure;
    failure.Set("code", Name(report.failure->code));
    failure.Set("message", Describe(*report.failure));
    failure.Set("remedy", report.failure->remedy);
    value.Set("failure", std::move(failure));
  }
  if (!report.told.empty()) value.Set("told", report.told);
  if (!report.not_told.empty()) value.Set("not_told", report.not_told);
  value.Set("look_again", report.look_again
                              ? Value(FormatTimestamp(*report.look_again))
                              : Value());
  value.Set("exit_code", static_cast<int>(report.exit_code));
  return value;
}

}  // namespace writ::reconciler
