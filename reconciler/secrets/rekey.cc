#include "reconciler/secrets/rekey.h"

#include <algorithm>
#include <utility>

#include "reconciler/keys/ciphers.h"
#include "reconciler/keys/key_generation.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_resource.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

Status Commit(const Rekeying& rekeying, WriteTransaction& transaction,
              const std::string& action, const Value& details) {
  AuditEntry entry;
  entry.at = rekeying.clock.Now();
  entry.actor = rekeying.actor;
  entry.action = action;
  entry.details = CanonicalJson(details);
  TRY(transaction.AppendAudit(entry));
  return transaction.Commit();
}

Value About(std::int64_t generation) {
  Value details;
  details.Set("generation", generation);
  return details;
}

bool IsRekeying(const std::vector<KeyGeneration>& generations) {
  return std::any_of(
      generations.begin(), generations.end(), [](const KeyGeneration& one) {
        return !one.wrapped.empty() || !one.unwraps_previous.empty();
      });
}

// The key of the state's newest generation, from one that opens it.
Result<SecretValue> NewestKey(const std::vector<KeyGeneration>& generations,
                              const MasterKey& key) {
  const auto own = FindGeneration(generations, key.bytes);
  auto at = std::find(generations.begin(), generations.end(),
                      own.value_or(generations.back()));
  SecretValue bytes = key.bytes.Clone();
  while (at + 1 != generations.end()) {
    bytes = TRY(UnwrapNext(*at, bytes, *(at + 1)));
    ++at;
  }
  return bytes;
}

// One transaction's worth of sealing anew.
class Batch {
 public:
  Batch(const Rekeying& rekeying, const KeyRing& ring)
      : rekeying_(rekeying), ring_(ring), table_(rekeying.store.secrets()) {}

  Status Values();
  Status Pointers();
  Status Credentials();
  Resealed Take() { return std::move(resealed_); }
  std::int64_t rows() const { return resealed_.rows; }

 private:
  bool is_full() const { return resealed_.rows >= kResealBatch; }
  bool IsOld(std::int64_t generation) const {
    return generation != ring_.newest();
  }
  void Reject(const ResourceId& id, const std::string& environment) {
    resealed_.rejected.push_back(
        id.address() + (environment.empty() ? "" : " in " + environment));
  }
  Result<bool> Reseal(SecretVersion version);
  // False where none of the first `limit` rows could be, and there are more.
  Result<bool> ResealUnder(std::int64_t generation, int limit);
  Result<bool> Sign(SecretPointer pointer);
  // Of the row's secret, deleted ones too: their values can come back.
  Result<std::optional<std::string>> ProjectUid(const ResourceId& secret);

  const Rekeying& rekeying_;
  const KeyRing& ring_;
  SecretTable& table_;
  Resealed resealed_;
};

Result<std::optional<std::string>> Batch::ProjectUid(const ResourceId& secret) {
  const ResourceId id("Project", secret.parent());
  const auto rows = TRY(rekeying_.store.ReadResources(std::span(&id, 1)));
  if (!rows.empty()) return std::optional(rows.front().uid);
  for (const DeletedResource& deleted : TRY(rekeying_.store.ReadDeleted())) {
    if (deleted.resource.live.id == id) {
      return std::optional(deleted.resource.live.uid);
    }
  }
  return std::optional<std::string>();
}

Result<bool> Batch::Reseal(SecretVersion version) {
  const auto project = TRY(ProjectUid(version.secret));
  if (!version.sealed.empty()) {
    if (!project) return false;
    const SealContext context = ContextOf(*project, version);
    auto value = ring_.Unseal(version.key_generation, context, version.sealed);
    if (!value && value.error().code == ErrorCode::kCorrupt) return false;
    if (!value) return tl::unexpected<Error>(value.error());
    version.sealed = TRY(ring_.Seal(context, *value, rekeying_.random));
    version.digest = TRY(ring_.ValueDigest(ring_.newest(), *project, *value));
  }
  version.key_generation = ring_.newest();
  TRY(table_.Reseal(version));
  return true;
}

Result<bool> Batch::ResealUnder(std::int64_t generation, int limit) {
  const auto rows = TRY(table_.ReadUnder(generation, limit));
  std::vector<const SecretVersion*> rejected;
  bool is_moved = false;
  for (const SecretVersion& row : rows) {
    if (is_full()) return true;
    if (TRY(Reseal(row))) {
      ++resealed_.rows;
      is_moved = true;
    } else {
      rejected.push_back(&row);
    }
  }
  if (!is_moved && static_cast<int>(rows.size()) == limit) return false;
  for (const SecretVersion* row : rejected) {
    Reject(row->secret, row->environment);
  }
  return true;
}

Status Batch::Values() {
  for (const KeyGeneration& generation : TRY(table_.ReadKeyGenerations())) {
    if (!IsOld(generation.generation)) continue;
    // Rows that are rejected stay in front of those that aren't.
    int limit = kResealBatch;
    while (!TRY(ResealUnder(generation.generation, limit))) limit *= 2;
  }
  return {};
}

Result<bool> Batch::Sign(SecretPointer pointer) {
  const auto project = TRY(ProjectUid(pointer.secret));
  if (!project) return false;
  const Digest mac = TRY(PointerMac(ring_, *project, pointer));
  if (!SameDigest(mac, pointer.mac)) return false;
  pointer.key_generation = ring_.newest();
  pointer.mac = TRY(PointerMac(ring_, *project, pointer));
  TRY(table_.MovePointer(pointer, pointer.version));
  return true;
}

