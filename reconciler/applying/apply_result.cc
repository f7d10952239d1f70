#include "reconciler/applying/apply_result.h"

#include <algorithm>
#include <utility>

#include "engine/rotation/rotation_json.h"
#include "schema/credential/token_format.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

namespace rotation = engine::rotation;

void AddTokens(const IssuedTokens& tokens, Value& result) {
  Value::List issued;
  for (const CredentialRecord& record : tokens.issued) {
    Value item;
    item.Set("address", record.token.address());
    item.Set("credential", record.id);
    item.Set("hint", MaskedHint(record.hint));
    issued.push_back(std::move(item));
  }
  Value::List unissued;
  for (const UnissuedToken& token : tokens.unissued) {
    Value item;
    item.Set("address", token.token.address());
    item.Set("reason", token.why);
    unissued.push_back(std::move(item));
  }
  result.Set("issued", std::move(issued));
  result.Set("not_issued", std::move(unissued));
}

}  // namespace

ExitCode MovedRotations::exit_code() const {
  if (lacks_key) return ExitCode::kPartial;
  if (!round) return ExitCode::kDone;
  const bool stopped =
      std::any_of(round->moved.begin(), round->moved.end(),
                  [](const auto& each) { return rotation::IsStopped(each); });
  return stopped || !round->failed.empty() ? ExitCode::kPartial
                                           : ExitCode::kDone;
}

ExitCode ApplyResult::exit_code() const {
  ExitCode code = ExitCode::kDone;
  if (report.failed > 0 || report.skipped > 0) code = ExitCode::kPartial;
  if (report.outcome == ApplyOutcome::kInterrupted) {
    code = Worse(code, ExitCode::kInterrupted);
  }
  return Worse(Worse(code, tokens.exit_code()), rotations.exit_code());
}

std::string_view Name(ChangeOutcome outcome) {
  switch (outcome) {
    case ChangeOutcome::kDone:
      return "done";
    case ChangeOutcome::kFailed:
      return "failed";
    case ChangeOutcome::kSkipped:
      return "skipped";
  }
  return "";
}

std::string_view Name(ApplyOutcome outcome) {
  switch (outcome) {
    case ApplyOutcome::kRunning:
      return "running";
    case ApplyOutcome::kComplete:
      return "complete";
    case ApplyOutcome::kPartial:
      return "partial";
    case ApplyOutcome::kInterrupted:
      return "interrupted";
  }
  return "";
}

std::string AuditHeadText(const AuditHead& head) {
  return std::to_string(head.sequence) + ":" + head.digest.Hex();
}

Value ChangeReportToValue(const ChangeReport& report) {
  Value item;
  item.Set("address", report.change->id.address());
  item.Set("action", engine::Name(report.change->action));
  item.Set("outcome", Name(report.outcome));
  if (!report.message.empty()) item.Set("message", report.message);
  return item;
}

Value RotationToValue(const rotation::Rotation& rotation) {
  rotation::Rotation shown = rotation;
  const auto hide = [](std::optional<rotation::Sighting>& sighting) {
    if (sighting) sighting = rotation::Sighting{sighting->at, {}, {}, {}};
  };
  for (rotation::Target& target : shown.targets) hide(target.seen);
  for (rotation::Credential& credential : shown.credentials) {
    hide(credential.last_used);
    credential.digest.clear();
  }
  for (rotation::Target& target : shown.targets) target.previous_digest.clear();
  return rotation::ToJson(shown);
}

Value RoundToValue(const RoundReport& report) {
  Value::List moved;
  for (const auto& each : report.moved) moved.push_back(RotationToValue(each));
  Value::List failed;
  for (const RoundFailure& failure : report.failed) {
    Value item;
    item.Set("address", failure.token.address());
    item.Set("error", Describe(failure.error));
    failed.push_back(std::move(item));
  }
  Value value;
  value.Set("failed", std::move(failed));
  value.Set("moved", std::move(moved));
  value.Set("next_at",
            report.next_at ? Value(FormatTimestamp(*report.next_at)) : Value());
  return value;
}

Value ApplyResultToValue(const ApplyResult& result, const engine::Plan& plan,
                         Value::List changes) {
  const ApplyReport& report = result.report;
  Value value;
  value.Set("environment", plan.environment);
  value.Set("digest", plan.has_digest ? Value(plan.digest.Hex()) : Value());
  value.Set("outcome", Name(report.outcome));
  value.Set("done", report.done);
  value.Set("failed", report.failed);
  value.Set("skipped", report.skipped);
  value.Set("serial_before", report.serial_before);
  value.Set("serial_after", report.serial_after);
  value.Set("audit_head", report.audit_head.sequence > 0
                              ? Value(AuditHeadText(report.audit_head))
                              : Value());
  value.Set("changes", std::move(changes));
  if (!result.tokens.empty()) AddTokens(result.tokens, value);
  if (result.rotations.round) {
    value.Set("rotations", RoundToValue(*result.rotations.round));
  }
  return value;
}

}  // namespace writ::reconciler
