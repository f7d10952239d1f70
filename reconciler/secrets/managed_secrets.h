// The values that writ keeps itself: immutable versions sealed under the key of
// their project, and for each secret and environment a pointer to the current
// one, authenticated under a key too (T-13). What writes does it in one
// transaction with its audit entry, which never holds a value, and takes effect
// at once (S-46).
//
// Works on a store in the store's thread. The ring is the caller's; where the
// state has a newer key by now, each function ends kConflict before it wrote
// anything: do it again with KeyRing::Refreshed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/secrets/secret_resource.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// One value's place: which secret, in which of its project's environments.
struct SecretPlace {
  ResourceId secret;
  std::string environment;
};

class ManagedSecrets {
 public:
  struct Written {
    std::int64_t version = 0;  // current after it
    bool changed = false;      // false: that was the value already
  };
  struct Revealed {
    SecretValue value;
    std::int64_t version = 0;
  };

  ManagedSecrets(StateStore& store, const KeyRing& ring, const Clock& clock,
                 Random& random)
      : store_(store), ring_(ring), clock_(clock), random_(random) {}

  // A new version, current from now on; none where the value is the same.
  // kNotFound, kInvalidArgument (environment, type, a source outside),
  // kLimit, kConflict.
  Result<Written> Set(const SecretPlace& place, const SecretValue& value,
                      const std::string& actor);
  // Makes an earlier version current again. kNotFound for one that isn't there
  // or was destroyed.
  Result<Written> Rollback(const SecretPlace& place, std::int64_t version,
                           const std::string& actor);
  // Destroys every version; for good (S-45). How many there were.
  Result<std::int64_t> Unset(const SecretPlace& place,
                             const std::string& actor);

  // The current value. kNotFound where there is none; kCorrupt where a row is
  // not what was written (T-13), which the audit keeps, once for each, as far
  // as the store can be written.
  Result<Revealed> Reveal(const SecretResource& secret,
                          const std::string& environment);

 private:
  // The secret, managed and for that environment; the keys still the newest.
  Result<SecretResource> Find(const SecretPlace& place);
  // Null where there is none. kCorrupt where its MAC fails.
  Result<std::optional<SecretPointer>> FindPointer(
      const SecretResource& secret, const std::string& environment);
  Result<SecretValue> Unseal(const SecretResource& secret,
                             const SecretVersion& version) const;
  Result<Revealed> Open(const SecretResource& secret,
                        const std::string& environment);
  // Points at `version`, whatever the pointer says that lies there.
  Status Move(const SecretResource& secret, const SecretPlace& place,
              std::int64_t version, const std::string& actor);
  void AuditRejected(const SecretResource& secret,
                     const std::string& environment, const Error& error);

  StateStore& store_;
  const KeyRing& ring_;
  const Clock& clock_;
  Random& random_;
  std::set<std::string> rejected_;  // what the audit was told of
};

// What may be shown of a secret; never a value. Needs no key.
struct SecretRow {
  struct Current {
    std::int64_t version = 0;
    Timestamp since;
    std::string by;
  };
  SecretResource secret;
  std::optional<Timestamp> created_at;
  std::map<std::string, Current> current;  // by environment
  // Environments in which a required, managed secret has no value.
  std::vector<std::string> missing;
};

// S-40, S-42: by key.
Result<std::vector<SecretRow>> ListSecrets(StateStore& store,
                                           const std::string& project);

struct SecretVersionRow {
  std::int64_t version = 0;
  Timestamp created_at;
  std::string created_by;
  bool is_current = false;
  bool is_destroyed = false;
};

// Newest first.
Result<std::vector<SecretVersionRow>> ListVersions(StateStore& store,
                                                   const SecretPlace& place);

// Pointers' MAC, for what seals them anew (rekey.h).
Result<Digest> PointerMac(const KeyRing& ring, const std::string& project_uid,
                          const SecretPointer& pointer);
SealContext ContextOf(const std::string& project_uid,
                      const SecretVersion& version);

}  // namespace writ::reconciler
