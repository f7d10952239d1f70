// The group, and verify: which project key would be used, and what it may do,
// without showing it (S-26). Behind a gateway, that is asked.
#include <filesystem>
#include <iterator>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/config_arguments.h"
#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/secrets/private_file.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

void DeclareVerify(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Flag("--save", arguments.save,
               "Keep a valid key in the cache, for development");
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<Verification> Judge(Session& session, const ConfigArguments& arguments,
                           const ApiKey& key) {
  SecretsArguments state;
  state.source = arguments.source;
  auto store = TRY(OpenSecretsState(session, state, OpenMode::kReadOnly));
  const KeyRing ring = TRY(RingOf(state, *store));
  Credentials credentials(*store, &ring, session.clock, session.random);
  return credentials.Verify(key.value.Reveal(), std::nullopt);
}

Status Save(const Session& session, const ApiKey& key) {
  const std::string cache = ApiKeyCacheOf(session);
  std::error_code error;
  std::filesystem::create_directories(
      std::filesystem::path(cache).parent_path(), error);
  SecretBuilder line;
  line.Append(key.value).Append("\n");
  return WritePrivateFile(cache, line.Finish(), Overwrite::kReplace);
}

// What may be said of a key; texts are empty where nothing is known.
struct KeyFacts {
  bool is_valid = false;
  std::string verdict;
  std::string address;
  std::string hint;
  std::string type;
  std::string parent;
  std::string role;
};

Result<KeyFacts> FactsHere(Session& session, const ConfigArguments& arguments,
                           const ApiKey& key) {
  const Verification found = TRY(Judge(session, arguments, key));
  KeyFacts facts;
  facts.is_valid = found.verdict == Verdict::kValid;
  facts.verdict = Name(found.verdict);
  if (found.record) {
    facts.address = found.record->token.address();
    facts.hint = MaskedHint(found.record->hint);
  }
  if (found.rights) {
    facts.type = found.rights->type;
    facts.parent = found.rights->parent.address();
    facts.role = found.rights->role;
  }
  return facts;
}

// A gateway tells nobody why it refuses one.
Result<KeyFacts> FactsThere(Session& session, const std::string& server,
                            const ApiKey& key) {
  const auto gateway = ConnectWith(
      session, server, SecretValue::Copy(key.value.Reveal()), key.source);
  GatewayRequest request;
  request.path = "/v1/token";
  const auto response = gateway->client.Send(request);
  KeyFacts facts;
  facts.verdict = "refused";
  if (!response && response.error().code == ErrorCode::kPermission) {
    return facts;
  }
  if (!response) return tl::unexpected<Error>(response.error());
  const auto answer = ParseJson(response->body.Reveal());
  if (!answer || !answer->IsMap()) {
    return Fail(ErrorCode::kCorrupt,
                "the gateway at " + server + " says nothing of the key");
  }
  facts.is_valid = true;
  facts.verdict = Name(Verdict::kValid);
  facts.address = answer->FindString("token");
  facts.hint = answer->FindString("hint");
  facts.type = answer->FindString("type");
  facts.role = answer->FindString("role");
  return facts;
}

Value ToValue(const KeyFacts& facts, const ApiKey& key) {
  Value value;
  value.Set("valid", facts.is_valid);
  value.Set("verdict", facts.verdict);
  value.Set("source", key.source);
  const auto set = [&](const char* name, const std::string& text) {
    if (!text.empty()) value.Set(name, text);
  };
  set("address", facts.address);
  set("hint", facts.hint);
  set("type", facts.type);
  set("parent", facts.parent);
  set("role", facts.role);
  return value;
}

Result<ExitCode> Verify(Session& session, const ConfigArguments& arguments) {
  const auto key = TRY(FindApiKey(session, arguments));
  if (!key) {
    return Fail(ErrorCode::kNotFound, "there is no project key",
                "set VAULTLIER_API_KEY");
  }
  const std::string server = TRY(FindStateLocation(session, arguments.source))
  .server;
  const KeyFacts facts =
      TRY(server.empty() ? FactsHere(session, arguments, *key)
                         : FactsThere(session, server, *key));
  if (facts.is_valid && arguments.save) TRY(Save(session, *key));
  const ExitCode exit_code =
      facts.is_valid ? ExitCode::kDone : ExitCode::kError;
  if (arguments.json) {
    return PrintResult(session, ToValue(facts, *key), exit_code);
  }
  session.out << "The key from " << key->source << " is " << facts.verdict;
  const char* before = ": ";
  for (const std::string& text :
       {facts.hint, facts.address, facts.type, facts.role}) {
    if (text.empty()) continue;
    session.out << before << EscapeTerminal(text);
    before = ", ";
  }
  session.out << "\n";
  return exit_code;
}

}  // namespace

Command ConfigCommand() {
  Command command;
  command.name = "config";
  command.summary = "Read and write a project's values with a project key";
  command.description =
      "Works on the state here, whose files are permission enough, or behind "
      "a gateway, which wants a\nproject key (VAULTLIER_API_KEY). A key bounds "
      "what is done: VIEWER reads, MEMBER writes too.";
  const auto add = [&](std::vector<Command> commands) {
    std::move(commands.begin(), commands.end(),
              std::back_inserter(command.subcommands));
  };
  add(ConfigPullCommands());
  add(ConfigPushCommands());
  Command verify = MakeCommand<ConfigArguments>(
      "verify", "Say whether the project key is valid, without showing it",
      DeclareVerify, RunReporting<ConfigArguments, Verify>);
  verify.examples = {"VAULTLIER_API_KEY=… writ config verify"};
  command.subcommands.push_back(std::move(verify));
  return command;
}

}  // namespace writ::reconciler
