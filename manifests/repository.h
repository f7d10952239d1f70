// writ.yaml: what a configuration repository says about itself. Read and
// validated like any document (kind Repository), then put into this struct.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/resource.h"
#include "schema/result.h"
#include "schema/validator.h"
#include "schema/value.h"

namespace writ::manifests {

// Ends a plan with exit code 5 beyond these (design, "Safety").
struct SafetyLimits {
  double max_delete_percent = 30;
  double max_update_percent = 30;
  std::int64_t min_existing = 10;

  bool operator==(const SafetyLimits&) const = default;
};

struct EnvironmentConfig {
  std::string name;
  std::string state;               // "sqlite:state/staging", "https://…", ""
  std::string secret_environment;  // the environment's own name by default
  SourceRange secret_environment_at;  // line 0: not written
  // Folders, relative to the root, as CleanFolder leaves them.
  std::vector<std::string> overlays;
  Value variables;  // a map; overrides the repository's
  Value trust;      // as written, defaults filled in
  Value sync;
  Value enforcement;
};

struct RepositoryConfig {
  std::string name;                  // the owner written on every live object
  std::vector<std::string> include;  // globs; empty: every YAML file but
                                     // writ.yaml, overlays and *.test.yaml
  std::vector<std::string> exclude;
  std::string default_environment;
  Value variables;  // a map
  std::map<std::string, EnvironmentConfig> environments;
  SafetyLimits safety;
  std::vector<std::string> policy_packs;
};

// From what ValidateDocument made of writ.yaml.
// REQUIRES: a resource of kind Repository.
RepositoryConfig ToRepositoryConfig(const Resource& repository);

// The environment of that name; of no name, the default one or the only one.
// kInvalidArgument, with the names there are, where there is none.
Result<const EnvironmentConfig*> FindEnvironment(
    const RepositoryConfig& repository, const std::string& name);

}  // namespace writ::manifests
