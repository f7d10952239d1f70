#include "reconciler/secrets/managed_secrets.h"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "reconciler/keys/ciphers.h"
#include "reconciler/secrets/value_check.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

std::string Where(const SecretResource& secret,
                  const std::string& environment) {
  return secret.id.address() + " in " + environment;
}

tl::unexpected<Error> NoValue(const SecretResource& secret,
                              const std::string& environment) {
  return Fail(
      ErrorCode::kNotFound, Where(secret, environment) + " has no value",
      "set it, in the same state (--env): writ secrets set " + secret.key() +
          " --project " + secret.project() + " --secret-env " + environment);
}

tl::unexpected<Error> Damaged(const SecretResource& secret,
                              const std::string& environment,
                              const char* what) {
  return Fail(ErrorCode::kCorrupt,
              Where(secret, environment) + ": " + what +
                  " is not what was written there, and isn't served",
              "set the value anew; see how it came: writ audit show");
}

AuditEntry Entry(const Clock& clock, const std::string& actor,
                 const std::string& action, const ResourceId& secret,
                 const Value& details) {
  AuditEntry entry;
  entry.at = clock.Now();
  entry.actor = actor;
  entry.action = action;
  entry.subject = secret.address();
  entry.details = CanonicalJson(details);
  return entry;
}

Status Commit(WriteTransaction& transaction, const Clock& clock,
              const std::string& actor, const std::string& action,
              const SecretPlace& place, std::int64_t version) {
  Value details;
  details.Set("environment", place.environment);
  if (version > 0) details.Set("version", version);
  TRY(transaction.AppendAudit(
      Entry(clock, actor, action, place.secret, details)));
  return transaction.Commit();
}

Status CheckNewest(SecretTable& table, const KeyRing& ring) {
  const auto generations = TRY(table.ReadKeyGenerations());
  if (!generations.empty() && generations.back().generation == ring.newest()) {
    return {};
  }
  return Fail(ErrorCode::kConflict,
              "the state got another master key meanwhile", "do it again");
}

std::optional<Timestamp> CreatedAt(StateStore& store,
                                   const SecretResource& secret) {
  const auto history =
      store.ReadHistory(secret.id, std::numeric_limits<int>::max());
  if (history && !history->empty()) return history->back().at;
  return secret.changed_at;
}

}  // namespace

Result<Digest> PointerMac(const KeyRing& ring, const std::string& project_uid,
                          const SecretPointer& pointer) {
  const std::string version = std::to_string(pointer.version);
  const std::array<std::string_view, 4> parts = {
      project_uid, pointer.secret_uid, pointer.environment, version};
  return ring.Mac(pointer.key_generation, "secret-pointer", parts);
}

SealContext ContextOf(const std::string& project_uid,
                      const SecretVersion& version) {
  return {project_uid, version.secret_uid, version.environment,
          version.version};
}

Result<SecretResource> ManagedSecrets::Find(const SecretPlace& place) {
  TRY(CheckNewest(store_.secrets(), ring_));
  SecretResource secret = TRY(ReadSecret(store_, place.secret));
  if (!secret.is_managed()) {
    return Fail(ErrorCode::kInvalidArgument,
                secret.id.address() + " has its value from outside (" +
                    secret.source + "), which writ only reads",
                "change it there, or declare source: {managed: {}}");
  }
  TRY(CheckEnvironment(secret, place.environment));
  return secret;
}

Result<std::optional<SecretPointer>> ManagedSecrets::FindPointer(
    const SecretResource& secret, const std::string& environment) {
  auto pointer = TRY(store_.secrets().FindPointer(secret.uid, environment));
  if (!pointer) return pointer;
  const Digest mac = TRY(PointerMac(ring_, secret.project_uid, *pointer));
  if (SameDigest(mac, pointer->mac)) return pointer;
  return Damaged(secret, environment, "which version is current");
}

Result<SecretValue> ManagedSecrets::Unseal(const SecretResource& secret,
                                           const SecretVersion& version) const {
  auto value =
      ring_.Unseal(version.key_generation,
                   ContextOf(secret.project_uid, version), version.sealed);
  if (value || value.error().code != ErrorCode::kCorrupt) return value;
  return Damaged(secret, version.environment, "the value");
}

Result<ManagedSecrets::Revealed> ManagedSecrets::Open(
    const SecretResource& secret, const std::string& environment) {
  const auto pointer = TRY(FindPointer(secret, environment));
  if (!pointer || pointer->version == 0) return NoValue(secret, environment);
  const auto version = TRY(
      store_.secrets().FindVersion(secret.uid, environment, pointer->version));
  if (!version || version->sealed.empty()) {
    return Damaged(secret, environment, "the value");
  }
  return Revealed {
    TRY(Unseal(secret, *version))
    , pointer->version
  };
}

Result<ManagedSecrets::Revealed> ManagedSecrets::Reveal(
    const SecretResource& secret, const std::string& environment) {
  TRY(CheckEnvironment(secret, environment));
  auto revealed = Open(secret, environment);
  if (!revealed && revealed.error().code == ErrorCode::kCorrupt) {
    AuditRejected(secret, environment, revealed.error());
  }
  return revealed;
}

// What can't be written down can't be served either way.
void ManagedSecrets::AuditRejected(const SecretResource& secret,
                                   const std::string& environment,
                                   const Error& error) {
  if (!rejected_.insert(secret.uid + " " + environment).second) return;
  auto transaction = store_.BeginWrite("");
  if (!transaction) return;
  Value details;
  details.Set("environment", environment);
  details.Set("why", error.message);
  if ((*transaction)
          ->AppendAudit(
              Entry(clock_, "writ", "secret.rejected", secret.id, details))) {
    static_cast<void>((*transaction)->Commit());
  }
}

