// Whether one commit is signed by somebody who may, and may have been written
// by whom it says (T-05). The signature speaks for the committer: the key's
// principals have to name the committer's address. The author may be somebody
// else, within the settings' patterns.
//
// A key has to be valid at the time that the commit gives itself, which whoever
// has the key may choose, and now.
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "manifests/source/signed_commits.h"
#include "reconciler/trust/allowed_signers.h"
#include "reconciler/trust/settings.h"
#include "schema/time.h"

namespace writ::reconciler {

struct CommitVerdict {
  enum class Outcome : std::uint8_t {
    kTrusted,
    // By nobody who is known here: unsigned, by a key that isn't allowed, or in
    // a way that writ doesn't verify, as hosts sign merges.
    kForeign,
    kRefused,  // it doesn't fit, has expired, is of the wrong person, …
  };

  Outcome outcome = Outcome::kForeign;
  std::string signed_by;  // the committer's address, of kTrusted
  std::string why;        // "carries no signature"; empty for kTrusted
};

// `settings` all have to agree (T-04).
CommitVerdict JudgeCommit(const manifests::SignedCommit& commit,
                          const AllowedSigners& signers,
                          const std::vector<TrustSettings>& settings,
                          Timestamp now);

}  // namespace writ::reconciler
