#include "reconciler/applying/apply_events.h"

#include <algorithm>
#include <utility>

#include "engine/rotation/rotation_json.h"
#include "schema/json.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

std::string Line(const Value& value) { return CanonicalJson(value) + "\n"; }

Value Event(const char* name) {
  Value value;
  value.Set("event", name);
  return value;
}

tl::unexpected<Error> NotUnderstood() {
  return Fail(ErrorCode::kCorrupt,
              "what the gateway says of the apply can't be read",
              "see what was applied with `writ plan`; is the gateway's writ "
              "as new as this one?");
}

std::int64_t NumberAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && found->IsInteger() ? found->AsInteger() : 0;
}

bool FlagAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && found->IsBoolean() && found->AsBoolean();
}

const Value::List& ListAt(const Value& value, std::string_view key) {
  static const Value::List kNone;
  const Value* found = value.Find(key);
  return found != nullptr && found->IsList() ? found->AsList() : kNone;
}

template <typename Enum>
std::optional<Enum> Named(std::string_view name, Enum last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (Name(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

// "1881:7c0e…".
std::optional<AuditHead> ParseHead(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto digest = ParseDigestHex(text.substr(colon + 1));
  const std::string number(text.substr(0, colon));
  const bool is_number =
      !number.empty() && number.size() < 19 &&
      number.find_first_not_of("0123456789") == std::string::npos;
  if (!digest || !is_number) return std::nullopt;
  return AuditHead{std::stoll(number), *digest};
}

// What JSON for people leaves out of tokens that weren't issued.
void AddToUnissued(const IssuedTokens& tokens, Value& line) {
  Value* unissued = line.Find("not_issued");
  if (unissued == nullptr) return;
  for (std::size_t i = 0; i < tokens.unissued.size(); ++i) {
    Value& item = unissued->MutableList()[i];
    item.Set("failed", tokens.unissued[i].failed);
    item.Set("is_delivered", tokens.unissued[i].is_delivered);
  }
}

Status ParseTokens(const Value& line, IssuedTokens& tokens) {
  tokens.to = std::string(line.FindString("issued_to"));
  for (const Value& item : ListAt(line, "issued")) {
    const auto id = ResourceId::Parse(std::string(item.FindString("address")));
    if (!id) return NotUnderstood();
    CredentialRecord record;
    record.token = *id;
    record.id = std::string(item.FindString("credential"));
    record.hint = std::string(item.FindString("hint"));
    tokens.issued.push_back(std::move(record));
  }
  for (const Value& item : ListAt(line, "not_issued")) {
    const auto id = ResourceId::Parse(std::string(item.FindString("address")));
    if (!id) return NotUnderstood();
    tokens.unissued.push_back({*id, std::string(item.FindString("reason")),
                               FlagAt(item, "failed"),
                               FlagAt(item, "is_delivered")});
  }
  return {};
}

Result<RoundReport> ParseRound(const Value& value) {
  RoundReport round;
  for (const Value& item : ListAt(value, "moved")) {
    auto rotation = engine::rotation::FromJson(item);
    if (rotation) round.moved.push_back(*std::move(rotation));
  }
  for (const Value& item : ListAt(value, "failed")) {
    const auto id = ResourceId::Parse(std::string(item.FindString("address")));
    if (!id) return NotUnderstood();
    round.failed.push_back({*id, Error{ErrorCode::kInternal,
                                       std::string(item.FindString("error")),
                                       "",
                                       {}}});
  }
  const std::string next(value.FindString("next_at"));
  if (!next.empty()) round.next_at = ParseTimestamp(next);
  round.clock_behind = FlagAt(value, "clock_behind");
  return round;
}

}  // namespace

std::string BeginLine(const std::string& lease_holder) {
  Value value = Event("begin");
  value.Set("lease_holder", lease_holder);
  return Line(value);
}

std::string ChangeLine(const ChangeReport& report) {
  Value value = ChangeReportToValue(report);
  value.Set("event", "change");
  return Line(value);
}

SecretValue TokenLine(const ResourceId& token, const SecretValue& value) {
  SecretBuilder line;
  line.Append("{\"address\":" + QuoteJson(token.address()) +
              ",\"event\":\"token\",\"value\":\"");
  // Letters, digits and underscores (schema/credential): nothing to escape.
  line.Append(value.Reveal());
  line.Append("\"}\n");
  return line.Finish();
}

std::string ReportLine(const ApplyResult& result, const engine::Plan& plan,
                       Value::List changes) {
  Value value = ApplyResultToValue(result, plan, std::move(changes));
  value.Set("event", "report");
  if (!result.tokens.to.empty()) value.Set("issued_to", result.tokens.to);
  AddToUnissued(result.tokens, value);
  value.Set("lacks_key", result.rotations.lacks_key);
  if (Value* round = value.Find("rotations")) {
    round->Set("clock_behind", result.rotations.round->clock_behind);
  }
  value.Set("exit_code", static_cast<int>(result.exit_code()));
  return Line(value);
}

std::string ErrorLine(const Error& error) {
  Value value = Event("error");
  value.Set("code", Name(error.code));
  value.Set("message", Describe(error));
  value.Set("remedy", error.remedy);
  value.Set("exit_code", static_cast<int>(ToExitCode(error.code)));
  return Line(value);
}

ErrorCode ErrorCodeNamed(std::string_view name) {
  return Named(name, ErrorCode::kInterrupted).value_or(ErrorCode::kInternal);
}

Result<ChangeReport> ParseChange(const Value& line, const engine::Plan& plan,
                                 std::size_t& next) {
  const std::string_view address = line.FindString("address");
  const std::string_view action = line.FindString("action");
  const auto outcome =
      Named(line.FindString("outcome"), ChangeOutcome::kSkipped);
  if (!outcome) return NotUnderstood();
  for (std::size_t tried = 0; tried < plan.changes.size(); ++tried) {
    const engine::Change& change = plan.changes[next++ % plan.changes.size()];
    if (change.id.address() != address ||
        engine::Name(change.action) != action) {
      continue;
    }
    return ChangeReport{&change, *outcome,
                        std::string(line.FindString("message"))};
  }
  return NotUnderstood();
}

Result<ApplyResult> ParseReport(const Value& line) {
  ApplyResult result;
  const auto outcome =
      Named(line.FindString("outcome"), ApplyOutcome::kInterrupted);
  if (!outcome) return NotUnderstood();
  ApplyReport& report = result.report;
  report.outcome = *outcome;
  report.done = NumberAt(line, "done");
  report.failed = NumberAt(line, "failed");
  report.skipped = NumberAt(line, "skipped");
  report.serial_before = NumberAt(line, "serial_before");
  report.serial_after = NumberAt(line, "serial_after");
  if (const auto head = ParseHead(line.FindString("audit_head"))) {
    report.audit_head = *head;
  }
  TRY(ParseTokens(line, result.tokens));
  result.rotations.lacks_key = FlagAt(line, "lacks_key");
  const Value* round = line.Find("rotations");
  if (round != nullptr) result.rotations.round = TRY(ParseRound(*round));
  return result;
}

Error ParseError(const Value& line) {
  return Error{ErrorCodeNamed(line.FindString("code")),
               std::string(line.FindString("message")),
               std::string(line.FindString("remedy")),
               {}};
}

}  // namespace writ::reconciler