Status ManagedSecrets::Move(const SecretResource& secret,
                            const SecretPlace& place, std::int64_t version,
                            const std::string& actor) {
  const auto before =
      TRY(store_.secrets().FindPointer(secret.uid, place.environment));
  SecretPointer pointer;
  pointer.secret = secret.id;
  pointer.secret_uid = secret.uid;
  pointer.environment = place.environment;
  pointer.version = version;
  pointer.key_generation = ring_.newest();
  pointer.mac = TRY(PointerMac(ring_, secret.project_uid, pointer));
  pointer.moved_at = clock_.Now();
  pointer.moved_by = actor;
  return store_.secrets().MovePointer(pointer, before ? before->version : 0);
}

Result<ManagedSecrets::Written> ManagedSecrets::Set(const SecretPlace& place,
                                                    const SecretValue& value,
                                                    const std::string& actor) {
  auto transaction = TRY(store_.BeginWrite(""));
  const SecretResource secret = TRY(Find(place));
  TRY(CheckSecretValue(secret.type, value));
  // A damaged value is replaced, not compared.
  const auto current = Open(secret, place.environment);
  if (current && SameSecret(current->value, value)) {
    return Written{current->version, false};
  }
  const auto versions =
      TRY(store_.secrets().ReadVersions(secret.uid, place.environment));
  SecretVersion version;
  version.secret = secret.id;
  version.secret_uid = secret.uid;
  version.environment = place.environment;
  version.version = versions.empty() ? 1 : versions.front().version + 1;
  version.key_generation = ring_.newest();
  version.sealed =
      TRY(ring_.Seal(ContextOf(secret.project_uid, version), value, random_));
  version.digest =
      TRY(ring_.ValueDigest(version.key_generation, secret.project_uid, value));
  version.created_at = clock_.Now();
  version.created_by = actor;
  TRY(store_.secrets().InsertVersion(version));
  TRY(Move(secret, place, version.version, actor));
  TRY(Commit(*transaction, clock_, actor, "secret.set", place,
             version.version));
  return Written{version.version, true};
}

Result<ManagedSecrets::Written> ManagedSecrets::Rollback(
    const SecretPlace& place, std::int64_t number, const std::string& actor) {
  auto transaction = TRY(store_.BeginWrite(""));
  const SecretResource secret = TRY(Find(place));
  const auto version =
      TRY(store_.secrets().FindVersion(secret.uid, place.environment, number));
  if (!version || version->sealed.empty()) {
    return Fail(ErrorCode::kNotFound,
                Where(secret, place.environment) + " has no version " +
                    std::to_string(number) +
                    (version ? " any more: it was destroyed" : ""),
                "see: writ secrets versions " + secret.key());
  }
  TRY(Unseal(secret, *version));
  const auto current = FindPointer(secret, place.environment);
  if (current && *current && (*current)->version == number) {
    return Written{number, false};
  }
  TRY(Move(secret, place, number, actor));
  TRY(Commit(*transaction, clock_, actor, "secret.rollback", place, number));
  return Written{number, true};
}

Result<std::int64_t> ManagedSecrets::Unset(const SecretPlace& place,
                                           const std::string& actor) {
  auto transaction = TRY(store_.BeginWrite(""));
  const SecretResource secret = TRY(Find(place));
  const auto pointer =
      TRY(store_.secrets().FindPointer(secret.uid, place.environment));
  if (!pointer || pointer->version == 0) {
    return NoValue(secret, place.environment);
  }
  std::int64_t destroyed = 0;
  for (const SecretVersion& version :
       TRY(store_.secrets().ReadVersions(secret.uid, place.environment))) {
    TRY(store_.secrets().DestroyVersion(secret.uid, place.environment,
                                        version.version));
    ++destroyed;
  }
  TRY(Move(secret, place, 0, actor));
  TRY(Commit(*transaction, clock_, actor, "secret.unset", place, 0));
  return destroyed;
}

Result<std::vector<SecretRow>> ListSecrets(StateStore& store,
                                           const std::string& project) {
  const auto pointers = TRY(store.secrets().ReadPointers());
  std::vector<SecretRow> rows;
  for (SecretResource& secret : TRY(ReadSecretsOf(store, project))) {
    SecretRow row;
    for (const SecretPointer& pointer : pointers) {
      if (pointer.secret_uid != secret.uid || pointer.version == 0) continue;
      row.current[pointer.environment] = {pointer.version, pointer.moved_at,
                                          pointer.moved_by};
    }
    if (secret.required && secret.is_managed()) {
      for (const std::string& environment : secret.environments) {
        if (row.current.count(environment) == 0) {
          row.missing.push_back(environment);
        }
      }
    }
    row.created_at = CreatedAt(store, secret);
    row.secret = std::move(secret);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<SecretVersionRow>> ListVersions(StateStore& store,
                                                   const SecretPlace& place) {
  const SecretResource secret = TRY(ReadSecret(store, place.secret));
  TRY(CheckEnvironment(secret, place.environment));
  SecretTable& table = store.secrets();
  const auto pointer = TRY(table.FindPointer(secret.uid, place.environment));
  std::vector<SecretVersionRow> rows;
  for (const SecretVersion& version :
       TRY(table.ReadVersions(secret.uid, place.environment))) {
    const auto whole =
        TRY(table.FindVersion(secret.uid, place.environment, version.version));
    rows.push_back({version.version, version.created_at, version.created_by,
                    pointer && pointer->version == version.version,
                    !whole || whole->sealed.empty()});
  }
  return rows;
}

}  // namespace writ::reconciler
