// What the master key opens: values are sealed under a key of their project,
// rows are authenticated under a key of their purpose, both derived from the
// 32-byte master key of a generation by HKDF-SHA256 (design, section 6; T-13).
//
//   seal     AES-256-GCM, random 96-bit nonce; nonce || ciphertext || tag
//   bound    lineage of the generation, its number, and all of SealContext
//   mac      HMAC-SHA256 over framed parts
//
// A ring holds every generation that its keys open. It was checked against the
// state's check values when it was opened: a wrong key never gets this far.
// Immutable; safe from any thread. Keys are wiped when it goes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "reconciler/clock.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/store/secret_records.h"
#include "schema/digest.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// What a sealed value is bound to; opening it as anything else fails.
struct SealContext {
  std::string project_uid;
  std::string secret_uid;
  std::string environment;
  std::int64_t version = 0;
};

class KeyRing {
 public:
  // Opens the state's generations with the key: its own, and while a rekey is
  // on its neighbours'. kPermission where the state was sealed under another
  // key, kNotFound where it has no generation yet (`writ secrets init`); each
  // says what to do. kCorrupt where a sealed neighbour was changed.
  static Result<KeyRing> Open(SecretTable& table, const MasterKey& key);
  // A ring of what the state has by now, with the keys of this one: what a
  // process that lasts asks for where this one lacks a generation. Errors as
  // Open's.
  Result<KeyRing> Refreshed(SecretTable& table) const;
  ~KeyRing();
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;

  // The generation that new rows are written under.
  std::int64_t newest() const;
  bool Has(std::int64_t generation) const;

  Result<std::string> Seal(const SealContext& context, const SecretValue& value,
                           Random& random) const;
  // kCorrupt where the bytes, or what they are bound to, were changed;
  // kNotFound where the ring lacks the generation.
  Result<SecretValue> Unseal(std::int64_t generation,
                             const SealContext& context,
                             std::string_view sealed) const;

  // `purpose` keeps uses apart: "credential", "secret-pointer", "audit". The
  // parts are framed, so that ("a","bc") and ("ab","c") differ. kNotFound.
  Result<Digest> Mac(std::int64_t generation, std::string_view purpose,
                     std::span<const std::string_view> parts) const;
  // Digest of a value that may lie in state, plans and markers (T-25): equal
  // values of one project have equal ones.
  Result<Digest> ValueDigest(std::int64_t generation,
                             const std::string& project_uid,
                             const SecretValue& value) const;

 private:
  struct Keys;
  explicit KeyRing(std::unique_ptr<Keys> keys);

  std::unique_ptr<Keys> keys_;
};

}  // namespace writ::reconciler
