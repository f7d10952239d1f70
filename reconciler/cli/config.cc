// The group, and verify: which project key would be used, and what it may do,
// without showing it (S-26).
#include <filesystem>
#include <iterator>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/config_arguments.h"
#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/secrets/private_file.h"
#include "schema/credential/token_format.h"

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

Value ToValue(const Verification& found, const ApiKey& key) {
  Value value;
  value.Set("valid", found.verdict == Verdict::kValid);
  value.Set("verdict", Name(found.verdict));
  value.Set("source", key.source);
  if (found.record) {
    value.Set("address", found.record->token.address());
    value.Set("hint", MaskedHint(found.record->hint));
  }
  if (found.rights) {
    value.Set("type", found.rights->type);
    value.Set("parent", found.rights->parent.address());
    value.Set("role", found.rights->role);
  }
  return value;
}

Result<ExitCode> Verify(Session& session, const ConfigArguments& arguments) {
  const auto key = TRY(FindApiKey(session, arguments));
  if (!key) {
    return Fail(ErrorCode::kNotFound, "there is no project key",
                "set VAULTLIER_API_KEY");
  }
  const Verification found = TRY(Judge(session, arguments, *key));
  const bool is_valid = found.verdict == Verdict::kValid;
  if (is_valid && arguments.save) TRY(Save(session, *key));
  const ExitCode exit_code = is_valid ? ExitCode::kDone : ExitCode::kError;
  if (arguments.json) {
    return PrintResult(session, ToValue(found, *key), exit_code);
  }
  session.out << "The key from " << key->source << " is "
              << Name(found.verdict);
  if (found.record && found.rights) {
    session.out << ": " << MaskedHint(found.record->hint) << ", "
                << found.record->token.address() << ", " << found.rights->type;
    if (!found.rights->role.empty()) session.out << ", " << found.rights->role;
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
      "Works on the local state, whose files are permission enough. Where a "
      "project key is given it bounds what is done: VIEWER reads, MEMBER "
      "writes too.";
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
