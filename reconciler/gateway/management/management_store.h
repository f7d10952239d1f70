// What Vela's management API shows and changes of a state: apps, their keys and
// event schemas, client secrets. All of it within the caller's workspace; what
// is of another isn't there.
//
// What is made here is unmanaged live state, judged as a manifest would be.
// What git declares is refused with the file and line that own it, unless its
// app allows managementWrites; it is drift then.
//
// Belongs to one thread. Blocks on disk. Errors: kInvalidArgument, kNotFound,
// kConflict, and those of the store.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/credentials/credentials.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/management/management_scope.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/store/state_store.h"
#include "schema/resource.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

struct ManagementOptions {
  std::string folder;
  const Clock* clock = nullptr;
  Random* random = nullptr;
};

class ManagementStore {
 public:
  // Clock and random outlive it.
  static Result<std::unique_ptr<ManagementStore>> Open(
      const ManagementOptions& options, const KeyRing& keys);

  StateStore& state() { return *store_; }

  // `app` is a name, a slug or a uid.
  Result<Value> ListApps(const Principal& caller);
  Result<Value> GetApp(const Principal& caller, const std::string& app);
  // {app, apiKey}: the key is shown here and never again (S-11).
  Result<Value> CreateApp(const Principal& caller, const Value& body);
  Result<Value> ChangeApp(const Principal& caller, const std::string& app,
                          const Value& body);
  // With what belongs to it; its keys are revoked.
  Result<Value> DeleteApp(const Principal& caller, const std::string& app);
  // S-13: the old ones are revoked at once.
  Result<Value> RotateKey(const Principal& caller, const std::string& app);

  Result<Value> ListSchemas(const Principal& caller, const std::string& app);
  Result<Value> GetSchema(const Principal& caller, const std::string& app,
                          const std::string& event);
  Result<Value> CreateSchema(const Principal& caller, const std::string& app,
                             const Value& body);
  // `schema` is a uid or the event's name; lists replace lists.
  Result<Value> ChangeSchema(const Principal& caller, const std::string& app,
                             const std::string& schema, const Value& body);
  Result<Value> DeleteSchema(const Principal& caller, const std::string& app,
                             const std::string& schema);

  Result<Value> ListSecrets(const Principal& caller);
  // {…, clientSecret}: shown here and never again (S-02).
  Result<Value> CreateSecret(const Principal& caller, const Value& body);
  Result<Value> RevokeSecret(const Principal& caller,
                             const std::string& credential);

 private:
  ManagementStore(const ManagementOptions& options,
                  std::unique_ptr<StateStore> store, KeyRing keys);

  Result<Value> AppToValue(const engine::LiveResource& app);
  struct Issued {
    CredentialRecord record;
    std::string value;
  };
  Result<Issued> Issue(const ResourceId& token, const Author& author);
  Status RevokeActive(const std::vector<ResourceId>& tokens,
                      const std::optional<std::string>& but,
                      const Author& author);
  Status RefreshKeys();

  ManagementOptions options_;
  std::unique_ptr<StateStore> store_;
  KeyRing keys_;
  ManagementScope scope_;
  std::optional<Credentials> credentials_;
};

}  // namespace writ::reconciler::gateway
