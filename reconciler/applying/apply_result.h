// What an apply came to, and the same as JSON: `writ apply --json`, `writ
// reconcile --json` and the gateway say it in the same words.
#pragma once

#include <optional>
#include <string_view>

#include "engine/plan/plan.h"
#include "engine/rotation/rotation.h"
#include "reconciler/applying/token_issuing.h"
#include "reconciler/controller/applier.h"
#include "reconciler/rotation/round.h"
#include "schema/error.h"
#include "schema/value.h"

namespace writ::reconciler {

// What an apply did for rotations: those that its changes ask for, those that
// are due, and those that are under way go on as far as they can without
// waiting (design, section 7).
struct MovedRotations {
  std::optional<RoundReport> round;  // absent: there was nothing to move
  bool lacks_key = false;            // some are due, and there is no key

  // kPartial where a rotation needs a person, or couldn't be moved.
  ExitCode exit_code() const;
};

struct ApplyResult {
  ApplyReport report;
  IssuedTokens tokens;
  MovedRotations rotations;

  // The worst of its parts.
  ExitCode exit_code() const;
};

std::string_view Name(ChangeOutcome outcome);
std::string_view Name(ApplyOutcome outcome);

// "1881:7c0e…".
std::string AuditHeadText(const AuditHead& head);

// {"address", "action", "outcome", "message"?}.
Value ChangeReportToValue(const ChangeReport& report);
// What JSON says of a rotation: as the journal has it, without consumers'
// addresses (T-16).
Value RotationToValue(const engine::rotation::Rotation& rotation);
Value RoundToValue(const RoundReport& report);
// All of a result but `format_version` and `exit_code`; `changes` as
// ChangeReportToValue made them.
Value ApplyResultToValue(const ApplyResult& result, const engine::Plan& plan,
                         Value::List changes);

}  // namespace writ::reconciler
