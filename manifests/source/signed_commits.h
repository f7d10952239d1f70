// Commits as their signers signed them, and the history between two of them.
// `path` means what it means for OpenSource. Nothing here verifies a signature.
//
// Free functions, safe from any thread; each blocks on disk. Nothing is
// written into the repository.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "schema/facts.h"
#include "schema/result.h"
#include "schema/time.h"

namespace writ::manifests {

struct SignedCommit {
  Commit commit;  // without tree_id
  std::string committer_email;
  Timestamp committed_at;  // as it says itself
  std::vector<std::string> parents;
  std::string signature;    // armored, of whatever kind; empty: none
  std::string signed_text;  // the bytes that it covers; empty without one
};

// `revision` as ResolveRef takes it. kNotFound, kCorrupt.
Result<SignedCommit> ReadSignedCommit(const std::string& path,
                                      const std::string& revision);

// Those that are part of `tip`'s history and not of `base`'s, parents before
// their children. kNotFound, also where a shallow clone ends before them;
// kLimit beyond `max_commits`.
Result<std::vector<SignedCommit>> CommitsSince(
    const std::string& path, const std::string& base, const std::string& tip,
    std::uint32_t max_commits = 10'000);

// Whether a merge of two commits has the tree that merging them anew comes to,
// without a conflict. False for what isn't one.
Result<bool> IsPlainMerge(const std::string& path, const std::string& commit);

}  // namespace writ::manifests
