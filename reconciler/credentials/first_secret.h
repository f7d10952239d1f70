// The first client secret of a state: what lets the first remote apply in,
// before any Token is live. Issued once, to no resource of its own: it stands
// in lists at Token/state/first until somebody revokes it, and opens everything
// (S-01).
#pragma once

#include <optional>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

// Nothing where the state ever had a credential. Errors as IssueToken's.
Result<std::optional<CredentialRecord>> IssueFirstSecret(
    StateStore& store, Credentials& credentials, Random& random,
    const Author& author, TokenSink& sink);

}  // namespace writ::reconciler
