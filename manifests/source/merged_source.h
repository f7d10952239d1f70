// What a branch will be once it is merged: the merge of two revisions as a
// Source, made in memory. Nothing is written to the repository.
#pragma once

#include <memory>
#include <string>

#include "manifests/source/source.h"
#include "schema/result.h"

namespace writ::manifests {

// `request.ref` merged into `into`, as git's own merge and a squash have it.
// Its commit is the branch's own, with the merged root's tree id.
//
// Errors as OpenSource has them, and kInvalidManifest where the two conflict,
// naming the files; kNotFound where a shallow clone ends before the history
// that both share, kInvalidArgument where they share none or there is no git.
// Blocks on disk.
Result<std::unique_ptr<Source>> OpenMergedSource(const SourceRequest& request,
                                                 const std::string& into);

}  // namespace writ::manifests
