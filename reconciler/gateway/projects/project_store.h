// A project's configuration over the state: what it holds for an environment,
// its keys and their types, values written and removed. Values only ever leave
// in what ReadConfig returns; each read and write has its entry in the audit,
// by keys (T-13, T-16).
//
// The project is named as a path names it, by name or uid; one that the
// credential isn't for is answered as an invalid key, whether it is there or
// not.
//
// Belongs to one thread. Blocks on disk, and on outside sources as
// SecretReader says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/clock.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/projects/project_error.h"
#include "reconciler/host/host_file.h"
#include "reconciler/keys/key_ring.h"
#include "reconciler/secrets/managed_secrets.h"
#include "reconciler/secrets/secret_reader.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {

struct ProjectStoreOptions {
  std::string folder;
  HostFile host;
  const Clock* clock = nullptr;
  Random* random = nullptr;
  std::function<std::optional<std::string>(const char* name)> variable;
};

class ProjectStore {
 public:
  // `keys` of that state. Clock and random outlive it.
  static Result<std::unique_ptr<ProjectStore>> Open(ProjectStoreOptions options,
                                                    const KeyRing& keys);

  // A flat object of JSON, KEY → typed value; keys without one are left out.
  ProjectResult<std::string> ReadConfig(const Principal& caller,
                                        const std::string& project,
                                        const std::string& environment);
  ProjectResult<Value> ReadSchema(const Principal& caller,
                                  const std::string& project);
  // Additive: makes keys, changes types and scopes of those that no manifest
  // declares, deletes nothing. 409 where `version` is behind, or git owns what
  // differs.
  ProjectResult<Value> PutSchema(const Principal& caller,
                                 const std::string& project, const Value& body);
  // All are judged before the first is written.
  ProjectResult<Value> PutSecrets(const Principal& caller,
                                  const std::string& project,
                                  const Value& body);
  ProjectResult<Value> RemoveSecrets(const Principal& caller,
                                     const std::string& project,
                                     const Value& body);
  // {projectId, version, environments} once it is changed. A project that git
  // declares is left to git: 409. By the project's own key.
  ProjectResult<Value> AddEnvironment(const Principal& caller,
                                      const std::string& project,
                                      const Value& body);
  // By an account token of its workspace. Only without values: those are sealed
  // for the environment's name.
  ProjectResult<Value> RenameEnvironment(const Principal& caller,
                                         const std::string& project,
                                         const Value& body);
  // Only without values and where no key names it.
  ProjectResult<Value> RemoveEnvironment(const Principal& caller,
                                         const std::string& project,
                                         const Value& body);
  // Of an account token's workspace.
  ProjectResult<Value> ListProjects(const Principal& caller);
  ProjectResult<Value> CreateProject(const Principal& caller,
                                     const Value& body);

 private:
  ProjectStore(ProjectStoreOptions options, std::unique_ptr<StateStore> store,
               KeyRing keys);

  // The caller's own project, or the answer to an invalid key.
  ProjectResult<ProjectResource> Find(const Principal& caller,
                                      const std::string& project);
  // One of the account token's workspace.
  ProjectResult<ProjectResource> FindOwn(const Principal& caller,
                                         const std::string& project);
  struct EnvironmentUse {
    bool has_values = false;
    std::vector<ResourceId> named_by;  // keys that don't have all
  };
  Result<EnvironmentUse> UseOf(const ProjectResource& project,
                               const std::string& environment);
  ProjectResult<Value> ReplaceEnvironments(
      const Principal& caller, const ProjectResource& project,
      const std::vector<std::string>& environments, const std::string& action);
  Status RenameInKey(const ResourceId& key, const std::string& from,
                     const std::string& to, const std::string& actor);
  // Moves with each change of the project or one of its keys.
  Result<std::int64_t> SchemaVersionOf(const ProjectResource& project);
  Status RefreshKeys();
  Status Audit(const Principal& caller, const std::string& action,
               const std::string& subject, const std::string& environment,
               const std::vector<std::string>& keys);

  ProjectStoreOptions options_;
  std::unique_ptr<StateStore> store_;
  KeyRing keys_;
  CurlHttpClient http_;
  std::optional<ManagedSecrets> managed_;
  std::optional<SecretReader> reader_;
};

}  // namespace writ::reconciler::gateway
