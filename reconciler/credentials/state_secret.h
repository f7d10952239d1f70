// The client secret of a state itself: what lets the first remote apply in,
// before any Token is live, and opens everything (S-01). It belongs to no
// resource; its credentials stand in lists at Token/state/first.
#pragma once

#include <optional>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/terms.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/store/state_store.h"
#include "schema/resource_id.h"
#include "schema/result.h"

namespace writ::reconciler {

bool IsStateSecret(const ResourceId& id);

// As ReadTerms, of what no manifest declares. Errors: those of the store.
Result<TokenTerms> StateSecretTerms(StateStore& store, Random& random);

// Nothing where the state ever had a credential. Errors as IssueToken's.
Result<std::optional<CredentialRecord>> IssueFirstSecret(
    StateStore& store, Credentials& credentials, Random& random,
    const Author& author, TokenSink& sink);

}  // namespace writ::reconciler
