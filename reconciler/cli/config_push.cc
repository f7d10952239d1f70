// writ config push and set: a .env file's keys into a project, and its values
// where that was asked for. MEMBER alone (S-21).
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <utility>

#include "reconciler/cli/config_arguments.h"
#include "reconciler/cli/secrets_input.h"
#include "reconciler/host/dotenv_text.h"
#include "reconciler/secrets/private_file.h"
#include "reconciler/secrets/unmanaged_secret.h"
#include "reconciler/secrets/value_check.h"
#include "schema/json.h"
#include "schema/value.h"

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

Result<Pushed> PushHere(Session& session, const ConfigArguments& arguments,
                        ConfigSession& config,
                        const std::vector<std::string>& names,
                        std::string_view text) {
  Pushed pushed;
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

// Of /v1/projects/PROJECT/…; the answer, which holds no value.
Result<Value> AskProject(ConfigSession& config, const std::string& method,
                         const std::string& what, SecretValue body) {
  GatewayRequest request;
  request.method = method;
  request.path = "/v1/projects/" + config.project() + "/" + what;
  request.body = std::move(body);
  const HttpResponse response = TRY(config.gateway()->Send(request));
  auto answer = ParseJson(response.body.Reveal());
  if (answer && answer->IsMap()) return *std::move(answer);
  return Fail(ErrorCode::kCorrupt,
              "the gateway at " + config.gateway()->url() +
                  " answers with something else than JSON");
}

// What the project's schema lacks of these. Asked where it lacks none, too: who
// may only read is told so.
Result<std::int64_t> AddKeysThere(ConfigSession& config,
                                  const std::vector<std::string>& names) {
  const Value schema = TRY(AskProject(config, "GET", "schema", {}));
  const Value* known = schema.Find("keys");
  Value string;
  string.Set("type", "string");
  Value keys(Value::Map{});
  for (const std::string& name : names) {
    const bool is_known =
        known != nullptr && known->IsMap() && known->Find(name) != nullptr;
    if (!is_known) keys.Set(name, string);
  }
  const auto lacking = static_cast<std::int64_t>(keys.AsMap().size());
  Value body;
  body.Set("keys", std::move(keys));
  TRY(AskProject(config, "PUT", "schema",
                 SecretValue::Take(CanonicalJson(body))));
  return lacking;
}

// A body of PUT /v1/projects/P/secrets, value by value.
class ValuesThere {
 public:
  explicit ValuesThere(ConfigSession& config) : config_(config) { Begin(); }

  void Add(const std::string& key, const SecretValue& value) {
    if (count_++ > 0) body_.Append(",");
    std::string quoted = QuoteJson(value.Reveal());
    body_.Append(QuoteJson(key)).Append(":").Append(quoted);
    Wipe(quoted);
  }
  bool is_full() const { return count_ == kMostAtOnce; }
  // The answer; the next ones begin anew. REQUIRES: one was added.
  Result<Value> Send() {
    body_.Append("}}");
    SecretValue body = body_.Finish();
    Begin();
    return AskProject(config_, "PUT", "secrets", std::move(body));
  }
  bool empty() const { return count_ == 0; }

 private:
  static constexpr std::size_t kMostAtOnce = 100;
  void Begin() {
    count_ = 0;
    body_.Append("{\"environment\":" + QuoteJson(config_.environment()) +
                 ",\"secrets\":{");
  }

  ConfigSession& config_;
  SecretBuilder body_;
  std::size_t count_ = 0;
};

std::int64_t ChangedIn(const Value& answer) {
  const Value* changed = answer.Find("changed");
  return changed != nullptr && changed->IsList()
             ? static_cast<std::int64_t>(changed->AsList().size())
             : 0;
}

Result<Pushed> PushThere(const ConfigArguments& arguments,
                         ConfigSession& config,
                         const std::vector<std::string>& names,
                         std::string_view text) {
  Pushed pushed;
  pushed.created = TRY(AddKeysThere(config, names));
  if (!arguments.values) return pushed;
  ValuesThere values(config);
  for (const std::string& name : names) {
    const auto value = TRY(ReadVariable(text, name));
    if (!value || value->empty()) continue;
    values.Add(name, *value);
    if (values.is_full()) pushed.set += ChangedIn(TRY(values.Send()));
  }
  if (!values.empty()) pushed.set += ChangedIn(TRY(values.Send()));
  return pushed;
}

Result<Pushed> PushAll(Session& session, const ConfigArguments& arguments,
                       ConfigSession& config, std::string_view text) {
  const auto names = TRY(VariableNames(text));
  // All are judged before the first is written.
  for (const std::string& name : names) {
    TRY(While(CheckSecretKey(name), "reading a name of the file"));
  }
  return config.gateway() == nullptr
             ? PushHere(session, arguments, config, names, text)
             : PushThere(arguments, config, names, text);
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

Result<SecretValue> ReadValueOf(Session& session, const ConfigSession& config,
                                const ResourceId& id) {
  return ReadSecretInput(session, {"Value of " + std::string(id.name()) +
                                   " in " + config.environment()});
}

Result<ManagedSecrets::Written> SetHere(Session& session, ConfigSession& config,
                                        const ResourceId& id) {
  ManagedSecrets* secrets = TRY(Writable(config));
  const SecretResource secret = TRY(ReadSecret(config.store(), id));
  const SecretValue value = TRY(ReadValueOf(session, config, id));
  TRY(CheckSecretValue(secret.type, value));
  return secrets->Set({id, config.environment()}, value, config.actor());
}

Result<ManagedSecrets::Written> SetThere(Session& session,
                                         ConfigSession& config,
                                         const ResourceId& id) {
  const std::string key(id.name());
  const SecretValue value = TRY(ReadValueOf(session, config, id));
  ValuesThere values(config);
  values.Add(key, value);
  const Value answer = TRY(values.Send());
  const Value* versions = answer.Find("versions");
  const Value* version = versions == nullptr ? nullptr : versions->Find(key);
  if (version == nullptr || !version->IsInteger()) {
    return Fail(ErrorCode::kCorrupt, "the gateway at " +
                                         config.gateway()->url() +
                                         " doesn't say what it wrote");
  }
  return ManagedSecrets::Written{version->AsInteger(), ChangedIn(answer) > 0};
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
  const ResourceId id("Secret", config->project(), key);
  const ManagedSecrets::Written written =
      TRY(config->gateway() == nullptr ? SetHere(session, *config, id)
                                       : SetThere(session, *config, id));
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
