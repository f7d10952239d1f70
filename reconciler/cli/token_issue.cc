// writ token issue, import.
#include <functional>
#include <memory>
#include <ostream>
#include <utility>

#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/credentials/state_secret.h"
#include "schema/credential/token_format.h"
#include "schema/text_list.h"

namespace writ::reconciler {
namespace {

void DeclareIssue(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("ADDRESS", arguments.subject, true, "Token/PARENT/NAME");
  options.Text("--target", arguments.target,
               "Dedicated to this target, which the Token's deliverTo names "
               "with dedicated: true");
  DeclareTokensOut(options, arguments.tokens_out);
}

void DeclareImport(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("ADDRESS", arguments.subject, true, "Token/PARENT/NAME");
  options.Text("--sha256", arguments.sha256,
               "SHA-256 of the whole token, 64 hexadecimal digits");
  options.Text("--hint", arguments.hint,
               "Its first characters, for lists; at most 16");
}

Status RefuseRestored(StateStore& store) {
  if (!TRY(store.ReadFacts()).restored) return {};
  return Fail(ErrorCode::kUnsafe,
              "this state was restored from a backup and is not accepted yet",
              "compare with `writ plan`, then: writ state restore --accept");
}

std::string UntilOf(const CredentialRecord& record) {
  return record.expires_at ? ", until " + FormatSeconds(*record.expires_at)
                           : std::string();
}

// The address of the target that a credential is dedicated to.
Result<std::string> DedicatedTo(const TokenTerms& terms,
                                const std::string& named) {
  std::vector<std::string> dedicated;
  for (const TokenDelivery& delivery : terms.deliver_to) {
    const std::string& address = delivery.target.address();
    const bool is_meant = address == named || delivery.target.name() == named;
    if (is_meant && delivery.dedicated) return address;
    if (delivery.dedicated) dedicated.push_back(address);
  }
  return Fail(
      ErrorCode::kInvalidArgument,
      terms.token.address() + " has no credential of its own for " + named,
      dedicated.empty()
          ? "write dedicated: true at that target in its deliverTo"
          : "those that have one: " + Joined(dedicated));
}

Result<IssueRequest> RequestOf(Session& session, StateStore& store,
                               const ResourceId& token,
                               const std::string& target) {
  IssueRequest request{token};
  if (IsStateSecret(token)) {
    request.terms = TRY(StateSecretTerms(store, session.random));
  }
  if (target.empty()) return request;
  // Looked at here, and read again as it is minted: an apply may come between.
  TokenTerms terms = request.terms.value_or(TokenTerms{});
  if (!request.terms) terms = TRY(ReadTerms(store, token));
  request.target = TRY(DedicatedTo(terms, target));
  return request;
}

// Opened only once the state is there, so that nothing is left where it isn't.
using OpenSink = std::function<Result<TokenSink*>()>;

Result<ExitCode> IssueBy(Session& session, const TokenArguments& arguments,
                         const OpenSink& open) {
  const ResourceId token = TRY(TokenAddressOf(arguments.subject));
  auto state = TRY(OpenTokenState(session, arguments, OpenMode::kReadWrite,
                                  KeyUse::kWanted));
  TRY(RefuseRestored(*state->store));
  const IssueRequest request =
      TRY(RequestOf(session, *state->store, token, arguments.target));
  TokenSink* const sink = TRY(open());
  session.out.flush();
  const CredentialRecord record = TRY(IssueToken(
      *state->store, *state->credentials, request, {session.actor()}, *sink));
  Value done;
  done.Set("address", token.address());
  done.Set("credential", CredentialToValue(record, session.clock.Now()));
  done.Set("written_to", sink->Name());
  return TellToken(session, arguments, std::move(done),
                   "Issued " + record.id + " (" + MaskedHint(record.hint) +
                       ") for " + token.address() +
                       (request.target.empty() ? "" : " at " + request.target) +
                       " to " + sink->Name() + UntilOf(record) + ".");
}

Result<ExitCode> Issue(Session& session, const TokenArguments& arguments) {
  std::unique_ptr<TokenSink> sink;
  return IssueBy(session, arguments, [&]() -> Result<TokenSink*> {
    sink = TRY(TokenSinkOf(session, arguments.tokens_out, arguments.json));
    if (sink == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  "a token is shown once, and its value has nowhere to go",
                  "say --tokens-out FILE or --tokens-out fd:N, or run it on a "
                  "terminal");
    }
    return sink.get();
  });
}

Status CheckHint(const std::string& hint, TokenFamily family) {
  constexpr std::size_t kLongest = 16;
  const bool fits =
      hint.empty() || (hint.size() <= kLongest && FamilyOf(hint) == family);
  if (fits) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "--hint wants the token's first characters, at most 16, and "
              "those of its type begin with " +
                  std::string(PrefixOf(family)));
}

