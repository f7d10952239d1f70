#include "reconciler/store/rotation_rows.h"

#include <utility>

#include "reconciler/store/resource_rows.h"

namespace writ::reconciler {
namespace {

#define WRIT_ROTATION_COLUMNS                                        \
  "SELECT id, address, token_uid, phase, state, observe, revision, " \
  "opened_at, next_at, ended_at FROM rotations "

RotationRecord FromRow(const Query& query) {
  RotationRecord record;
  record.id = query.Text(0);
  record.token = ParseAddress(query.View(1));
  record.token_uid = query.Text(2);
  record.phase = query.Text(3);
  record.state = query.Text(4);
  record.observe = query.Boolean(5);
  record.revision = query.Integer(6);
  record.opened_at = query.Time(7);
  record.next_at = query.OptionalTime(8);
  record.ended_at = query.OptionalTime(9);
  return record;
}

RotationStep StepFromRow(const Query& query) {
  RotationStep step;
  step.id = query.Integer(0);
  step.rotation = query.Text(1);
  const std::int64_t kind = query.Integer(2);
  if (kind < 0 || kind > static_cast<int>(StepKind::kNote)) {
    throw CorruptState("a step of " + step.rotation + " is of no known kind");
  }
  step.kind = static_cast<StepKind>(kind);
  step.at = query.Time(3);
  step.step = query.Text(4);
  step.target = query.Text(5);
  step.details = query.Text(6);
  return step;
}

std::optional<RotationRecord> Row(Query& query) {
  if (!query.Step()) return std::nullopt;
  return FromRow(query);
}

std::vector<RotationRecord> Rows(Query& query) {
  std::vector<RotationRecord> records;
  while (query.Step()) records.push_back(FromRow(query));
  return records;
}

}  // namespace

Result<std::optional<RotationRecord>> RotationRows::FindById(
    const std::string& id) {
  return Read<std::optional<RotationRecord>>("looking up rotation " + id, [&] {
    Query query = Prepare(WRIT_ROTATION_COLUMNS "WHERE id = ?");
    return Row(query.Bind(id));
  });
}

Result<std::optional<RotationRecord>> RotationRows::FindOpen(
    const ResourceId& token) {
  return Read<std::optional<RotationRecord>>(
      "looking up the rotation of " + token.address(), [&] {
        Query query = Prepare(WRIT_ROTATION_COLUMNS
                              "WHERE address = ? AND ended_at IS NULL");
        return Row(query.Bind(token.address()));
      });
}

Result<std::vector<RotationRecord>> RotationRows::ReadAll(bool all) {
  return Read<std::vector<RotationRecord>>("reading rotations", [&] {
    Query query = Prepare(WRIT_ROTATION_COLUMNS
                          "WHERE ended_at IS NULL OR ? ORDER BY "
                          "ended_at IS NOT NULL, next_at IS NULL, next_at, "
                          "opened_at, id");
    return Rows(query.Bind(all));
  });
}

Result<std::vector<RotationRecord>> RotationRows::ReadOf(
    const ResourceId& token) {
  return Read<std::vector<RotationRecord>>(
      "reading the rotations of " + token.address(), [&] {
        Query query = Prepare(WRIT_ROTATION_COLUMNS
                              "WHERE address = ? ORDER BY opened_at DESC, id");
        return Rows(query.Bind(token.address()));
      });
}

Result<std::optional<Timestamp>> RotationRows::NextAt() {
  return Read<std::optional<Timestamp>>(
      "reading when a rotation goes on", [&]() -> std::optional<Timestamp> {
        Query query = Prepare(
            "SELECT min(next_at) FROM rotations WHERE ended_at IS NULL");
        if (!query.Step()) return std::nullopt;
        return query.OptionalTime(0);
      });
}

Result<std::vector<RotationStep>> RotationRows::ReadSteps(
    const std::string& rotation) {
  return Read<std::vector<RotationStep>>(
      "reading the steps of rotation " + rotation, [&] {
        Query query = Prepare(
            "SELECT id, rotation, kind, at, step, target, details "
            "FROM rotation_steps WHERE rotation = ? ORDER BY id");
        query.Bind(rotation);
        std::vector<RotationStep> steps;
        while (query.Step()) steps.push_back(StepFromRow(query));
        return steps;
      });
}

Result<std::optional<std::string>> RotationRows::FindPendingValue(
    const std::string& credential) {
  return Read<std::optional<std::string>>(
      "reading a value on its way", [&]() -> std::optional<std::string> {
        Query query =
            Prepare("SELECT sealed FROM pending_values WHERE credential = ?");
        if (!query.Bind(credential).Step()) return std::nullopt;
        return query.Text(0);
      });
}

Status RotationRows::Insert(const RotationRecord& record) {
  return Write("opening rotation " + record.id, [&]() -> Status {
    const bool taken = Prepare(
                           "SELECT 1 FROM rotations WHERE id = ? OR "
                           "(token_uid = ? AND ended_at IS NULL)")
                           .Bind(record.id)
                           .Bind(record.token_uid)
                           .Step();
    if (taken) {
      return Fail(ErrorCode::kConflict,
                  record.token.address() + " is being rotated already",
                  "writ rotation show " + record.token.address());
    }
    Prepare(
        "INSERT INTO rotations (id, address, token_uid, phase, state, "
        "observe, revision, opened_at, next_at, ended_at) "
        "VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?)")
        .Bind(record.id)
        .Bind(record.token.address())
        .Bind(record.token_uid)
        .Bind(record.phase)
        .Bind(record.state)
        .Bind(record.observe)
        .Bind(record.opened_at)
        .Bind(record.next_at)
        .Bind(record.ended_at)
        .Run();
    return {};
  });
}

Status RotationRows::Update(const RotationRecord& record) {
  return Write("writing rotation " + record.id, [&]() -> Status {
    Prepare(
        "UPDATE rotations SET phase = ?, state = ?, observe = ?, "
        "revision = revision + 1, next_at = ?, ended_at = ? "
        "WHERE id = ? AND revision = ?")
        .Bind(record.phase)
        .Bind(record.state)
        .Bind(record.observe)
        .Bind(record.next_at)
        .Bind(record.ended_at)
        .Bind(record.id)
        .Bind(record.revision)
        .Run();
    if (Changed() == 1) return {};
    return Fail(ErrorCode::kConflict,
                "rotation " + record.id + " was moved on by somebody else");
  });
}

Status RotationRows::AppendStep(const RotationStep& step) {
  return Write("keeping a step of rotation " + step.rotation, [&]() -> Status {
    Prepare(
        "INSERT INTO rotation_steps (rotation, kind, at, step, target, "
        "details) VALUES (?, ?, ?, ?, ?, ?)")
        .Bind(step.rotation)
        .Bind(static_cast<std::int64_t>(step.kind))
        .Bind(step.at)
        .Bind(step.step)
        .Bind(step.target)
        .Bind(step.details)
        .Run();
    return {};
  });
}

Status RotationRows::WritePendingValue(const std::string& rotation,
                                       const std::string& credential,
                                       const std::string& sealed) {
  return Write("keeping a value on its way", [&]() -> Status {
    Prepare(
        "INSERT OR REPLACE INTO pending_values (credential, rotation, sealed) "
        "VALUES (?, ?, ?)")
        .Bind(credential)
        .Bind(rotation)
        .BindBlob(sealed)
        .Run();
    return {};
  });
}

Status RotationRows::ErasePendingValues(const std::string& rotation) {
  return Write("erasing values on their way", [&]() -> Status {
    Prepare("DELETE FROM pending_values WHERE rotation = ?")
        .Bind(rotation)
        .Run();
    return {};
  });
}

}  // namespace writ::reconciler
