// Which names of refs are near one that isn't there.
#pragma once

#include <string>

#include "manifests/source/git_repository.h"

namespace writ::manifests::git {

// `did you mean "main" or "origin/main"?`, at most three names, nearest first;
// empty where no branch or tag is near.
std::string SuggestRefs(const Repository& repository, const std::string& ref);

}  // namespace writ::manifests::git