Result<CredentialRecord> ImportInto(TokenState& state,
                                    WriteTransaction& transaction,
                                    const ResourceId& token,
                                    const Digest& digest,
                                    const TokenArguments& arguments,
                                    const Author& author) {
  ImportRequest request {
    TRY(ReadTerms(*state.store, token))
    , digest, arguments.hint
  };
  TRY(CheckHint(arguments.hint, request.terms.family));
  auto imported = TRY(state.credentials->Import(transaction, request, author));
  TRY(state.credentials->UpdateTokenStatus(transaction, token));
  return imported;
}

Result<ExitCode> Import(Session& session, const TokenArguments& arguments) {
  const ResourceId token = TRY(TokenAddressOf(arguments.subject));
  const auto digest = ParseDigestHex(arguments.sha256);
  if (!digest) {
    return Fail(ErrorCode::kInvalidArgument,
                "--sha256 wants the 64 hexadecimal digits of a token's "
                "SHA-256",
                "printf %s \"$TOKEN\" | sha256sum");
  }
  auto state = TRY(OpenTokenState(session, arguments, OpenMode::kReadWrite,
                                  KeyUse::kWanted));
  TRY(RefuseRestored(*state->store));
  const CredentialRecord record =
      TRY(Transact(*state->store, "", [&](WriteTransaction& transaction) {
        return ImportInto(*state, transaction, token, *digest, arguments,
                          {session.actor()});
      }));
  Value done;
  done.Set("address", token.address());
  done.Set("credential", CredentialToValue(record, session.clock.Now()));
  return TellToken(session, arguments, std::move(done),
                   "Imported " + record.id + " for " + token.address() +
                       UntilOf(record) + ".");
}

}  // namespace

Result<ExitCode> IssueInto(Session& session, const TokenArguments& arguments,
                           TokenSink& sink) {
  return IssueBy(session, arguments,
                 [&]() -> Result<TokenSink*> { return &sink; });
}

std::vector<Command> TokenIssueCommands() {
  Command issue = MakeCommand<TokenArguments>(
      "issue", "Issue a token, shown this once", DeclareIssue,
      RunReporting<TokenArguments, Issue>);
  issue.description =
      "Wants the master key. The token becomes valid once its value is safely "
      "where it goes; where\nthat fails it is void. What may be shown later is "
      "its first characters.";
  issue.examples = {
      "writ token issue Token/acme/production-ci",
      "writ token issue Token/acme/ci --tokens-out /run/secrets/ci",
      "writ token issue Token/acme/ci --tokens-out fd:3 3>&1 | …",
      "writ token issue Token/acme/ci --target fly --tokens-out fly.token",
      "writ token issue Token/state/first   # the state's own client secret"};
  Command import = MakeCommand<TokenArguments>(
      "import", "Accept a token that another product issued, by its digest",
      DeclareImport, RunReporting<TokenArguments, Import>);
  import.examples = {
      "writ token import Token/orders/ingest --sha256 9f86d0… --hint "
      "vela_live_abc1"};
  return {std::move(issue), std::move(import)};
}

}  // namespace writ::reconciler
