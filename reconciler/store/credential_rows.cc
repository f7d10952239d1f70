#include "reconciler/store/credential_rows.h"

#include <utility>

#include "reconciler/store/resource_rows.h"

namespace writ::reconciler {
namespace {

// What every SELECT below begins with, in the order of FromRow.
#define WRIT_CREDENTIAL_COLUMNS                                           \
  "SELECT id, address, token_uid, target, family, digest, hint, status, " \
  "rights, issued_at, issued_by, not_before, expires_at, rotate_at, "     \
  "rotation, ended_at, ended_by, ended_why, sequence, key_generation, "   \
  "mac, basis FROM credentials "

CredentialRecord FromRow(const Query& query) {
  CredentialRecord record;
  record.id = query.Text(0);
  record.token = ParseAddress(query.View(1));
  record.token_uid = query.Text(2);
  record.target = query.Text(3);
  record.family = query.Text(4);
  record.digest = query.DigestAt(5);
  record.hint = query.Text(6);
  const std::int64_t status = query.Integer(7);
  if (status < 0 || status > static_cast<int>(CredentialStatus::kRevoked)) {
    throw CorruptState("credential " + record.id + " has an unknown status");
  }
  record.status = static_cast<CredentialStatus>(status);
  record.rights = query.Text(8);
  record.issued_at = query.Time(9);
  record.issued_by = query.Text(10);
  record.not_before = query.OptionalTime(11);
  record.expires_at = query.OptionalTime(12);
  record.rotate_at = query.OptionalTime(13);
  record.rotation = query.Text(14);
  record.ended_at = query.OptionalTime(15);
  record.ended_by = query.Text(16);
  record.ended_why = query.Text(17);
  record.sequence = query.Integer(18);
  record.key_generation = query.Integer(19);
  record.mac = query.DigestAt(20);
  record.basis = query.Text(21);
  return record;
}

std::vector<CredentialRecord> Rows(Query& query) {
  std::vector<CredentialRecord> records;
  while (query.Step()) records.push_back(FromRow(query));
  return records;
}

std::optional<CredentialRecord> Row(Query& query) {
  if (!query.Step()) return std::nullopt;
  return FromRow(query);
}

}  // namespace

Result<std::optional<CredentialRecord>> CredentialRows::FindByDigest(
    const Digest& digest) {
  return Read<std::optional<CredentialRecord>>("looking up a credential", [&] {
    Query query = Prepare(WRIT_CREDENTIAL_COLUMNS "WHERE digest = ?");
    return Row(query.Bind(digest));
  });
}

Result<std::optional<CredentialRecord>> CredentialRows::FindById(
    const std::string& id) {
  return Read<std::optional<CredentialRecord>>(
      "looking up credential " + id, [&] {
        Query query = Prepare(WRIT_CREDENTIAL_COLUMNS "WHERE id = ?");
        return Row(query.Bind(id));
      });
}

Result<std::vector<CredentialRecord>> CredentialRows::ReadOf(
    const ResourceId& token) {
  return Read<std::vector<CredentialRecord>>(
      "reading the credentials of " + token.address(), [&] {
        Query query = Prepare(WRIT_CREDENTIAL_COLUMNS
                              "WHERE address = ? ORDER BY issued_at DESC, id");
        return Rows(query.Bind(token.address()));
      });
}

Result<std::vector<CredentialRecord>> CredentialRows::ReadSince(
    std::int64_t sequence) {
  return Read<std::vector<CredentialRecord>>("reading credentials", [&] {
    Query query =
        Prepare(WRIT_CREDENTIAL_COLUMNS "WHERE sequence > ? ORDER BY sequence");
    return Rows(query.Bind(sequence));
  });
}

Result<std::vector<CredentialRecord>> CredentialRows::ReadNext(
    std::int64_t sequence, int limit) {
  return Read<std::vector<CredentialRecord>>("reading credentials", [&] {
    Query query = Prepare(WRIT_CREDENTIAL_COLUMNS
                          "WHERE sequence > ? ORDER BY sequence LIMIT ?");
    return Rows(query.Bind(sequence).Bind(std::int64_t{limit}));
  });
}

Result<std::vector<CredentialRecord>> CredentialRows::ReadDue(Timestamp now,
                                                              int limit) {
  return Read<std::vector<CredentialRecord>>("reading due credentials", [&] {
    Query query = Prepare(WRIT_CREDENTIAL_COLUMNS
                          "WHERE rotate_at <= ? AND status = 1 "
                          "ORDER BY rotate_at, id LIMIT ?");
    return Rows(query.Bind(now).Bind(std::int64_t{limit}));
  });
}

Result<std::optional<Timestamp>> CredentialRows::NextDue(Timestamp after) {
  return Read<std::optional<Timestamp>>(
      "reading when a credential is due", [&]() -> std::optional<Timestamp> {
        Query query = Prepare(
            "SELECT min(rotate_at) FROM credentials "
            "WHERE rotate_at > ? AND status = 1");
        if (!query.Bind(after).Step()) return std::nullopt;
        return query.OptionalTime(0);
      });
}

std::int64_t CredentialRows::NextSequence() {
  Query query =
      Prepare("SELECT coalesce(max(sequence), 0) + 1 FROM credentials");
  query.Step();
  return query.Integer(0);
}

Status CredentialRows::Insert(const CredentialRecord& record) {
  return Write("keeping credential " + record.id, [&]() -> Status {
    const bool taken = Prepare(
                           "SELECT 1 FROM credentials WHERE id = ?1 OR "
                           "digest = ?2")
                           .Bind(record.id)
                           .Bind(record.digest)
                           .Step();
    if (taken) {
      return Fail(ErrorCode::kConflict,
                  "credential " + record.id + " is there already");
    }
    Prepare(
        "INSERT INTO credentials (id, address, token_uid, target, family, "
        "digest, hint, status, rights, issued_at, issued_by, not_before, "
        "expires_at, rotate_at, rotation, ended_at, ended_by, ended_why, "
        "sequence, key_generation, mac, basis) VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(record.id)
        .Bind(record.token.address())
        .Bind(record.token_uid)
        .Bind(record.target)
        .Bind(record.family)
        .Bind(record.digest)
        .Bind(record.hint)
        .Bind(static_cast<std::int64_t>(record.status))
        .Bind(record.rights)
        .Bind(record.issued_at)
        .Bind(record.issued_by)
        .Bind(record.not_before)
        .Bind(record.expires_at)
        .Bind(record.rotate_at)
        .Bind(record.rotation)
        .Bind(record.ended_at)
        .Bind(record.ended_by)
        .Bind(record.ended_why)
        .Bind(NextSequence())
        .Bind(record.key_generation)
        .Bind(record.mac)
        .Bind(record.basis)
        .Run();
    return {};
  });
}

Status CredentialRows::Update(const CredentialRecord& record) {
  return Write("writing credential " + record.id, [&]() -> Status {
    std::int64_t status = 0;
    {
      Query query = Prepare("SELECT status FROM credentials WHERE id = ?");
      if (!query.Bind(record.id).Step()) {
        return Fail(ErrorCode::kNotFound,
                    "credential " + record.id + " isn't in the state");
      }
      status = query.Integer(0);
    }
    const auto revoked = static_cast<std::int64_t>(CredentialStatus::kRevoked);
    if (status == revoked && record.status != CredentialStatus::kRevoked) {
      return Fail(ErrorCode::kConflict,
                  "credential " + record.id + " is revoked, which is final");
    }
    if (record.status == CredentialStatus::kRevoked && status != revoked) {
      TRY(log_.Append(record.digest));
    }
    Prepare(
        "UPDATE credentials SET address = ?, target = ?, hint = ?, "
        "status = ?, rights = ?, issued_at = ?, issued_by = ?, "
        "not_before = ?, expires_at = ?, rotate_at = ?, rotation = ?, "
        "ended_at = ?, ended_by = ?, ended_why = ?, sequence = ?, "
        "key_generation = ?, mac = ?, basis = ? WHERE id = ?")
        .Bind(record.token.address())
        .Bind(record.target)
        .Bind(record.hint)
        .Bind(static_cast<std::int64_t>(record.status))
        .Bind(record.rights)
        .Bind(record.issued_at)
        .Bind(record.issued_by)
        .Bind(record.not_before)
        .Bind(record.expires_at)
        .Bind(record.rotate_at)
        .Bind(record.rotation)
        .Bind(record.ended_at)
        .Bind(record.ended_by)
        .Bind(record.ended_why)
        .Bind(NextSequence())
        .Bind(record.key_generation)
        .Bind(record.mac)
        .Bind(record.basis)
        .Bind(record.id)
        .Run();
    return {};
  });
}

Status CredentialRows::Schedule(const std::string& id,
                                const std::optional<Timestamp>& rotate_at,
                                const std::string& basis) {
  return Write("scheduling credential " + id, [&]() -> Status {
    Prepare("UPDATE credentials SET rotate_at = ?, basis = ? WHERE id = ?")
        .Bind(rotate_at)
        .Bind(basis)
        .Bind(id)
        .Run();
    if (Changed() == 1) return {};
    return Fail(ErrorCode::kNotFound,
                "credential " + id + " isn't in the state");
  });
}

}  // namespace writ::reconciler
