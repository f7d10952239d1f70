#include "reconciler/cli/secrets_arguments.h"

#include <filesystem>
#include <ostream>
#include <utility>

#include "reconciler/secrets/value_check.h"

namespace writ::reconciler {
namespace {

constexpr char kSecretAddress[] = "Secret/";

tl::unexpected<Error> ValueInArguments() {
  return Fail(ErrorCode::kInvalidArgument,
              "a value never stands on the command line, where every process "
              "can read it",
              "give it on standard input: writ secrets set KEY < FILE; and "
              "change the value that was written here");
}

// PROJECT and KEY of what was written; the first is empty where it names none.
std::pair<std::string, std::string> Split(std::string text) {
  if (text.rfind(kSecretAddress, 0) == 0) {
    text.erase(0, sizeof kSecretAddress - 1);
  }
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return {"", text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

std::string WrittenKey(const SecretsArguments& arguments) {
  return arguments.keys.empty() ? "" : arguments.keys.front();
}

// What writ.yaml says, where there is one; a state alone is enough otherwise.
std::string DeclaredSecretEnvironment(const Session& session,
                                      const SecretsArguments& arguments,
                                      const std::string& environment) {
  auto source = OpenSourceOf(session, arguments.source);
  if (!source) return "";
  Diagnostics diagnostics;
  const auto repository = manifests::LoadRepository(**source, diagnostics);
  if (!repository || !*repository) return "";
  const auto found = (*repository)->environments.find(environment);
  return found == (*repository)->environments.end()
             ? ""
             : found->second.secret_environment;
}

}  // namespace

void DeclareSecretsCommon(Options& options, SecretsArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareProject(Options& options, SecretsArguments& arguments) {
  DeclareSecretsCommon(options, arguments);
  options.Text("-p,--project", arguments.project,
               "The project (default: the only one there is)");
}

void DeclareSecret(Options& options, SecretsArguments& arguments) {
  DeclareProject(options, arguments);
  options.Positionals("KEY", arguments.keys, false,
                      "The secret's key, or PROJECT/KEY");
  options.Text("--secret-env", arguments.secret_environment,
               "Which of the project's environments (default: the "
               "environment's secretEnvironment)");
}

Result<std::unique_ptr<StateStore>> OpenSecretsState(
    const Session& session, const SecretsArguments& arguments, OpenMode mode) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenState(session, folder, mode, "");
}

Result<std::unique_ptr<StateStore>> ReadSecretsState(
    const Session& session, const SecretsArguments& arguments) {
  const StateLocation location =
      TRY(FindStateLocation(session, arguments.source));
  const std::string folder = TRY(ReadableFolder(session, location, ""));
  return OpenState(session, folder, OpenMode::kReadOnly, "");
}

Result<std::string> ProjectOf(StateStore& store,
                              const SecretsArguments& arguments) {
  std::string named = arguments.project;
  if (named.empty()) named = Split(WrittenKey(arguments)).first;
  if (!named.empty()) return TRY(ReadProject(store, named))
  .name;
  const auto projects = TRY(ReadProjects(store));
  if (projects.size() == 1) return projects.front().name;
  std::string names;
  for (const ProjectResource& project : projects) {
    names += (names.empty() ? "" : ", ") + project.name;
  }
  return Fail(ErrorCode::kInvalidArgument,
              projects.empty() ? "no project is live" : "no project is named",
              projects.empty() ? "declare one and apply"
                               : "say --project with one of: " + names);
}

Result<ResourceId> SecretOf(StateStore& store,
                            const SecretsArguments& arguments) {
  const std::string key = Split(WrittenKey(arguments)).second;
  if (arguments.keys.size() > 1 || !arguments.value.empty() ||
      key.find('=') != std::string::npos) {
    return ValueInArguments();
  }
  TRY(CheckSecretKey(key));
  return ResourceId("Secret", TRY(ProjectOf(store, arguments)), key);
}

Result<std::string> SecretEnvironmentOf(const Session& session,
                                        const SecretsArguments& arguments,
                                        StateStore& store) {
  if (!arguments.secret_environment.empty()) {
    return arguments.secret_environment;
  }
  const std::string environment = TRY(store.ReadFacts())
  .environment;
  const std::string declared =
      DeclaredSecretEnvironment(session, arguments, environment);
  return declared.empty() ? environment : declared;
}

Result<MasterKey> MasterKeyOf(const SecretsArguments& arguments) {
  if (!arguments.key_file.empty()) {
    return ReadMasterKeyFile(arguments.key_file);
  }
  auto key = TRY(ReadMasterKey());
  if (key) return std::move(*key);
  return Fail(ErrorCode::kPermission,
              "this needs the master key, and neither WRIT_MASTER_KEY_FILE nor "
              "WRIT_MASTER_KEY is set",
              "name its file: WRIT_MASTER_KEY_FILE=FILE; a state without a key "
              "gets one with: writ secrets init --key-file FILE");
}

Result<KeyRing> RingOf(const SecretsArguments& arguments, StateStore& store) {
  const MasterKey key = TRY(MasterKeyOf(arguments));
  return KeyRing::Open(store.secrets(), key);
}

Status EmptyLog(Session& session, StateStore& store) {
  const Status emptied = store.Checkpoint();
  if (emptied || emptied.error().code != ErrorCode::kLocked) return emptied;
  session.err << "warning: somebody reads the state; what was erased stays, "
                 "sealed, in its log until the log is next emptied\n";
  return {};
}

ExitCode TellSecrets(Session& session, const SecretsArguments& arguments,
                     Value done, const std::string& sentence) {
  if (arguments.json) return PrintResult(session, std::move(done));
  session.out << sentence << "\n";
  return ExitCode::kDone;
}

}  // namespace writ::reconciler
