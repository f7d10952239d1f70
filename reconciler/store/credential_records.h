// What the state keeps of credentials: a row for each that was ever issued,
// found by the SHA-256 of the whole token. The token itself is nowhere.
//
// A row is authenticated by who writes it (reconciler/credentials, T-13): the
// table neither makes nor checks its MAC. Every write moves the row's sequence
// above all others, so that who caches credentials reads only what changed.
// A revocation is kept as a digest in a file beside the database as well, made
// durable before the transaction that it belongs to, and outlives a restore
// (T-10).
//
// Part of a StateStore: same thread, same transactions. Errors as there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "schema/digest.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

enum class CredentialStatus : std::uint8_t {
  kPending,  // minted; nobody has its value yet, and it opens nothing (T-19)
  kActive,
  kSuspended,  // by a person, who may resume it
  kRevoked,    // for good; also a pending one whose value went nowhere
};

struct CredentialRecord {
  std::string id;         // "crd_…"; what logs and the audit say of it
  ResourceId token;       // follows the resource's renames
  std::string token_uid;  // of the resource; stays
  std::string target;  // address of the one deploy target it is for, or empty
  std::string family;  // "vela_cs_" (schema/credential/token_format.h)
  Digest digest;       // SHA-256 of the token
  std::string hint;    // the prefix that may be shown
  CredentialStatus status = CredentialStatus::kPending;
  std::string rights;  // canonical JSON: what it may do, where, from where
  Timestamp issued_at;
  std::string issued_by;  // an actor
  std::optional<Timestamp> not_before;
  std::optional<Timestamp> expires_at;  // final once seen (T-24)
  // When its schedule wants another, and what its token asked for when it was
  // issued (engine/rotation/wanted.h). They say when to look, and open nothing:
  // no MAC covers them.
  std::optional<Timestamp> rotate_at;
  std::string basis;
  std::string rotation;               // id of the one that minted it, or empty
  std::optional<Timestamp> ended_at;  // suspended or revoked
  std::string ended_by;
  std::string ended_why;
  std::int64_t sequence = 0;  // given by the table
  std::int64_t key_generation = 0;
  Digest mac;

  bool operator==(const CredentialRecord&) const = default;
};

class CredentialTable {
 public:
  virtual ~CredentialTable() = default;

  virtual Result<std::optional<CredentialRecord>> FindByDigest(
      const Digest& digest) = 0;
  virtual Result<std::optional<CredentialRecord>> FindById(
      const std::string& id) = 0;
  // Of one Token, newest first.
  virtual Result<std::vector<CredentialRecord>> ReadOf(
      const ResourceId& token) = 0;
  // All, or those above a sequence, by sequence.
  virtual Result<std::vector<CredentialRecord>> ReadSince(
      std::int64_t sequence) = 0;
  // The first of those above a sequence: for who has many to read.
  virtual Result<std::vector<CredentialRecord>> ReadNext(std::int64_t sequence,
                                                         int limit) = 0;
  // Active ones whose rotate_at has come, earliest first; and the earliest
  // that is still to come.
  virtual Result<std::vector<CredentialRecord>> ReadDue(Timestamp now,
                                                        int limit) = 0;
  virtual Result<std::optional<Timestamp>> NextDue(Timestamp after) = 0;
  // True where the file beside the database has the digest, whatever the row
  // says.
  virtual bool IsRevokedForGood(const Digest& digest) const = 0;

  // REQUIRES of all below: a write transaction of the store is open; they are
  // part of it.

  // kConflict where the id or the digest is there already.
  virtual Status Insert(const CredentialRecord& record) = 0;
  // Everything but id, uid, digest and family. A revoked one stays revoked:
  // kConflict. kNotFound.
  virtual Status Update(const CredentialRecord& record) = 0;
  // rotate_at and basis alone; the sequence stays. kNotFound.
  virtual Status Schedule(const std::string& id,
                          const std::optional<Timestamp>& rotate_at,
                          const std::string& basis) = 0;
};

}  // namespace writ::reconciler
