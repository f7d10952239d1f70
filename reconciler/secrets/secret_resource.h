// A Secret as live, read from the state: what its manifest says of it, and the
// project that it belongs to. Its values are elsewhere (managed_secrets.h).
// Plain values; the functions read the store, in its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/snapshot.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler {

enum class SecretType : std::uint8_t { kString, kBoolean, kNumber, kJson };

std::string_view Name(SecretType type);
// A string where it is none of the four.
SecretType ParseSecretType(std::string_view name);

struct SecretResource {
  ResourceId id;    // Secret/payments/SLACK_WEBHOOK_URL
  std::string uid;  // stays when it is renamed
  std::string project_uid;
  SecretType type = SecretType::kString;
  std::string description;
  std::vector<std::string> environments;  // of the project's; "all" expanded
  bool required = false;
  std::vector<std::string> usable_by;  // addresses
  std::string source;                  // "managed", "env", "vault", …
  Value source_spec;                   // what stands below that word
  Duration cache_for{};
  std::optional<std::string> owner;  // none: made without a manifest
  engine::Provenance provenance;
  std::optional<Timestamp> changed_at;

  std::string key() const { return std::string(id.name()); }
  std::string project() const { return std::string(id.parent()); }
  bool is_managed() const { return source == "managed"; }
};

struct ProjectResource {
  std::string name;
  std::string uid;
  std::vector<std::string> environments;
};

// kNotFound, with the names there are.
Result<ProjectResource> ReadProject(StateStore& store, const std::string& name);
Result<std::vector<ProjectResource>> ReadProjects(StateStore& store);
// kNotFound, with a near key where there is one. Keys are case-sensitive.
Result<SecretResource> ReadSecret(StateStore& store, const ResourceId& id);
// By key. kNotFound where there is no such project.
Result<std::vector<SecretResource>> ReadSecretsOf(StateStore& store,
                                                  const std::string& project);

// kInvalidArgument where the secret has no values in that environment.
Status CheckEnvironment(const SecretResource& secret,
                        const std::string& environment);
// T-02: a secret serves resources of its own project, and those that it names.
// kPermission.
Status MayUse(const SecretResource& secret, const ResourceId& user);

}  // namespace writ::reconciler
