// Issuing a token to a person or a file (T-19), in three steps that no crash
// and no full disk can turn into a token that is valid and lost:
//
//   1  mint              committed: pending, it opens nothing
//   2  sink.Put          durable before it returns
//   3  activate          committed; where 2 failed: void instead
//
// A crash between leaves a pending row, which the next issue makes void.
//
// Blocks on disk. Errors as of Credentials, and the sink's.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/token_sink.h"
#include "reconciler/store/state_store.h"
#include "schema/result.h"

namespace writ::reconciler {

struct IssueRequest {
  ResourceId token;
  std::string target = {};               // dedicated to that one; empty: shared
  std::string lease_token = {};          // of an apply; empty: none
  std::optional<TokenTerms> terms = {};  // absent: what the live Token says
};

Result<CredentialRecord> IssueToken(StateStore& store, Credentials& credentials,
                                    const IssueRequest& request,
                                    const Author& author, TokenSink& sink);

// One transaction around `write`: Result<T>(WriteTransaction&).
template <typename Write>
auto Transact(StateStore& store, const std::string& lease_token, Write&& write)
    -> decltype(write(std::declval<WriteTransaction&>())) {
  auto transaction = TRY(store.BeginWrite(lease_token));
  auto written = std::forward<Write>(write)(*transaction);
  if (!written) return written;
  TRY(transaction->Commit());
  return written;
}

}  // namespace writ::reconciler
