// What one run of reconcile does about one environment, from facts alone:
//
//   suspended              nothing
//   restored, not accepted nothing
//   no changes             rotations go on; a new commit that changes nothing
//                          is noted as applied (auto)
//   mode manual            changes are told; rotations go on
//   outside the windows    changes are told; rotations under way go on, none
//                          begins
//   clock behind, windows  as outside: which window it is can't be said (T-24)
//   denied or unsafe       changes are told; rotations go on
//   tried before           the same commit against the same serial, and it
//                          failed: told; rotations go on, until a person asks
//   else                   changes are applied, rotations go on
//
// Windows of the last applied commit hold beside the new ones: a commit can't
// open a window for itself (T-04). They are looked at once, when a run begins;
// a run in flight finishes.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sync/settings.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::engine {

// The last attempt at an apply, as the state remembers it.
struct SyncAttempt {
  std::string commit;
  std::int64_t serial = 0;  // that the attempt began from
  Timestamp at{};
  ExitCode exit_code = ExitCode::kDone;
  std::string failure;  // one sentence; empty: it went well
  // What people were told of last, so that they hear it once.
  std::string told;

  bool operator==(const SyncAttempt&) const = default;
};

Value ToJson(const SyncAttempt& attempt);
// kCorrupt.
Result<SyncAttempt> ParseSyncAttempt(std::string_view json);

struct SyncFacts {
  SyncSettings settings;
  std::vector<Window> applied_windows;  // of the last applied commit
  Timestamp now{};
  bool is_asked = false;      // by a person: --force
  bool clock_behind = false;  // T-24
  bool is_restored = false;
  std::string commit;
  std::int64_t serial = 0;
  std::int64_t changes = 0;  // that an apply would make
  bool is_new = false;       // nothing to change, but to be noted as applied
  bool is_denied = false;
  bool is_unsafe = false;
  bool rotations_due = false;
  std::optional<SyncAttempt> last;
};

enum class SyncAction : std::uint8_t {
  kNothing,
  kMoveRotations,  // alone
  kApply,          // and move rotations
};

enum class SyncReason : std::uint8_t {
  kInSync,
  kChanges,
  kSuspended,
  kRestored,
  kManual,
  kWindowClosed,
  kClockBehind,
  kDenied,
  kUnsafe,
  kTried,
};
std::string_view Name(SyncReason reason);

struct SyncStep {
  SyncAction action = SyncAction::kNothing;
  SyncReason reason = SyncReason::kInSync;
  bool begins_rotations = false;
  // When windows next open or close; absent: never, or there are none.
  std::optional<Timestamp> window_changes;

  bool operator==(const SyncStep&) const = default;
};

SyncStep NextSyncStep(const SyncFacts& facts);

}  // namespace writ::engine
