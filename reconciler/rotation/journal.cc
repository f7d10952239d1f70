#include "reconciler/rotation/journal.h"

#include <utility>

#include "engine/rotation/apply.h"
#include "engine/rotation/decide.h"
#include "engine/rotation/names.h"
#include "engine/rotation/rotation_json.h"
#include "schema/ascii_case.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

namespace rotation = engine::rotation;
using rotation::Rotation;

// When to look again: at once where there is something to do.
std::optional<Timestamp> NextLook(const Rotation& rotation, Timestamp now) {
  const auto effects = rotation::Decide(rotation, {now, false});
  if (effects.empty()) return std::nullopt;
  if (effects.front().action == rotation::Action::kWait) {
    return effects.front().until;
  }
  return now;
}

}  // namespace

RotationRecord RecordOf(const Rotation& rotation, Timestamp now) {
  RotationRecord record;
  record.id = rotation.id;
  record.token = ResourceId::Parse(rotation.token).value_or(ResourceId());
  record.token_uid = rotation.token_uid;
  record.phase = rotation::Name(rotation.phase);
  record.state = CanonicalJson(rotation::ToJson(rotation));
  record.opened_at = rotation.started_at;
  if (rotation::IsOver(rotation)) {
    record.ended_at = now;
  } else {
    record.next_at = NextLook(rotation, now);
  }
  return record;
}

Result<OpenRotation> ParseRecord(RotationRecord record) {
  const std::string doing = "reading rotation " + record.id;
  const Value value = TRY(While(ParseJson(record.state), doing));
  OpenRotation open;
  open.rotation = TRY(While(rotation::FromJson(value), doing));
  // Its token may have another name by now.
  open.rotation.token = record.token.address();
  open.record = std::move(record);
  return open;
}

Status RotationJournal::Audit(WriteTransaction& transaction,
                              const Rotation& rotation) const {
  Value details;
  details.Set("cause", rotation::Name(rotation.cause));
  details.Set("rotation", rotation.id);
  if (rotation.why != rotation::Why::kNone) {
    details.Set("why", rotation::Name(rotation.why));
  }
  return transaction.AppendAudit(
      {0,
       clock_.Now(),
       actor_,
       "rotation." + LowerCased(rotation::Name(rotation.phase)),
       rotation.token,
       CanonicalJson(details),
       {},
       {}});
}

Result<OpenRotation> RotationJournal::Insert(Rotation rotation) {
  OpenRotation open;
  open.record = RecordOf(rotation, clock_.Now());
  open.record.revision = 1;
  auto transaction = TRY(store_.BeginWrite(lease_token_));
  TRY(store_.rotations().Insert(open.record));
  TRY(Audit(*transaction, rotation));
  TRY(transaction->Commit());
  open.rotation = std::move(rotation);
  return open;
}

Result<OpenRotation> RotationJournal::Load(const std::string& id) {
  auto record = TRY(store_.rotations().FindById(id));
  if (!record) {
    return Fail(ErrorCode::kNotFound, "there is no rotation " + id);
  }
  return ParseRecord(*std::move(record));
}

Status RotationJournal::Save(
    OpenRotation& open, Rotation rotation, const std::vector<LoggedStep>& steps,
    const std::function<Status(WriteTransaction&)>& more) {
  auto transaction = TRY(store_.BeginWrite(lease_token_));
  if (more) TRY(more(*transaction));
  return SaveWithin(*transaction, open, std::move(rotation), steps);
}

Status RotationJournal::SaveWithin(WriteTransaction& transaction,
                                   OpenRotation& open, Rotation rotation,
                                   const std::vector<LoggedStep>& steps) {
  const Timestamp now = clock_.Now();
  RotationRecord record = RecordOf(rotation, now);
  record.revision = open.record.revision;
  TRY(store_.rotations().Update(record));
  for (const LoggedStep& step : steps) {
    Value details(Value::Map{});
    if (!step.outcome.empty()) details.Set("outcome", step.outcome);
    TRY(store_.rotations().AppendStep({0, rotation.id, step.kind, now,
                                       std::string(rotation::Name(step.action)),
                                       step.target, CanonicalJson(details)}));
  }
  if (rotation.phase != open.rotation.phase) {
    TRY(Audit(transaction, rotation));
  }
  TRY(transaction.Commit());
  ++record.revision;
  open.record = std::move(record);
  open.rotation = std::move(rotation);
  return {};
}

}  // namespace writ::reconciler
