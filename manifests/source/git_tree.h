// What a git tree holds, and how two trees differ, without reading a blob.
// Internal to manifests/source.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "manifests/source/git_repository.h"
#include "manifests/source/source.h"

namespace writ::manifests::git {

// The YAML files below a folder of `root` (empty: below `root` itself) in byte
// order of their paths, sizes unknown. None where there is no such folder.
Result<std::vector<SourceEntry>> ListTree(git_repository* repository,
                                          const git_tree* root,
                                          const std::string& folder,
                                          const SourceLimits& limits,
                                          Diagnostics& diagnostics);

// The YAML files that differ, in byte order. Merges both trees and skips
// folders with equal ids, so that the cost follows what differs. nullopt when
// an object of `before` is gone, or a file's name is one that ListTree refuses.
Result<std::optional<std::vector<SourceChange>>> CompareTrees(
    git_repository* repository, const git_oid& before, const git_tree* after,
    const SourceLimits& limits);

}  // namespace writ::manifests::git
