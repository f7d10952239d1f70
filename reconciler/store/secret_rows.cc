#include "reconciler/store/secret_rows.h"

#include <utility>

#include "reconciler/store/resource_rows.h"

namespace writ::reconciler {
namespace {

#define WRIT_VERSION_COLUMNS                                           \
  "SELECT address, secret_uid, environment, version, key_generation, " \
  "digest, created_at, created_by, sealed FROM secret_values "
#define WRIT_POINTER_COLUMNS                                           \
  "SELECT address, secret_uid, environment, version, key_generation, " \
  "mac, moved_at, moved_by FROM secret_pointers "

SecretVersion VersionFromRow(const Query& query) {
  SecretVersion version;
  version.secret = ParseAddress(query.View(0));
  version.secret_uid = query.Text(1);
  version.environment = query.Text(2);
  version.version = query.Integer(3);
  version.key_generation = query.Integer(4);
  version.digest = query.DigestAt(5);
  version.created_at = query.Time(6);
  version.created_by = query.Text(7);
  version.sealed = query.Text(8);
  return version;
}

SecretPointer PointerFromRow(const Query& query) {
  SecretPointer pointer;
  pointer.secret = ParseAddress(query.View(0));
  pointer.secret_uid = query.Text(1);
  pointer.environment = query.Text(2);
  pointer.version = query.Integer(3);
  pointer.key_generation = query.Integer(4);
  pointer.mac = query.DigestAt(5);
  pointer.moved_at = query.Time(6);
  pointer.moved_by = query.Text(7);
  return pointer;
}

KeyGeneration GenerationFromRow(const Query& query) {
  KeyGeneration generation;
  generation.generation = query.Integer(0);
  generation.lineage = query.Text(1);
  generation.check_value = query.DigestAt(2);
  generation.wrapped = query.Text(3);
  generation.unwraps_previous = query.Text(4);
  generation.created_at = query.Time(5);
  generation.retired_at = query.OptionalTime(6);
  return generation;
}

template <typename T>
std::vector<T> Rows(Query& query, T (*from_row)(const Query&)) {
  std::vector<T> rows;
  while (query.Step()) rows.push_back(from_row(query));
  return rows;
}

tl::unexpected<Error> NoSuchVersion(std::int64_t version) {
  return Fail(
      ErrorCode::kNotFound,
      "there is no version " + std::to_string(version) + " of that value");
}

void BindBlobOrNull(Query& query, const std::string& bytes) {
  if (bytes.empty()) {
    query.BindNull();
  } else {
    query.BindBlob(bytes);
  }
}

}  // namespace

Result<std::vector<KeyGeneration>> SecretRows::ReadKeyGenerations() {
  return Read<std::vector<KeyGeneration>>("reading key generations", [&] {
    Query query = Prepare(
        "SELECT generation, lineage, check_value, wrapped, unwraps_previous, "
        "created_at, retired_at FROM key_generations ORDER BY generation");
    return Rows(query, GenerationFromRow);
  });
}

Result<std::int64_t> SecretRows::CountUnder(std::int64_t generation) {
  return Read<std::int64_t>("counting what a key holds", [&] {
    Query query = Prepare(
        "SELECT (SELECT count(*) FROM secret_values WHERE key_generation = ?1) "
        "+ (SELECT count(*) FROM secret_pointers WHERE key_generation = ?1) "
        "+ (SELECT count(*) FROM credentials WHERE key_generation = ?1)");
    query.Bind(generation).Step();
    return query.Integer(0);
  });
}

Result<std::optional<SecretPointer>> SecretRows::FindPointer(
    const std::string& secret_uid, const std::string& environment) {
  return Read<std::optional<SecretPointer>>(
      "looking up a value", [&]() -> std::optional<SecretPointer> {
        Query query = Prepare(WRIT_POINTER_COLUMNS
                              "WHERE secret_uid = ? AND environment = ?");
        if (!query.Bind(secret_uid).Bind(environment).Step()) {
          return std::nullopt;
        }
        return PointerFromRow(query);
      });
}

Result<std::optional<SecretVersion>> SecretRows::FindVersion(
    const std::string& secret_uid, const std::string& environment,
    std::int64_t version) {
  return Read<std::optional<SecretVersion>>(
      "reading a value", [&]() -> std::optional<SecretVersion> {
        Query query = Prepare(WRIT_VERSION_COLUMNS
                              "WHERE secret_uid = ? AND environment = ? "
                              "AND version = ?");
        if (!query.Bind(secret_uid).Bind(environment).Bind(version).Step()) {
          return std::nullopt;
        }
        return VersionFromRow(query);
      });
}

Result<std::vector<SecretVersion>> SecretRows::ReadVersions(
    const std::string& secret_uid, const std::string& environment) {
  return Read<std::vector<SecretVersion>>("reading versions", [&] {
    Query query = Prepare(
        "SELECT address, secret_uid, environment, version, key_generation, "
        "digest, created_at, created_by, '' FROM secret_values "
        "WHERE secret_uid = ? AND environment = ? ORDER BY version DESC");
    query.Bind(secret_uid).Bind(environment);
    return Rows(query, VersionFromRow);
  });
}

Result<std::vector<SecretPointer>> SecretRows::ReadPointers() {
  return Read<std::vector<SecretPointer>>(
      "reading which values there are", [&] {
        Query query =
            Prepare(WRIT_POINTER_COLUMNS "ORDER BY address, environment");
        return Rows(query, PointerFromRow);
      });
}

Result<std::vector<SecretVersion>> SecretRows::ReadUnder(
    std::int64_t generation, int limit) {
  return Read<std::vector<SecretVersion>>("reading what a key holds", [&] {
    Query query = Prepare(WRIT_VERSION_COLUMNS
                          "WHERE key_generation = ? ORDER BY id LIMIT ?");
    query.Bind(generation).Bind(std::int64_t{limit});
    return Rows(query, VersionFromRow);
  });
}

Status SecretRows::WriteKeyGeneration(const KeyGeneration& generation) {
  return Write("writing a key generation", [&]() -> Status {
    Query query = Prepare(
        "INSERT INTO key_generations (generation, lineage, check_value, "
        "wrapped, unwraps_previous, created_at, retired_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation) DO UPDATE SET "
        "lineage = excluded.lineage, check_value = excluded.check_value, "
        "wrapped = excluded.wrapped, "
        "unwraps_previous = excluded.unwraps_previous, "
        "created_at = excluded.created_at, retired_at = excluded.retired_at");
    query.Bind(generation.generation)
        .Bind(generation.lineage)
        .Bind(generation.check_value);
    BindBlobOrNull(query, generation.wrapped);
    BindBlobOrNull(query, generation.unwraps_previous);
    query.Bind(generation.created_at).Bind(generation.retired_at).Run();
    return {};
  });
}

Status SecretRows::RemoveKeyGeneration(std::int64_t generation) {
  return Write("removing a key generation", [&]() -> Status {
    Prepare("DELETE FROM key_generations WHERE generation = ?")
        .Bind(generation)
        .Run();
    return {};
  });
}

Status SecretRows::InsertVersion(const SecretVersion& version) {
  return Write("keeping a value", [&]() -> Status {
    const bool taken = Prepare(
                           "SELECT 1 FROM secret_values WHERE "
                           "secret_uid = ? AND environment = ? "
                           "AND version = ?")
                           .Bind(version.secret_uid)
                           .Bind(version.environment)
                           .Bind(version.version)
                           .Step();
    if (taken) {
      return Fail(ErrorCode::kConflict,
                  version.secret.address() + " got another value meanwhile");
    }
    Query query = Prepare(
        "INSERT INTO secret_values (address, secret_uid, environment, version, "
        "key_generation, digest, created_at, created_by, sealed) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    query.Bind(version.secret.address())
        .Bind(version.secret_uid)
        .Bind(version.environment)
        .Bind(version.version)
        .Bind(version.key_generation)
        .Bind(version.digest)
        .Bind(version.created_at)
        .Bind(version.created_by);
    BindBlobOrNull(query, version.sealed);
    query.Run();
    return {};
  });
}

Status SecretRows::Reseal(const SecretVersion& version) {
  return Write("sealing a value anew", [&]() -> Status {
    Query query = Prepare(
        "UPDATE secret_values SET key_generation = ?, digest = ?, sealed = ? "
        "WHERE secret_uid = ? AND environment = ? AND version = ?");
    query.Bind(version.key_generation).Bind(version.digest);
    BindBlobOrNull(query, version.sealed);
    query.Bind(version.secret_uid)
        .Bind(version.environment)
        .Bind(version.version)
        .Run();
    if (Changed() == 0) return NoSuchVersion(version.version);
    return {};
  });
}

Status SecretRows::DestroyVersion(const std::string& secret_uid,
                                  const std::string& environment,
                                  std::int64_t version) {
  return Write("destroying a value", [&]() -> Status {
    Prepare(
        "UPDATE secret_values SET sealed = NULL "
        "WHERE secret_uid = ? AND environment = ? AND version = ?")
        .Bind(secret_uid)
        .Bind(environment)
        .Bind(version)
        .Run();
    if (Changed() == 0) return NoSuchVersion(version);
    return {};
  });
}

Status SecretRows::MovePointer(const SecretPointer& pointer,
                               std::int64_t expected) {
  return Write("moving to another value", [&]() -> Status {
    std::int64_t current = 0;
    {
      Query query = Prepare(
          "SELECT version FROM secret_pointers "
          "WHERE secret_uid = ? AND environment = ?");
      if (query.Bind(pointer.secret_uid).Bind(pointer.environment).Step()) {
        current = query.Integer(0);
      }
    }
    if (current != expected) {
      return Fail(ErrorCode::kConflict,
                  pointer.secret.address() + " got another value meanwhile",
                  "look at it again: writ secrets versions");
    }
    Prepare(
        "INSERT OR REPLACE INTO secret_pointers (address, secret_uid, "
        "environment, version, key_generation, mac, moved_at, moved_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .Bind(pointer.secret.address())
        .Bind(pointer.secret_uid)
        .Bind(pointer.environment)
        .Bind(pointer.version)
        .Bind(pointer.key_generation)
        .Bind(pointer.mac)
        .Bind(pointer.moved_at)
        .Bind(pointer.moved_by)
        .Run();
    return {};
  });
}

}  // namespace writ::reconciler
