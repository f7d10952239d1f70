#include "manifests/path_rules.h"

#include <algorithm>

namespace writ::manifests {
namespace {

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() &&
         text.substr(text.size() - suffix.size()) == suffix;
}

std::vector<Glob> Globs(const std::vector<std::string>& patterns) {
  return {patterns.begin(), patterns.end()};
}

}  // namespace

std::string CleanFolder(std::string_view folder) {
  while (folder.substr(0, 2) == "./") folder.remove_prefix(2);
  while (!folder.empty() && folder.back() == '/') folder.remove_suffix(1);
  return std::string(folder == "." ? std::string_view() : folder);
}

bool IsBelow(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path[folder.size()] == '/' &&
         path.substr(0, folder.size()) == folder;
}

PathRules::PathRules(const RepositoryConfig& repository)
    : include_(Globs(repository.include)), exclude_(Globs(repository.exclude)) {
  if (repository.include.empty()) include_ = Globs({"**/*.yaml", "**/*.yml"});
  for (const auto& [name, environment] : repository.environments) {
    for (const std::string& folder : environment.overlays) {
      overlays_.push_back(folder);
    }
  }
}

bool PathRules::IsInOverlay(std::string_view path) const {
  return std::any_of(
      overlays_.begin(), overlays_.end(),
      [&](const std::string& folder) { return IsBelow(path, folder); });
}

PathUse PathRules::UseOf(std::string_view path) const {
  if (path == kRepositoryFile) return PathUse::kRepository;
  if (MatchesAny(exclude_, path)) return PathUse::kNone;
  if (IsInOverlay(path)) return PathUse::kOverlay;
  if (EndsWith(path, ".test.yaml") || EndsWith(path, ".test.yml")) {
    return PathUse::kTest;
  }
  return MatchesAny(include_, path) ? PathUse::kManifest : PathUse::kNone;
}

}  // namespace writ::manifests