Status Batch::Pointers() {
  for (const SecretPointer& pointer : TRY(table_.ReadPointers())) {
    if (is_full()) break;
    if (!IsOld(pointer.key_generation)) continue;
    if (TRY(Sign(pointer))) {
      ++resealed_.rows;
    } else {
      Reject(pointer.secret, pointer.environment);
    }
  }
  return {};
}

Status Batch::Credentials() {
  for (CredentialRecord& row :
       TRY(rekeying_.store.credentials().ReadSince(0))) {
    if (is_full()) break;
    if (!IsOld(row.key_generation)) continue;
    if (!TRY(rekeying_.sign_credential(ring_, row))) {
      Reject(row.token, row.id);
      continue;
    }
    TRY(rekeying_.store.credentials().Update(row));
    ++resealed_.rows;
  }
  return {};
}

}  // namespace

Result<bool> InitializeKey(const Rekeying& rekeying, const MasterKey& key) {
  auto transaction = TRY(rekeying.store.BeginWrite(""));
  SecretTable& table = rekeying.store.secrets();
  const auto generations = TRY(table.ReadKeyGenerations());
  if (!generations.empty()) {
    if (Opens(key.bytes, generations.back())) return false;
    return Fail(
        ErrorCode::kConflict,
        "the state has another master key than the one in " + key.source,
        "to replace it: writ secrets rekey --new-key-file FILE");
  }
  const StateFacts facts = TRY(rekeying.store.ReadFacts());
  TRY(table.WriteKeyGeneration(
      MakeKeyGeneration(1, facts.lineage, key, rekeying.clock.Now())));
  TRY(Commit(rekeying, *transaction, "key.init", About(1)));
  return true;
}

Result<std::int64_t> StartRekey(const Rekeying& rekeying,
                                const MasterKey& current,
                                const MasterKey& next) {
  auto transaction = TRY(rekeying.store.BeginWrite(""));
  SecretTable& table = rekeying.store.secrets();
  TRY(KeyRing::Open(table, current));
  const auto generations = TRY(table.ReadKeyGenerations());
  const KeyGeneration& newest = generations.back();
  if (Opens(next.bytes, newest)) {
    if (!newest.wrapped.empty()) return newest.generation;
    return Fail(ErrorCode::kInvalidArgument,
                next.source + " holds the key that the state has already",
                "a rekey wants a new one; this makes it: writ secrets rekey "
                "--new-key-file FILE --create");
  }
  const SecretValue bytes = TRY(NewestKey(generations, current));
  const StateFacts facts = TRY(rekeying.store.ReadFacts());
  KeyGeneration made = MakeKeyGeneration(newest.generation + 1, facts.lineage,
                                         next, rekeying.clock.Now());
  WrapBothWays(made, next.bytes, newest, bytes, rekeying.random);
  TRY(table.WriteKeyGeneration(made));
  TRY(Commit(rekeying, *transaction, "key.rekey", About(made.generation)));
  return made.generation;
}

Result<Resealed> ResealBatch(const Rekeying& rekeying, const KeyRing& ring) {
  auto transaction = TRY(rekeying.store.BeginWrite(""));
  Batch batch(rekeying, ring);
  TRY(batch.Values());
  TRY(batch.Pointers());
  TRY(batch.Credentials());
  if (batch.rows() == 0) return batch.Take();
  Value details = About(ring.newest());
  details.Set("rows", batch.rows());
  TRY(Commit(rekeying, *transaction, "key.reseal", details));
  return batch.Take();
}

Result<bool> FinishRekey(const Rekeying& rekeying, const KeyRing& ring) {
  auto transaction = TRY(rekeying.store.BeginWrite(""));
  SecretTable& table = rekeying.store.secrets();
  auto generations = TRY(table.ReadKeyGenerations());
  if (!IsRekeying(generations)) return false;
  if (generations.back().generation != ring.newest()) {
    return Fail(ErrorCode::kConflict, "another rekey was begun meanwhile",
                "do it again");
  }
  std::int64_t held = 0;
  for (std::size_t i = 0; i + 1 < generations.size(); ++i) {
    held += TRY(table.CountUnder(generations[i].generation));
  }
  if (held > 0) {
    return Fail(ErrorCode::kUnsafe,
                std::to_string(held) +
                    " rows are still sealed under the old master key",
                "go on: writ secrets rekey --new-key-file FILE");
  }
  for (KeyGeneration& generation : generations) {
    if (generation.generation != ring.newest() && !generation.retired_at) {
      generation.retired_at = rekeying.clock.Now();
    }
    generation.wrapped.clear();
    generation.unwraps_previous.clear();
    TRY(table.WriteKeyGeneration(generation));
  }
  TRY(Commit(rekeying, *transaction, "key.finish", About(ring.newest())));
  return true;
}

Result<KeyCheck> CheckKey(SecretTable& table, const MasterKey& key) {
  const auto generations = TRY(table.ReadKeyGenerations());
  KeyCheck check;
  if (generations.empty()) return check;
  check.newest = generations.back().generation;
  check.is_rekeying = IsRekeying(generations);
  const auto own = FindGeneration(generations, key.bytes);
  if (own) check.generation = own->generation;
  auto ring = KeyRing::Open(table, key);
  if (!ring && ring.error().code != ErrorCode::kPermission) {
    return tl::unexpected<Error>(ring.error());
  }
  check.opens = ring.has_value();
  return check;
}

}  // namespace writ::reconciler
