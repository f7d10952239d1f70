// Which files of a working tree git leaves alone: those that .gitignore and
// its like name and the index doesn't hold. Internal to manifests/source.
//
// Used by one thread.
#pragma once

#include <string>

#include "manifests/source/git_repository.h"
#include "schema/result.h"

namespace writ::manifests::git {

enum class PathType { kFile, kFolder };

class IgnoreRules {
 public:
  // Reads the index. kCorrupt, kIo. REQUIRES: not bare.
  static Result<IgnoreRules> Open(Repository repository);

  // The path is relative to the root of the working tree.
  Result<bool> Ignores(const std::string& path, PathType type);

 private:
  IgnoreRules(Repository repository, IndexHandle index)
      : repository_(std::move(repository)), index_(std::move(index)) {}
  bool IsTracked(const std::string& path, PathType type) const;

  Repository repository_;
  IndexHandle index_;
};

}  // namespace writ::manifests::git
