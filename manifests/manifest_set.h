// All documents of one revision, and what they come to in one environment:
// YAML → documents → variables and patches → validated resources. Everything
// that is wrong is reported at once, sorted.
//
// Deterministic: the same files give the same resources and diagnostics,
// whatever the number of threads and the order of files.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifests/repository.h"
#include "manifests/source/source.h"
#include "schema/diagnostic.h"
#include "schema/resource.h"
#include "schema/result.h"

namespace writ::manifests {

struct LoadOptions {
  // Empty: the repository's default environment, or its only one.
  std::string environment;
  // --var NAME=TEXT, read as the declared variable's type.
  std::vector<std::pair<std::string, std::string>> variables;
  // Worker threads for reading and parsing; at least 1.
  int threads = 1;
};

struct DesiredState {
  RepositoryConfig repository;
  EnvironmentConfig environment;
  SourceFiles files;
  // By address. Complete, or for a partial load only those declared in the
  // files asked for.
  std::vector<Resource> resources;
  std::size_t file_count = 0;  // manifests read
  // Of everything but the manifests' files that decides what they come to:
  // writ.yaml, overlays, variables, environment, kind tables, version.
  Digest inputs;
};

// One document that is a test (PolicyTest, RuleTest): validated, not planned.
// They are checked by Load and otherwise left to their own commands.

// Reads everything. The result is absent exactly when `diagnostics` has errors
// in it; an operation that failed (unreadable blob) is an Error.
Result<std::optional<DesiredState>> Load(Source& source,
                                         const LoadOptions& options,
                                         Diagnostics& diagnostics);

// Reads writ.yaml, overlays and variables, and of the manifests only `files`
// (those that exist). `inputs` tells the caller whether what it holds for the
// other files still stands. Cross-document rules are checked only among what
// was read. The `included` check applies: files outside include are left out.
Result<std::optional<DesiredState>> LoadFiles(
    Source& source, const LoadOptions& options,
    const std::vector<SourceEntry>& files, Diagnostics& diagnostics);

// Reads writ.yaml alone; absent: no such file, or errors in `diagnostics`.
Result<std::optional<RepositoryConfig>> LoadRepository(
    Source& source, Diagnostics& diagnostics);

// True when the repository's include and exclude take this path as a manifest.
bool IsManifestPath(const RepositoryConfig& repository,
                    const std::string& path);

}  // namespace writ::manifests
