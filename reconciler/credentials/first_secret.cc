#include "reconciler/credentials/first_secret.h"

#include <utility>

#include "reconciler/credentials/issue.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kUidDigits = 32;

}  // namespace

Result<std::optional<CredentialRecord>> IssueFirstSecret(
    StateStore& store, Credentials& credentials, Random& random,
    const Author& author, TokenSink& sink) {
  const bool had_any = !TRY(store.credentials().ReadSince(0))
  .empty();
  if (had_any) return std::optional<CredentialRecord>();
  IssueRequest request{ResourceId("Token", "state", "first")};
  TokenTerms terms;
  terms.token = request.token;
  terms.token_uid = random.Hex(kUidDigits);
  terms.label = "first client secret";
  terms.family = TokenFamily::kClientSecret;
  terms.rights.type = "clientSecret";
  terms.rights.parent = ResourceId("State", TRY(store.ReadFacts()).environment);
  request.terms = std::move(terms);
  return std::optional<CredentialRecord>(
      TRY(IssueToken(store, credentials, request, author, sink)));
}

}  // namespace writ::reconciler
