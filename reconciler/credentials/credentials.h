// Credentials over the state: minted, made active once their value is where it
// should be, suspended, revoked, imported, verified.
//
//   mint ──> pending ──> active <──> suspended
//               │           │            │
//               └── void ───┴── revoke ──┴──> revoked, for good
//
// Guarantees
//   - A value is returned by Mint and kept nowhere; a row holds its digest, its
//     visible prefix and its rights.
//   - Each row is authenticated by a MAC (T-13), checked whenever it is read: a
//     row that fails is a verdict (kTampered) or kCorrupt, never served.
//   - What only takes away (Void, Revoke) needs no master key and works under
//     any clock (T-24): the file of revocations stands for the MAC.
//   - At most TokenTerms::max_active credentials of a slot (a Token, and the
//     target that one is dedicated to) are pending, active or suspended at
//     once; one more while a rotation makes up for a value that was lost.
//   - A rotation mints a credential once: its id follows from rotation,
//     generation and target.
//   - Every write has its audit entry, in the same transaction.
// Writers take the caller's transaction and leave committing to it; one that
// fails must not be committed.
//
// Belongs to the store's thread. Errors: kPermission where the master key is
// missing, kLimit, kConflict, kNotFound, and those of the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/credentials/terms.h"
#include "reconciler/credentials/verdict.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// Who does something, and why; for the audit and the row.
struct Author {
  std::string actor;
  std::string reason = {};
};

struct MintRequest {
  TokenTerms terms;
  std::string target = {};  // address: dedicated to that one; empty: shared
  // Of a rotation's: its id, and which try of it this is (from 1).
  std::string rotation = {};
  std::int64_t generation = 1;
  std::string basis = {};  // engine/rotation/wanted.h
  // Whose end it inherits where the terms have none: a rotated credential never
  // outlives what it replaces.
  std::optional<CredentialRecord> replaces = {};
};

struct Minted {
  CredentialRecord record;
  // Absent where the rotation's credential is active already: its value was
  // handed out then.
  std::optional<SecretValue> value;
  std::int64_t generation = 1;  // the one that it came to
};

struct ImportRequest {
  TokenTerms terms;
  Digest digest;     // SHA-256 of the token
  std::string hint;  // what may be shown; the family's prefix where empty
};

struct Verification {
  Verdict verdict = Verdict::kUnknown;
  // Of the row, where there is one that may be spoken of.
  std::optional<CredentialRecord> record;
  std::optional<CredentialRights> rights;
};

// "crd_" and 24 hexadecimal digits.
std::string CredentialIdOf(const std::string& rotation, std::int64_t generation,
                           const std::string& target);

class Credentials {
 public:
  // `keys` null: only reading, Void and Revoke work. Everything outlives this.
  Credentials(StateStore& store, const KeyRing* keys, const Clock& clock,
              Random& random)
      : store_(store), keys_(keys), clock_(clock), random_(random) {}

  bool has_keys() const { return keys_ != nullptr; }

  // A new pending credential. Of a rotation, one that is pending already is
  // void from now on, its value being lost, and the next generation is minted;
  // one that was handed out is returned without a value.
  Result<Minted> Mint(WriteTransaction& transaction, const MintRequest& request,
                      const Author& author);
  // Its value is where it should be. kConflict unless it is pending.
  Result<CredentialRecord> Activate(WriteTransaction& transaction,
                                    const std::string& id,
                                    const Author& author);
  // Its value went nowhere. kConflict unless it is pending.
  Status Void(WriteTransaction& transaction, const std::string& id,
              const Author& author);
  // kConflict unless it is active (suspended, for Resume).
  Result<CredentialRecord> Suspend(WriteTransaction& transaction,
                                   const std::string& id, const Author& author);
  Result<CredentialRecord> Resume(WriteTransaction& transaction,
                                  const std::string& id, const Author& author);
  // For good. One that is revoked already stays as it is.
  Result<CredentialRecord> Revoke(WriteTransaction& transaction,
                                  const std::string& id, const Author& author);
  // All of a Token's that aren't yet, pending ones too; how many. `token_uid`
  // keeps those of an earlier Token of the name out.
  Result<std::int64_t> RevokeAll(WriteTransaction& transaction,
                                 const ResourceId& token,
                                 const std::string& token_uid,
                                 const Author& author);
  // Pending ones of a Token that no rotation minted: whoever did is gone.
  Status VoidAbandoned(WriteTransaction& transaction, const ResourceId& token,
                       const std::string& token_uid, const Author& author);
  // An active credential whose value writ never saw. kConflict where the digest
  // is known.
  Result<CredentialRecord> Import(WriteTransaction& transaction,
                                  const ImportRequest& request,
                                  const Author& author);
  // Gives what is active or suspended the rights and the end that the terms say
  // now; how many changed. One whose end was seen stays ended (T-24), one that
  // was tampered with is left alone. Wants the key where something changes.
  Result<std::int64_t> Refresh(WriteTransaction& transaction,
                               const TokenTerms& terms, const Author& author);
  // Ends for good what has expired by now (T-24); how many.
  Result<std::int64_t> EndExpired(WriteTransaction& transaction,
                                  const ResourceId& token);
  // What a person said of the Token as a whole, for plans and lists: "revoked
  // by X on D", "suspended …"; empty once one is active again. Moves the
  // Token's generation only where that changes.
  Status UpdateTokenStatus(WriteTransaction& transaction,
                           const ResourceId& token);
  // Leaves word of a row whose MAC doesn't hold.
  Status AuditTampering(WriteTransaction& transaction,
                        const CredentialRecord& record, const Author& author);

  Result<Verification> Verify(std::string_view token,
                              const std::optional<IpAddress>& address);
  // By id; kNotFound. Not authenticated: for showing.
  Result<CredentialRecord> Find(const std::string& id);
  // True where the MAC holds, or the revocation stands without one.
  bool IsAuthentic(const CredentialRecord& record) const;
  // No earlier than what any writer of the state saw (T-24).
  Result<Timestamp> EffectiveNow() const;

 private:
  Status WantKeys() const;
  Result<CredentialRecord> FindAuthentic(const std::string& id);
  Status CheckSlot(const TokenTerms& terms, const std::string& target);
  Result<CredentialRecord> MakeRecord(const MintRequest& request,
                                      const std::string& id,
                                      const SecretValue& value,
                                      const Author& author);
  // Writes a changed row, signed where the key is there, and its audit entry.
  Status Write(WriteTransaction& transaction, CredentialRecord& record,
               const std::string& action, const Author& author);
  Status End(WriteTransaction& transaction, CredentialRecord record,
             const std::string& action, const Author& author);
  Status Audit(WriteTransaction& transaction, const CredentialRecord& record,
               const std::string& action, const Author& author);

  StateStore& store_;
  const KeyRing* keys_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace writ::reconciler
