#include "reconciler/cli/config_arguments.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/cli/secrets_arguments.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/secrets/private_file.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler {
namespace {

constexpr char kApiKeyVariable[] = "VAULTLIER_API_KEY";

SecretsArguments ToSecrets(const ConfigArguments& arguments) {
  SecretsArguments secrets;
  secrets.source = arguments.source;
  secrets.project = arguments.project;
  secrets.secret_environment = arguments.secret_environment;
  return secrets;
}

tl::unexpected<Error> Refused(const ApiKey& key, const std::string& why) {
  return Fail(ErrorCode::kPermission,
              "the project key from " + key.source + " " + why);
}

// As the program gets it, whatever its type.
SecretValue TextOf(Value value) {
  return value.IsString() ? SecretValue::Take(std::move(value.MutableString()))
                          : SecretValue::Take(CanonicalJson(value));
}

bool IsPathWord(const std::string& text) {
  return !text.empty() &&
         text.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-_.") == std::string::npos &&
         text.find_first_not_of('.') != std::string::npos;
}

// --secret-env, else what writ.yaml says of the environment.
Result<std::string> EnvironmentThere(const Session& session,
                                     const ConfigArguments& arguments) {
  std::string environment = arguments.secret_environment;
  if (environment.empty()) {
    const auto source = TRY(OpenSourceOf(session, arguments.source));
    Diagnostics diagnostics;
    const auto repository =
        TRY(manifests::LoadRepository(*source, diagnostics));
    if (repository) {
      environment =
          TRY(SelectEnvironment(*repository, arguments.source.environment))
      .secret_environment;
    }
  }
  if (IsPathWord(environment) && IsPathWord(arguments.project)) {
    return environment;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "no environment of the project is named, or none by that name",
              "say --secret-env and --project");
}

}  // namespace

void DeclareConfigCommon(Options& options, ConfigArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Text("-p,--project", arguments.project,
               "The project (default: the only one there is)");
  options.Text("--secret-env", arguments.secret_environment,
               "Which of the project's environments (default: the "
               "environment's secretEnvironment)");
  options.Text("--api-key", arguments.api_key,
               "A project key (default: VAULTLIER_API_KEY, else the cache); "
               "every process can read a command line");
  options.Text("--host-config", arguments.source.host_file,
               "The operator's file (default: /etc/writ/host.yaml)");
}

std::string ApiKeyCacheOf(const Session& session) {
  const auto configured = session.variable("XDG_CONFIG_HOME");
  if (configured && !configured->empty()) return *configured + "/writ/api-key";
  return session.variable("HOME").value_or("") + "/.config/writ/api-key";
}

Result<std::optional<ApiKey>> FindApiKey(Session& session,
                                         const ConfigArguments& arguments) {
  if (!arguments.api_key.empty()) {
    session.err << "warning: a key on the command line is seen by every "
                   "process; VAULTLIER_API_KEY isn't\n";
    return ApiKey{SecretValue::Copy(arguments.api_key), "--api-key"};
  }
  if (auto variable = session.variable(kApiKeyVariable);
      variable && !variable->empty()) {
    return ApiKey{SecretValue::Take(std::move(*variable)), kApiKeyVariable};
  }
  const std::string cache = ApiKeyCacheOf(session);
  auto cached = TRY(ReadPrivateFile(cache));
  if (!cached) return std::nullopt;
  return ApiKey{std::move(*cached), "the cache " + cache};
}

Result<std::unique_ptr<ConfigSession>> ConfigSession::Open(
    Session& session, const ConfigArguments& arguments, KeyRole role) {
  auto opened = std::unique_ptr<ConfigSession>(new ConfigSession(session));
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.source));
  if (!location.server.empty()) {
    TRY(opened->OpenThere(arguments, location.server));
    return opened;
  }
  const SecretsArguments secrets = ToSecrets(arguments);
  opened->store_ =
      TRY(OpenSecretsState(session, secrets, OpenMode::kReadWrite));
  opened->project_ = TRY(ProjectOf(*opened->store_, secrets));
  opened->environment_ =
      TRY(SecretEnvironmentOf(session, secrets, *opened->store_));
  opened->actor_ = session.actor();
  TRY(opened->OpenKeys());
  const auto key = TRY(FindApiKey(session, arguments));
  if (key) TRY(opened->Judge(*key, role));
  opened->host_ = TRY(ReadHostFile(arguments.source.host_file));
  opened->host_.withheld.push_back(opened->store_->folder());
  if (const auto file = session.variable(kMasterKeyFileVariable)) {
    opened->host_.withheld.push_back(*file);
  }
  opened->http_.emplace(opened->host_);
  opened->reader_.emplace(*opened->store_, opened->managed(),
                          SourceAccess{opened->host_, session.clock,
                                       *opened->http_, session.variable});
  return opened;
}

