// Path patterns of writ.yaml's include and exclude.
//   **      as a whole part: any number of folders, also none
//   *       any characters of one part; ? one of them; [a-z], [!a-z] a class
//   dir/    all below the folder
// As in a shell, no wildcard meets the dot that begins a hidden name: `**`
// passes `.github` over, and `.github/**` names it. Matching costs at most the
// product of the two lengths.
//
// Immutable; safe from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace writ::manifests {

class Glob {
 public:
  explicit Glob(std::string_view pattern);

  // `path` is relative, with "/" between its parts.
  bool Matches(std::string_view path) const;

 private:
  std::vector<std::string> parts_;
};

bool MatchesAny(const std::vector<Glob>& globs, std::string_view path);

}  // namespace writ::manifests
