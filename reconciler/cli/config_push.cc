// writ config push and set: a .env file's keys into a project, and its values
// where that was asked for. MEMBER alone (S-21).
#include <ostream>
#include <utility>

#include "reconciler/cli/config_arguments.h"
#include "reconciler/cli/secrets_input.h"
#include "reconciler/host/dotenv_text.h"
#include "reconciler/secrets/private_file.h"
#include "reconciler/secrets/unmanaged_secret.h"
#include "reconciler/secrets/value_check.h"

namespace writ::reconciler {
namespace {

void DeclarePush(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Positional("FILE", arguments.file, true, "A .env file");
  options.Flag("--values", arguments.values,
               "Its values too, not its keys alone");
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareSet(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Positionals("KEY", arguments.command, false, "The secret's key");
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<ManagedSecrets*> Writable(ConfigSession& config) {
  if (config.managed() != nullptr) return config.managed();
  return Fail(ErrorCode::kPermission, "this needs the master key",
              "name its file: WRIT_MASTER_KEY_FILE=FILE");
}

struct Pushed {
  std::int64_t created = 0;
  std::int64_t set = 0;
};

// Whether the key had to be made first.
Result<bool> MakeIfAbsent(Session& session, ConfigSession& config,
                          const ResourceId& id) {
  const auto secret = ReadSecret(config.store(), id);
  if (secret) return false;
  if (secret.error().code != ErrorCode::kNotFound) {
    return tl::unexpected<Error>(secret.error());
  }
  TRY(CreateUnmanagedSecret(config.store(), id, {},
                            {session.clock.Now(), config.actor()}));
  return true;
}

Result<Pushed> PushAll(Session& session, const ConfigArguments& arguments,
                       ConfigSession& config, std::string_view text) {
  Pushed pushed;
  const auto names = TRY(VariableNames(text));
  // All are judged before the first is written.
  for (const std::string& name : names) {
    TRY(While(CheckSecretKey(name), "reading a name of the file"));
  }
  for (const std::string& name : names) {
    const ResourceId id("Secret", config.project(), name);
    if (TRY(MakeIfAbsent(session, config, id))) ++pushed.created;
    if (!arguments.values) continue;
    const auto value = TRY(ReadVariable(text, name));
    if (!value || value->empty()) continue;
    ManagedSecrets* secrets = TRY(Writable(config));
    const auto written = TRY(
        While(secrets->Set({id, config.environment()}, *value, config.actor()),
              "setting " + name));
    if (written.changed) ++pushed.set;
  }
  return pushed;
}

Result<ExitCode> Push(Session& session, const ConfigArguments& arguments) {
  auto config = TRY(ConfigSession::Open(session, arguments, KeyRole::kMember));
  const std::string file = AbsolutePath(session, arguments.file);
  const auto text = TRY(ReadPrivateFile(file));
  if (!text) {
    return Fail(ErrorCode::kNotFound, arguments.file + " isn't there");
  }
  const Pushed pushed =
      TRY(PushAll(session, arguments, *config, text->Reveal()));
  if (arguments.json) {
    Value done;
    done.Set("created", pushed.created);
    done.Set("set", pushed.set);
    return PrintResult(session, std::move(done));
  }
  session.out << "Made " << pushed.created << " keys and set " << pushed.set
              << " values of " << config->project() << " in "
              << config->environment() << ".\n";
  return ExitCode::kDone;
}

Result<ExitCode> Set(Session& session, const ConfigArguments& arguments) {
  const std::string key =
      arguments.command.empty() ? "" : arguments.command.front();
  if (arguments.command.size() > 1 || key.find('=') != std::string::npos) {
    return Fail(ErrorCode::kInvalidArgument,
                "a value never stands on the command line, where every "
                "process can read it",
                "give it on standard input: writ config set KEY < FILE");
  }
  TRY(CheckSecretKey(key));
  auto config = TRY(ConfigSession::Open(session, arguments, KeyRole::kMember));
  ManagedSecrets* secrets = TRY(Writable(*config));
  const ResourceId id("Secret", config->project(), key);
  const SecretResource secret = TRY(ReadSecret(config->store(), id));
  const SecretValue value = TRY(ReadSecretInput(
      session, {"Value of " + key + " in " + config->environment()}));
  TRY(CheckSecretValue(secret.type, value));
  const auto written =
      TRY(secrets->Set({id, config->environment()}, value, config->actor()));
  if (arguments.json) {
    Value done;
    done.Set("address", id.address());
    done.Set("version", written.version);
    done.Set("changed", written.changed);
    return PrintResult(session, std::move(done));
  }
  session.out << (written.changed ? "Set " : "Nothing changed: ") << key
              << " in " << config->environment() << " (version "
              << written.version << ").\n";
  return ExitCode::kDone;
}

}  // namespace

std::vector<Command> ConfigPushCommands() {
  Command push = MakeCommand<ConfigArguments>(
      "push", "Make a .env file's keys in a project; with --values set them",
      DeclarePush, RunReporting<ConfigArguments, Push>);
  push.examples = {"writ config push .env.example --project payments",
                   "writ config push .env --values --secret-env dev"};
  Command set = MakeCommand<ConfigArguments>(
      "set", "Set one value, read from standard input or typed unseen",
      DeclareSet, RunReporting<ConfigArguments, Set>);
  set.examples = {"writ config set SLACK_WEBHOOK_URL --secret-env dev"};
  return {std::move(push), std::move(set)};
}

}  // namespace writ::reconciler
