// How a generation of the master key is made, recognised, and tied to the one
// before it while a rekey is on:
//
//   check_value       HMAC under the key: tells the right key from a wrong one
//   wrapped           this generation's key, sealed under the one before
//   unwraps_previous  the key of the one before, sealed under this one
//
// so that a process that has either key opens what either sealed (T-14). What
// is sealed is bound to both numbers and lineages. Pure but for the nonces.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/store/secret_records.h"
#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

// A generation, and the master key that is its own.
struct GenerationKey {
  std::int64_t number = 0;
  std::string lineage;
  SecretValue bytes;
};

// REQUIRES: a key of kMasterKeySize bytes, here and below.
KeyGeneration MakeKeyGeneration(std::int64_t number, const std::string& lineage,
                                const MasterKey& key, Timestamp now);

// True where the bytes are the generation's own key.
bool Opens(const SecretValue& bytes, const KeyGeneration& generation);
// The one whose own key that is; the newest first.
std::optional<KeyGeneration> FindGeneration(
    std::span<const KeyGeneration> generations, const SecretValue& bytes);

// Fills in `wrapped` and `unwraps_previous` of `next`.
void WrapBothWays(KeyGeneration& next, const SecretValue& next_key,
                  const KeyGeneration& previous,
                  const SecretValue& previous_key, Random& random);

// Of two neighbours, the other's key. kCorrupt where the sealed key was
// changed, kNotFound where none is there: the rekey is over.
Result<SecretValue> UnwrapNext(const KeyGeneration& previous,
                               const SecretValue& previous_key,
                               const KeyGeneration& next);
Result<SecretValue> UnwrapPrevious(const KeyGeneration& next,
                                   const SecretValue& next_key,
                                   const KeyGeneration& previous);

}  // namespace writ::reconciler