Status ConfigSession::OpenThere(const ConfigArguments& arguments,
                                const std::string& server) {
  if (arguments.project.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no project is named",
                "say --project: which one the key is of isn't known here");
  }
  project_ = arguments.project;
  environment_ = TRY(EnvironmentThere(session_, arguments));
  auto key = TRY(FindApiKey(session_, arguments));
  if (!key) {
    return Fail(ErrorCode::kPermission,
                "the gateway at " + server + " wants a project key",
                "set VAULTLIER_API_KEY");
  }
  gateway_ = ConnectWith(session_, server, std::move(key->value), key->source);
  return {};
}

Result<std::vector<ConfigSession::Entry>> ConfigSession::ReadThere() {
  GatewayRequest request;
  request.path =
      "/v1/projects/" + project_ + "/config?environment=" + environment_;
  const HttpResponse response = TRY(gateway_->client.Send(request));
  auto config = ParseJson(response.body.Reveal());
  if (!config || !config->IsMap()) {
    return Fail(
        ErrorCode::kCorrupt,
        "the gateway at " + gateway_->client.url() + " sends no configuration");
  }
  std::vector<Entry> entries;
  for (Value::Entry& each : config->MutableMap()) {
    SecretResource secret;
    secret.id = ResourceId("Secret", project_, each.key);
    entries.push_back({std::move(secret), TextOf(std::move(each.value))});
  }
  return entries;
}

Status ConfigSession::OpenKeys() {
  const auto key = TRY(ReadMasterKey());
  if (!key) return {};
  ring_.emplace(TRY(KeyRing::Open(store_->secrets(), *key)));
  managed_.emplace(*store_, *ring_, session_.clock, session_.random);
  return {};
}

// S-21, S-24: a project key, of this project, that allows what is asked.
Status ConfigSession::Judge(const ApiKey& key, KeyRole role) {
  if (!ring_) {
    return Fail(
        ErrorCode::kPermission,
        "judging the project key from " + key.source + " needs the master key",
        "name its file: WRIT_MASTER_KEY_FILE=FILE");
  }
  Credentials credentials(*store_, &*ring_, session_.clock, session_.random);
  const Verification found =
      TRY(credentials.Verify(key.value.Reveal(), std::nullopt));
  if (found.verdict != Verdict::kValid || !found.rights) {
    return Refused(key, "is not valid: " + std::string(Name(found.verdict)));
  }
  if (found.rights->type != "projectKey") {
    return Refused(key, "is no project key but a " + found.rights->type +
                            ", which reads no values");
  }
  const ProjectResource project = TRY(ReadProject(*store_, project_));
  if (found.rights->parent_uid != project.uid) {
    return Refused(key, "is of another project than " + project_);
  }
  if (role == KeyRole::kMember && found.rights->role != "MEMBER") {
    return Refused(key, "has the role " + found.rights->role +
                            ", which only reads; this wants MEMBER");
  }
  actor_ = found.record->token.address() + " (" + found.record->id + ")";
  return {};
}

Result<std::vector<ConfigSession::Entry>> ConfigSession::ReadAll() {
  if (gateway_) return ReadThere();
  std::vector<Entry> entries;
  for (SecretResource& secret : TRY(ReadSecretsOf(*store_, project_))) {
    const auto& names = secret.environments;
    if (std::find(names.begin(), names.end(), environment_) == names.end()) {
      continue;
    }
    auto value = reader_->Read(secret, environment_);
    if (!value && value.error().code == ErrorCode::kNotFound &&
        !secret.required) {
      session_.err << "note: " << secret.key() << " has no value in "
                   << environment_ << "\n";
      continue;
    }
    if (!value) return tl::unexpected<Error>(value.error());
    entries.push_back({std::move(secret), *std::move(value)});
  }
  return entries;
}

Status ConfigSession::AuditRead(const std::string& purpose, std::size_t count) {
  if (gateway_) return {};  // the gateway has
  Value details;
  details.Set("environment", environment_);
  details.Set("for", purpose);
  details.Set("values", static_cast<std::int64_t>(count));
  auto transaction = TRY(store_->BeginWrite(""));
  AuditEntry entry;
  entry.at = session_.clock.Now();
  entry.actor = actor_;
  entry.action = "secret.read";
  entry.subject = ResourceId("Project", project_).address();
  entry.details = CanonicalJson(details);
  TRY(transaction->AppendAudit(entry));
  return transaction->Commit();
}

}  // namespace writ::reconciler
