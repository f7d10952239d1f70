#include "reconciler/credentials/issue.h"

#include "schema/check.h"

namespace writ::reconciler {
namespace {

Result<Minted> MintPending(StateStore& store, Credentials& credentials,
                           const IssueRequest& request, const Author& author) {
  return Transact(store, request.lease_token,
                  [&](WriteTransaction& transaction) -> Result<Minted> {
                    MintRequest mint{};
                    if (request.terms) {
                      mint.terms = *request.terms;
                    } else {
                      mint.terms = TRY(ReadTerms(store, request.token));
                    }
                    mint.target = request.target;
                    TRY(credentials.VoidAbandoned(
                        transaction, request.token, mint.terms.token_uid,
                        {author.actor, "issued anew"}));
                    return credentials.Mint(transaction, mint, author);
                  });
}

}  // namespace

Result<CredentialRecord> IssueToken(StateStore& store, Credentials& credentials,
                                    const IssueRequest& request,
                                    const Author& author, TokenSink& sink) {
  const Minted minted = TRY(MintPending(store, credentials, request, author));
  CHECK(minted.value.has_value());
  const std::string& id = minted.record.id;
  const Status handed_over = sink.Put(request.token, *minted.value);
  if (!handed_over) {
    // Where not even this can be written, the row stays pending: as void.
    const Status is_void = Transact(
        store, request.lease_token, [&](WriteTransaction& transaction) {
          return credentials.Void(transaction, id,
                                  {author.actor, "its value went nowhere"});
        });
    static_cast<void>(is_void);
    return While(
        Result<CredentialRecord>(tl::unexpected<Error>(handed_over.error())),
        "handing over the token, which is void");
  }
  return Transact(
      store, request.lease_token,
      [&](WriteTransaction& transaction) -> Result<CredentialRecord> {
        auto record = TRY(credentials.Activate(transaction, id, author));
        TRY(credentials.UpdateTokenStatus(transaction, request.token));
        return record;
      });
}

}  // namespace writ::reconciler
