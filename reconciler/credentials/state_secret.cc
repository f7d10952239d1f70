#include "reconciler/credentials/state_secret.h"

#include <utility>

#include "reconciler/credentials/issue.h"

namespace writ::reconciler {
namespace {

constexpr std::size_t kUidDigits = 32;

ResourceId StateSecret() { return {"Token", "state", "first"}; }

}  // namespace

bool IsStateSecret(const ResourceId& id) { return id == StateSecret(); }

Result<TokenTerms> StateSecretTerms(StateStore& store, Random& random) {
  TokenTerms terms;
  terms.token = StateSecret();
  const auto issued = TRY(store.credentials().ReadOf(terms.token));
  terms.token_uid =
      issued.empty() ? random.Hex(kUidDigits) : issued.front().token_uid;
  terms.label = "the state's own client secret";
  terms.family = TokenFamily::kClientSecret;
  terms.rights.type = "clientSecret";
  terms.rights.parent = ResourceId("State", TRY(store.ReadFacts()).environment);
  return terms;
}

Result<std::optional<CredentialRecord>> IssueFirstSecret(
    StateStore& store, Credentials& credentials, Random& random,
    const Author& author, TokenSink& sink) {
  const auto issued = TRY(store.credentials().ReadSince(0));
  if (!issued.empty()) return std::optional<CredentialRecord>();
  IssueRequest request{StateSecret()};
  request.terms = TRY(StateSecretTerms(store, random));
  return std::optional<CredentialRecord>(
      TRY(IssueToken(store, credentials, request, author, sink)));
}

}  // namespace writ::reconciler
