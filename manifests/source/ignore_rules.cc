#include "manifests/source/ignore_rules.h"

#include <cstddef>

#include "manifests/source/source_path.h"

namespace writ::manifests::git {

Result<IgnoreRules> IgnoreRules::Open(Repository repository) {
  git_index* raw = nullptr;
  const int code = git_repository_index(&raw, repository.get());
  if (code != 0) return FailWithGit(code, "can't read git's index");
  return IgnoreRules(std::move(repository), IndexHandle(raw));
}

bool IgnoreRules::IsTracked(const std::string& path, PathType type) const {
  std::size_t at = 0;
  if (type == PathType::kFolder) {
    const std::string prefix = path + "/";
    return git_index_find_prefix(&at, index_.get(), prefix.c_str()) == 0;
  }
  return git_index_find(&at, index_.get(), path.c_str()) == 0;
}

Result<bool> IgnoreRules::Ignores(const std::string& path, PathType type) {
  // The index first: it answers for nearly every file, and a tracked file is
  // read whatever the rules say.
  if (IsTracked(path, type)) return false;
  int ignored = 0;
  const std::string asked = type == PathType::kFolder ? path + "/" : path;
  const int code =
      git_ignore_path_is_ignored(&ignored, repository_.get(), asked.c_str());
  if (code != 0) {
    return FailWithGit(
        code, "can't read the ignore rules for \"" + Harmless(path) + "\"");
  }
  return ignored != 0;
}

}  // namespace writ::manifests::git
