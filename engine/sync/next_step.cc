#include "engine/sync/next_step.h"

#include <algorithm>
#include <utility>

#include "schema/json.h"

namespace writ::engine {
namespace {

bool HasWindows(const SyncFacts& facts) {
  return !facts.settings.windows.empty() || !facts.applied_windows.empty();
}

bool IsOpen(const SyncFacts& facts) {
  return IsAllowed(facts.settings.windows, facts.now) &&
         IsAllowed(facts.applied_windows, facts.now);
}

std::optional<Timestamp> WindowChanges(const SyncFacts& facts) {
  const auto one = NextChange(facts.settings.windows, facts.now);
  const auto other = NextChange(facts.applied_windows, facts.now);
  if (!one) return other;
  if (!other) return one;
  return std::min(*one, *other);
}

bool WasTried(const SyncFacts& facts) {
  return !facts.is_asked && facts.last && facts.last->commit == facts.commit &&
         facts.last->serial == facts.serial &&
         facts.last->exit_code != ExitCode::kDone;
}

// Why changes aren't applied; kChanges: they are.
SyncReason ReasonOf(const SyncFacts& facts) {
  if (facts.settings.suspend) return SyncReason::kSuspended;
  if (facts.is_restored) return SyncReason::kRestored;
  if (facts.changes == 0 && !facts.is_new) return SyncReason::kInSync;
  if (!facts.settings.is_automatic) {
    return facts.changes == 0 ? SyncReason::kInSync : SyncReason::kManual;
  }
  if (HasWindows(facts) && facts.clock_behind) return SyncReason::kClockBehind;
  if (!IsOpen(facts)) return SyncReason::kWindowClosed;
  if (facts.is_denied) return SyncReason::kDenied;
  if (facts.is_unsafe) return SyncReason::kUnsafe;
  return WasTried(facts) ? SyncReason::kTried : SyncReason::kChanges;
}

}  // namespace

std::string_view Name(SyncReason reason) {
  switch (reason) {
    case SyncReason::kInSync:
      return "in_sync";
    case SyncReason::kChanges:
      return "changes";
    case SyncReason::kSuspended:
      return "suspended";
    case SyncReason::kRestored:
      return "restored";
    case SyncReason::kManual:
      return "manual";
    case SyncReason::kWindowClosed:
      return "window_closed";
    case SyncReason::kClockBehind:
      return "clock_behind";
    case SyncReason::kDenied:
      return "denied";
    case SyncReason::kUnsafe:
      return "unsafe";
    case SyncReason::kTried:
      return "tried";
  }
  return "";
}

SyncStep NextSyncStep(const SyncFacts& facts) {
  SyncStep step;
  step.reason = ReasonOf(facts);
  step.window_changes = WindowChanges(facts);
  const bool stands_still = step.reason == SyncReason::kSuspended ||
                            step.reason == SyncReason::kRestored;
  if (stands_still) return step;
  step.begins_rotations = IsOpen(facts) && !facts.clock_behind;
  if (step.reason == SyncReason::kChanges) {
    step.action = SyncAction::kApply;
  } else if (facts.rotations_due) {
    step.action = SyncAction::kMoveRotations;
  }
  return step;
}

Value ToJson(const SyncAttempt& attempt) {
  Value value;
  value.Set("at", FormatTimestamp(attempt.at));
  value.Set("commit", attempt.commit);
  value.Set("exit_code", static_cast<int>(attempt.exit_code));
  value.Set("failure", attempt.failure);
  value.Set("serial", attempt.serial);
  value.Set("told", attempt.told);
  return value;
}

Result<SyncAttempt> ParseSyncAttempt(std::string_view json) {
  const auto corrupt = [] {
    return Fail(ErrorCode::kCorrupt,
                "what the state remembers of the last attempt can't be read");
  };
  const auto value = ParseJson(json);
  if (!value || !value->IsMap()) return corrupt();
  const auto text = [&](std::string_view key) -> std::string {
    const Value* found = value->Find(key);
    return found != nullptr && found->IsString()
               ? std::string(found->AsString())
               : std::string();
  };
  const Value* serial = value->Find("serial");
  const Value* exit_code = value->Find("exit_code");
  const auto at = ParseTimestamp(text("at"));
  const bool whole = serial != nullptr && serial->IsInteger() &&
                     exit_code != nullptr && exit_code->IsInteger() && at;
  if (!whole) return corrupt();
  SyncAttempt attempt;
  attempt.commit = text("commit");
  attempt.serial = serial->AsInteger();
  attempt.at = *at;
  attempt.exit_code = static_cast<ExitCode>(exit_code->AsInteger());
  attempt.failure = text("failure");
  attempt.told = text("told");
  return attempt;
}

}  // namespace writ::engine
