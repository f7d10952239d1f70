// A revision of a git repository as a Source, read without a checkout.
// Internal to manifests/source; OpenSource is the way in.
#pragma once

#include <map>
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

// Files that no repository holds, by their ids in hexadecimal.
using BlobsById = std::map<std::string, std::string>;

// A tree, the whole repository's, as a Source; `blobs` are read from there.
// `commit` lacks its tree_id. The repository is taken where that succeeds.
Result<std::unique_ptr<Source>> OpenTree(Repository&& repository,
                                         const git_tree* tree, Commit commit,
                                         const SourceRequest& request,
                                         const std::string& start,
                                         BlobsById blobs = {});

Result<std::unique_ptr<Source>> OpenRevision(Repository repository,
                                             const SourceRequest& request,
                                             const std::string& start);

}  // namespace writ::manifests::git
