// writ token revoke, suspend, resume.
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/issue.h"

namespace writ::reconciler {
namespace {

using Step = Result<CredentialRecord> (Credentials::*)(WriteTransaction&,
                                                       const std::string&,
                                                       const Author&);

struct Ending {
  Step step;
  bool (*applies)(const CredentialRecord& record);
  const char* done;  // "Revoked"
};

bool IsNotRevoked(const CredentialRecord& record) {
  return record.status != CredentialStatus::kRevoked;
}
bool IsActive(const CredentialRecord& record) {
  return record.status == CredentialStatus::kActive;
}
bool IsSuspended(const CredentialRecord& record) {
  return record.status == CredentialStatus::kSuspended;
}

void DeclareEnd(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("SUBJECT", arguments.subject, true,
                     "Token/PARENT/NAME: all of it; or one credential's id");
  options.Text("--reason", arguments.reason, "Why; kept in the audit");
}

Result<std::vector<CredentialRecord>> EndAll(TokenState& state,
                                             WriteTransaction& transaction,
                                             const std::string& subject,
                                             const Author& author,
                                             const Ending& ending) {
  std::vector<CredentialRecord> ended;
  for (const CredentialRecord& record :
       TRY(ReadSubject(*state.store, subject))) {
    if (!ending.applies(record)) continue;
    ended.push_back(TRY(
        ((*state.credentials).*ending.step)(transaction, record.id, author)));
  }
  if (!ended.empty()) {
    TRY(state.credentials->UpdateTokenStatus(transaction, ended[0].token));
  }
  return ended;
}

Result<ExitCode> End(Session& session, const TokenArguments& arguments,
                     const Ending& ending) {
  auto state = TRY(OpenTokenState(session, arguments, OpenMode::kReadWrite,
                                  KeyUse::kIfThere));
  const Author author{session.actor(), arguments.reason};
  const auto ended =
      TRY(Transact(*state->store, "", [&](WriteTransaction& transaction) {
        return EndAll(*state, transaction, arguments.subject, author, ending);
      }));
  Value::List credentials;
  std::string sentence;
  for (const CredentialRecord& record : ended) {
    credentials.push_back(CredentialToValue(record, session.clock.Now()));
    sentence += (sentence.empty() ? " " : ", ") + record.id;
  }
  Value done;
  done.Set("subject", arguments.subject);
  done.Set("credentials", std::move(credentials));
  return TellToken(
      session, arguments, std::move(done),
      ended.empty()
          ? "Nothing to do: " + arguments.subject + " has no such credential."
          : ending.done +
                (" " + engine::Counted(static_cast<std::int64_t>(ended.size()),
                                       "credential", "credentials")) +
                " of " + ended[0].token.address() + ":" + sentence + ".");
}

Result<ExitCode> Revoke(Session& session, const TokenArguments& arguments) {
  return End(session, arguments,
             {&Credentials::Revoke, IsNotRevoked, "Revoked"});
}
Result<ExitCode> Suspend(Session& session, const TokenArguments& arguments) {
  return End(session, arguments,
             {&Credentials::Suspend, IsActive, "Suspended"});
}
Result<ExitCode> Resume(Session& session, const TokenArguments& arguments) {
  return End(session, arguments,
             {&Credentials::Resume, IsSuspended, "Resumed"});
}

}  // namespace

std::vector<Command> TokenEndCommands() {
  Command revoke = MakeCommand<TokenArguments>(
      "revoke", "End a token at once, for good", DeclareEnd,
      RunReporting<TokenArguments, Revoke>);
  revoke.description =
      "The very next request with it is refused. Wants no master key, and "
      "works whatever the clock says.";
  revoke.examples = {
      "writ token revoke Token/acme/zapier --reason \"unused\"",
      "writ token revoke crd_3f9c2e1…           # one of several"};
  Command suspend = MakeCommand<TokenArguments>(
      "suspend", "Refuse a token until it is resumed", DeclareEnd,
      RunReporting<TokenArguments, Suspend>);
  suspend.examples = {"writ token suspend Token/acme/zapier --reason OPS-123"};
  Command resume = MakeCommand<TokenArguments>(
      "resume", "Accept a suspended token again", DeclareEnd,
      RunReporting<TokenArguments, Resume>);
  resume.examples = {"writ token resume Token/acme/zapier"};
  return {std::move(revoke), std::move(suspend), std::move(resume)};
}

}  // namespace writ::reconciler
