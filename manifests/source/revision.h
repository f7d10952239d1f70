// Questions about the history of a git repository. `path` and SourceRequest
// mean what they mean for OpenSource, and fail as there.
//
// Free functions, safe from any thread; each blocks on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "manifests/source/source.h"
#include "schema/facts.h"
#include "schema/result.h"

namespace writ::manifests {

// The id of the commit that a revision names: a branch, a tag (peeled), an id,
// also abbreviated, "HEAD~2", "refs/…".
Result<std::string> ResolveRef(const std::string& path, const std::string& ref);

// True when `commit` (a revision) is `ref` or reachable from it (T-03, T-05).
// kNotFound for either; also where a shallow clone ends before the answer.
Result<bool> IsAncestor(const std::string& path, const std::string& commit,
                        const std::string& ref);

// How many commits `ref` has that `commit` (a revision) hasn't: how far it is
// behind. kNotFound for either, or where a shallow clone lacks it.
Result<std::int64_t> CountCommitsBetween(const std::string& path,
                                         const std::string& commit,
                                         const std::string& ref);

// The newest commit up to `request.ref` that gave the file its content there:
// what `git log -1` says, following merges to the side that has the content.
// `file` is relative to the source's root. nullopt: no such file at that
// revision, or the history ends (shallow clone, `max_commits`) first.
Result<std::optional<Commit>> LastCommitTouching(
    const SourceRequest& request, const std::string& file,
    std::uint32_t max_commits = 10'000);

// True when the working tree, below the source's root, holds YAML files that
// are not what HEAD has: changed, staged, deleted, or new and not ignored.
// False where `request.ref` is another commit than HEAD's, in a bare
// repository and outside git: there is nothing to compare.
//
// Looks at every file of the working tree: about 0.4 s for 100,000.
Result<bool> HasUncommittedChanges(const SourceRequest& request);

}  // namespace writ::manifests
