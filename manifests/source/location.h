// Where a SourceRequest points: in a repository, or in a plain folder.
// Internal to manifests/source.
#pragma once

#include <optional>
#include <string>

#include "manifests/source/git_repository.h"
#include "manifests/source/source.h"
#include "schema/result.h"

namespace writ::manifests {

struct SourceLocation {
  std::string path;  // absolute, without links: a folder
  std::optional<git::Repository> repository;
  std::string start;  // `path` relative to the repository's root
};

// Errors as OpenSource has them.
Result<SourceLocation> Locate(const std::string& path);

// The same where there must be a repository: kNotFound without.
Result<SourceLocation> LocateRepository(const std::string& path);

}  // namespace writ::manifests
