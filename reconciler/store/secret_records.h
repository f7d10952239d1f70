// What the state keeps of values: key generations, sealed versions that never
// change, and for each secret and environment a pointer to the current one.
// Sealing, MACs and their meaning are reconciler/keys' and reconciler/secrets'
// (T-13); here they are bytes.
//
// Part of a StateStore: same thread, same transactions. Errors as there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/digest.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::reconciler {

// A master key that the state has known. The newest seals; older ones stay
// until nothing is sealed under them.
struct KeyGeneration {
  std::int64_t generation = 0;  // from 1
  // Of the state when the generation was made; bound into all that it seals.
  // A restore, which changes the state's own, leaves it.
  std::string lineage;
  Digest check_value;  // tells the right key from a wrong one (T-14)
  // While a rekey is on: this generation's key sealed under the one before,
  // and the one before sealed under this one. Empty: none.
  std::string wrapped;
  std::string unwraps_previous;
  Timestamp created_at;
  std::optional<Timestamp> retired_at;

  bool operator==(const KeyGeneration&) const = default;
};

struct SecretVersion {
  ResourceId secret;       // follows the resource's renames
  std::string secret_uid;  // of the resource; stays
  std::string environment;
  std::int64_t version = 0;  // from 1, never used twice
  std::int64_t key_generation = 0;
  std::string sealed;  // empty: destroyed
  Digest digest;       // of the value, under a key (T-25)
  Timestamp created_at;
  std::string created_by;

  bool operator==(const SecretVersion&) const = default;
};

// Which version is current; version 0: none, the value was unset.
struct SecretPointer {
  ResourceId secret;
  std::string secret_uid;
  std::string environment;
  std::int64_t version = 0;
  std::int64_t key_generation = 0;
  Digest mac;
  Timestamp moved_at;
  std::string moved_by;

  bool operator==(const SecretPointer&) const = default;
};

class SecretTable {
 public:
  virtual ~SecretTable() = default;

  // By generation; retired ones too.
  virtual Result<std::vector<KeyGeneration>> ReadKeyGenerations() = 0;
  // How many rows (values, pointers, credentials) a generation still holds.
  virtual Result<std::int64_t> CountUnder(std::int64_t generation) = 0;

  virtual Result<std::optional<SecretPointer>> FindPointer(
      const std::string& secret_uid, const std::string& environment) = 0;
  virtual Result<std::optional<SecretVersion>> FindVersion(
      const std::string& secret_uid, const std::string& environment,
      std::int64_t version) = 0;
  // Without `sealed`, newest first.
  virtual Result<std::vector<SecretVersion>> ReadVersions(
      const std::string& secret_uid, const std::string& environment) = 0;
  // Of every secret, by address and environment.
  virtual Result<std::vector<SecretPointer>> ReadPointers() = 0;
  // Versions sealed under a generation, at most `limit`.
  virtual Result<std::vector<SecretVersion>> ReadUnder(std::int64_t generation,
                                                       int limit) = 0;

  // REQUIRES of all below: a write transaction of the store is open; they are
  // part of it.

  // Inserts, or replaces the one of the same number.
  virtual Status WriteKeyGeneration(const KeyGeneration& generation) = 0;
  virtual Status RemoveKeyGeneration(std::int64_t generation) = 0;
  // kConflict where that version is there.
  virtual Status InsertVersion(const SecretVersion& version) = 0;
  // The same value sealed under another generation. kNotFound.
  virtual Status Reseal(const SecretVersion& version) = 0;
  // The sealed bytes go, the row stays. kNotFound.
  virtual Status DestroyVersion(const std::string& secret_uid,
                                const std::string& environment,
                                std::int64_t version) = 0;
  // Inserts or replaces; kConflict unless the pointer's version is `expected`
  // (0 also where there is none).
  virtual Status MovePointer(const SecretPointer& pointer,
                             std::int64_t expected) = 0;
};

}  // namespace writ::reconciler
