#include "reconciler/cli/token_arguments.h"

#include <ostream>
#include <utility>

#include "reconciler/cli/secrets_input.h"
#include "reconciler/credentials/token_status.h"
#include "reconciler/keys/master_key.h"
#include "schema/credential/credential_scan.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr char kIdPrefix[] = "crd_";

void SetTime(Value& value, std::string_view key,
             const std::optional<Timestamp>& at) {
  value.Set(key, at ? Value(FormatTimestamp(*at)) : Value());
}

}  // namespace

void DeclareTokenCommon(Options& options, TokenArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareTokensOut(Options& options, std::string& tokens_out) {
  options.Text("--tokens-out", tokens_out,
               "Where values go, shown this once: a new FILE outside any "
               "work tree, or fd:N (default: a terminal)");
}

Result<std::optional<KeyRing>> FindKeys(StateStore& store) {
  auto key = TRY(ReadMasterKey());
  if (!key) return std::optional<KeyRing>();
  return std::optional<KeyRing>(TRY(KeyRing::Open(store.secrets(), *key)));
}

Result<std::unique_ptr<TokenState>> OpenTokenState(
    const Session& session, const TokenArguments& arguments, OpenMode mode,
    KeyUse use) {
  auto state = std::make_unique<TokenState>();
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.source));
  // A replica shows what there is; what checks or writes needs the state.
  const bool only_shows = mode == OpenMode::kReadOnly && use == KeyUse::kNone;
  const auto found = only_shows ? ReadableFolder(session, location, "")
                                : FindStateFolder(session, arguments.source);
  const std::string folder = TRY(found);
  state->store = TRY(OpenState(session, folder, mode, ""));
  if (use != KeyUse::kNone) {
    auto keys = FindKeys(*state->store);
    if (!keys && use == KeyUse::kWanted) return tl::unexpected(keys.error());
    if (keys) state->keys = *std::move(keys);
  }
  state->credentials.emplace(*state->store,
                             state->keys ? &*state->keys : nullptr,
                             session.clock, session.random);
  return state;
}

Result<ResourceId> TokenAddressOf(const std::string& text) {
  const auto id = ResourceId::Parse(text);
  if (id && id->kind() == "Token") return *id;
  return Fail(ErrorCode::kInvalidArgument,
              "\"" + ShortenCredentials(text) +
                  "\" is neither a Token's address nor a credential's id",
              "write Token/PARENT/NAME or crd_…, as writ token list has them");
}

Result<std::vector<CredentialRecord>> ReadSubject(StateStore& store,
                                                  const std::string& subject) {
  std::vector<CredentialRecord> records;
  if (subject.rfind(kIdPrefix, 0) == 0) {
    auto record = TRY(store.credentials().FindById(subject));
    if (record) records.push_back(*std::move(record));
  } else {
    const ResourceId id = TRY(TokenAddressOf(subject));
    records = TRY(store.credentials().ReadOf(id));
    if (records.empty() && TRY(store.ReadStored(id))) return records;
  }
  if (!records.empty()) return records;
  return Fail(ErrorCode::kNotFound, "there is no " + subject + " in the state",
              "see: writ token list");
}

Result<std::unique_ptr<TokenSink>> TokenSinkOf(Session& session,
                                               const std::string& tokens_out,
                                               bool json) {
  std::unique_ptr<TokenSink> sink;
  if (!tokens_out.empty()) {
    sink = TRY(OpenTokenSink(tokens_out, session.cwd));
  } else if (session.out_is_terminal && !json) {
    sink = ShowTokens(session.out);
  }
  const bool is_github = session.variable("GITHUB_ACTIONS") == "true";
  if (sink == nullptr || !is_github) return sink;
  // Not into stdout, which may be kept: the runner reads both.
  return MaskFirst(std::move(sink), session.err);
}

Value CredentialToValue(const CredentialRecord& record, Timestamp now) {
  Value value;
  value.Set("id", record.id);
  value.Set("hint", MaskedHint(record.hint));
  value.Set("status", StandingOf(record, now));
  if (!record.target.empty()) value.Set("target", record.target);
  if (!record.rotation.empty()) value.Set("rotation", record.rotation);
  value.Set("issued_at", FormatTimestamp(record.issued_at));
  value.Set("issued_by", record.issued_by);
  SetTime(value, "not_before", record.not_before);
  SetTime(value, "expires_at", record.expires_at);
  SetTime(value, "ended_at", record.ended_at);
  if (record.ended_at) {
    value.Set("ended_by", record.ended_by);
    value.Set("ended_why", record.ended_why);
  }
  auto rights = ParseJson(record.rights);
  value.Set("rights", rights ? *std::move(rights) : Value());
  return value;
}

ExitCode TellToken(Session& session, const TokenArguments& arguments,
                   Value done, const std::string& sentence) {
  if (arguments.json) return PrintResult(session, std::move(done));
  session.out << EscapeTerminal(sentence) << "\n";
  return ExitCode::kDone;
}

Result<SecretValue> ReadTokenInput(Session& session,
                                   const TokenArguments& arguments) {
  if (!arguments.subject.empty() && arguments.subject != "-") {
    return Fail(ErrorCode::kInvalidArgument,
                "a token never stands on the command line, where every "
                "process can read it",
                "give it on standard input, and revoke the one that was "
                "written here: writ token leaked - < FILE");
  }
  SecretInputOptions options;
  options.prompt = "Token";
  options.once = true;
  return ReadSecretInput(session, options);
}

}  // namespace writ::reconciler
