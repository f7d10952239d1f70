// What the tests of manifest sets share: a repository in memory, and what is
// loaded from it.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/manifest_set.h"
#include "schema/json.h"
#include "tests/support/memory_source.h"

namespace writ::manifests {

inline constexpr const char* kRepository = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: acme}
spec:
  defaultEnvironment: staging
  variables: {channel: "#alerts", keep: 30d, block: true}
  environments:
    staging:
      overlays: [environments/staging]
    production:
      overlays: [environments/production, environments/shared/]
      variables: {channel: "#oncall"}
)";

inline std::string Workspace(const std::string& name) {
  return "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: " + name +
         "}\nspec: {displayName: Acme Inc}\n";
}
inline std::string App(const std::string& name, const std::string& more = "") {
  return "apiVersion: writ/v1\nkind: App\nmetadata: {name: " + name +
         ", labels: {team: payments}}\nspec:\n  workspace: acme\n"
         "  displayName: An App\n" +
         more;
}
inline std::string Project(const std::string& name) {
  return "apiVersion: writ/v1\nkind: Project\nmetadata: {name: " + name +
         "}\nspec: {workspace: acme}\n";
}
inline std::string ApiKey(const std::string& name, const std::string& app) {
  return "apiVersion: writ/v1\nkind: Token\nmetadata: {name: " + name +
         "}\nspec: {type: apiKey, app: " + app + "}\n";
}
inline std::string Patch(const std::string& name, const std::string& spec) {
  return "apiVersion: writ/v1\nkind: Patch\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

inline MemorySource::Files Base() {
  return {{"writ.yaml", kRepository},
          {"environments/production/README.md", ""},
          {"environments/shared/README.md", ""},
          {"environments/staging/README.md", ""},
          {"manifests/acme.yaml", Workspace("acme")},
          {"manifests/shop.yaml", App("shop")}};
}

struct Loaded {
  std::optional<DesiredState> state;
  std::vector<std::string> errors;  // "file:line:column summary"
  std::vector<std::string> warnings;
  std::optional<Error> error;
  Diagnostics diagnostics;

  std::vector<std::string> Addresses() const {
    std::vector<std::string> addresses;
    if (!state) return addresses;
    for (const Resource& resource : state->resources) {
      addresses.push_back(resource.id.address());
    }
    return addresses;
  }
  const Resource& at(const std::string& address) const {
    static const Resource kNone;
    for (const Resource& resource : state->resources) {
      if (resource.id.address() == address) return resource;
    }
    ADD_FAILURE() << "no " << address;
    return kNone;
  }
  std::string Field(const std::string& address, const char* path) const {
    const Value* value = at(address).content->FindPath(path);
    return value == nullptr ? "absent" : CompactJson(*value);
  }
};

inline void Describe(Diagnostics& diagnostics, Loaded& loaded) {
  diagnostics.Sort();
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    const Location& at = diagnostic.locations.at(0);
    (diagnostic.severity == Severity::kError ? loaded.errors : loaded.warnings)
        .push_back(at.file + ":" + std::to_string(at.line) + ":" +
                   std::to_string(at.column) + " " + diagnostic.summary);
  }
  loaded.diagnostics = std::move(diagnostics);
}

inline Loaded LoadFrom(Source& source, const LoadOptions& options = {}) {
  Loaded loaded;
  Diagnostics diagnostics;
  auto state = Load(source, options, diagnostics);
  if (state) {
    loaded.state = *std::move(state);
  } else {
    loaded.error = state.error();
  }
  Describe(diagnostics, loaded);
  return loaded;
}

inline Loaded LoadFrom(MemorySource::Files files,
                       const LoadOptions& options = {}) {
  MemorySource source(std::move(files));
  return LoadFrom(source, options);
}

inline LoadOptions In(const std::string& environment) {
  LoadOptions options;
  options.environment = environment;
  return options;
}

}  // namespace writ::manifests
