// writ token verify: takes the token itself, on standard input.
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/token_arguments.h"
#include "reconciler/credentials/issue.h"
#include "schema/credential/token_format.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

void DeclareInput(Options& options, TokenArguments& arguments) {
  DeclareTokenCommon(options, arguments);
  options.Positional("INPUT", arguments.subject, false,
                     "-: standard input, which is also the default");
}

void DeclareVerify(Options& options, TokenArguments& arguments) {
  DeclareInput(options, arguments);
  options.Text("--from", arguments.from,
               "Judge the IP allowlist for a client at this address");
}

// Written down where it can be: a row that was tampered with, an end that was
// seen and is final from now on (T-13, T-24).
void Note(const Session& session, const TokenArguments& arguments,
          const Verification& verification, KeyRing& keys) {
  const bool is_tampered = verification.verdict == Verdict::kTampered;
  const bool has_expired = verification.verdict == Verdict::kExpired;
  if (!verification.record || (!is_tampered && !has_expired)) return;
  const auto folder = FindStateFolder(session, arguments.source);
  if (!folder) return;
  const auto store = OpenState(session, *folder, OpenMode::kReadWrite, "");
  if (!store) return;
  Credentials credentials(**store, &keys, session.clock, session.random);
  const CredentialRecord& record = *verification.record;
  const auto noted =
      Transact(**store, "", [&](WriteTransaction& transaction) -> Status {
        if (is_tampered) {
          return credentials.AuditTampering(transaction, record,
                                            {session.actor()});
        }
        TRY(credentials.EndExpired(transaction, record.token));
        return credentials.UpdateTokenStatus(transaction, record.token);
      });
  static_cast<void>(noted);
}

Result<std::optional<IpAddress>> ClientOf(const TokenArguments& arguments) {
  if (arguments.from.empty()) return std::optional<IpAddress>();
  const auto address = ParseIpAddress(arguments.from);
  if (address) return address;
  return Fail(ErrorCode::kInvalidArgument,
              "--from wants an address like 203.0.113.7, not \"" +
                  arguments.from + "\"");
}

Value ToValue(const Verification& verification, Timestamp now) {
  Value value;
  value.Set("verdict", Name(verification.verdict));
  value.Set("valid", verification.verdict == Verdict::kValid);
  if (verification.record) {
    value.Set("address", verification.record->token.address());
    value.Set("credential", CredentialToValue(*verification.record, now));
  }
  return value;
}

std::string SentenceOf(const Verification& verification) {
  std::string text = engine::NameInWords(Name(verification.verdict));
  if (!verification.record) return text;
  const CredentialRecord& record = *verification.record;
  text += ": " + record.token.address() + ", " + record.id + " (" +
          MaskedHint(record.hint) + ")";
  if (record.expires_at) {
    text += ", until " + FormatSeconds(*record.expires_at);
  }
  return text;
}

Result<ExitCode> Verify(Session& session, const TokenArguments& arguments) {
  const auto client = TRY(ClientOf(arguments));
  const SecretValue token = TRY(ReadTokenInput(session, arguments));
  auto state = TRY(
      OpenTokenState(session, arguments, OpenMode::kReadOnly, KeyUse::kWanted));
  const auto verification =
      TRY(state->credentials->Verify(token.Reveal(), client));
  const Timestamp now = TRY(state->credentials->EffectiveNow());
  if (state->keys) Note(session, arguments, verification, *state->keys);
  const ExitCode exit_code = verification.verdict == Verdict::kValid
                                 ? ExitCode::kDone
                                 : ExitCode::kError;
  if (arguments.json) {
    return PrintResult(session, ToValue(verification, now), exit_code);
  }
  session.out << EscapeTerminal(SentenceOf(verification)) << "\n";
  return exit_code;
}

}  // namespace

Command TokenVerifyCommand() {
  Command verify = MakeCommand<TokenArguments>(
      "verify", "Say whether a token is valid, without showing it",
      DeclareVerify, RunReporting<TokenArguments, Verify>);
  verify.description =
      "Reads the token on standard input and wants the master key. Ends 0 "
      "where it is valid, else 1; says\nwhy it isn't, which no request ever "
      "learns.";
  verify.examples = {"writ token verify - < token",
                     "writ token verify --from 203.0.113.7 < token"};
  return verify;
}

}  // namespace writ::reconciler
