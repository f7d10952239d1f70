// The state's master key: the first one, another one, and telling which one it
// is (T-14). A rekey has no moment without service:
//
//   StartRekey    the new generation, each key sealed under the other: from now
//                 on processes with either key open everything, and write
//                 under the new one
//   ResealBatch   what the old ones hold, sealed anew, a bounded transaction at
//                 a time; again until nothing is left
//   FinishRekey   the sealed keys go: only the new key opens the state
//
// Each is one transaction a call, with its audit entry; killed at any write,
// what was there is readable with either key, and doing it again goes on where
// it stopped.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/store/credential_records.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

inline constexpr int kResealBatch = 200;  // rows in a transaction

// Checks the row's MAC under its own generation and makes one under the ring's
// newest. False: the MAC is wrong, and the row stays as it is (T-13).
using SignCredentialRow =
    std::function<Result<bool>(const KeyRing& ring, CredentialRecord& row)>;

struct Rekeying {
  StateStore& store;
  const Clock& clock;
  Random& random;
  std::string actor;
  SignCredentialRow sign_credential;
};

// Generation 1. False where the state has that very key already; kConflict
// where it has another.
Result<bool> InitializeKey(const Rekeying& rekeying, const MasterKey& key);

// Makes the next generation; its number. The same call with the same key goes
// on with an unfinished rekey. kInvalidArgument where the new key is the old
// one, kPermission where the old one isn't the state's.
Result<std::int64_t> StartRekey(const Rekeying& rekeying,
                                const MasterKey& current,
                                const MasterKey& next);

struct Resealed {
  std::int64_t rows = 0;  // sealed anew by this call
  // What is not what was written, by address; it is left alone.
  std::vector<std::string> rejected;
  bool done() const { return rows == 0; }
};

// At most kResealBatch rows. REQUIRES: the ring is of StartRekey's state.
Result<Resealed> ResealBatch(const Rekeying& rekeying, const KeyRing& ring);

// kUnsafe while older generations hold rows; false where no rekey is on.
Result<bool> FinishRekey(const Rekeying& rekeying, const KeyRing& ring);

// What a key is to a state. Opens nothing.
struct KeyCheck {
  std::int64_t newest = 0;      // 0: the state has no key
  std::int64_t generation = 0;  // whose own key it is; 0: none's
  bool opens = false;           // everything that the state holds
  bool is_rekeying = false;
};
Result<KeyCheck> CheckKey(SecretTable& table, const MasterKey& key);

}  // namespace writ::reconciler
