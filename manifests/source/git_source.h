// A revision of a git repository as a Source, read without a checkout.
// Internal to manifests/source; OpenSource is the way in.
#pragma once

#include <memory>
#include <string>

#include "manifests/source/git_repository.h"
#include "manifests/source/source.h"
#include "schema/result.h"

namespace writ::manifests::git {

// The source's root: `request.folder`, or what is found from `start` (relative
// to the repository's root) upwards. Errors as OpenSource has them.
Result<std::string> FindRootFolder(const git_tree* tree,
                                   const SourceRequest& request,
                                   const std::string& start);

Result<std::unique_ptr<Source>> OpenRevision(Repository repository,
                                             const SourceRequest& request,
                                             const std::string& start);

}  // namespace writ::manifests::git
