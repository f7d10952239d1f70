// Sources that lie elsewhere, for commands: from an address and what the
// environment says of tokens, keys and authorities to a copy in the cache.
#pragma once

#include <string>

#include "reconciler/cli/session.h"
#include "schema/result.h"

namespace writ::reconciler {

struct SourceArguments;

// The folder of the copy, fetched now. Errors of ParseSourceUrl and
// FetchSource; kInvalidArgument for flags and variables that can't be.
Result<std::string> FetchedFolder(const Session& session,
                                  const SourceArguments& arguments);

}  // namespace writ::reconciler
