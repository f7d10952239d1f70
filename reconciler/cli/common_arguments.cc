#include "reconciler/cli/common_arguments.h"

#include <algorithm>
#include <filesystem>
#include <ostream>
#include <set>
#include <string_view>
#include <thread>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/remote_session.h"
#include "reconciler/cli/source_fetching.h"
#include "reconciler/fetching/source_url.h"
#include "reconciler/keys/master_key.h"
#include "reconciler/remote/gateway_url.h"
#include "schema/format_check.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr std::string_view kSqlite = "sqlite:";

bool IsElsewhere(const SourceArguments& arguments) {
  return IsSourceUrl(arguments.path);
}

std::string Absolute(const std::string& path, const std::string& base) {
  return (std::filesystem::path(base) / path).lexically_normal().string();
}

// What writ.yaml says must stay inside the repository (T-22); what the command
// line or the variable says may be anywhere.
Result<std::string> FolderOfLocation(const std::string& location,
                                     const std::string& base, bool inside) {
  if (location.rfind(kSqlite, 0) != 0) {
    return Fail(
        inside ? ErrorCode::kInvalidManifest : ErrorCode::kInvalidArgument,
        "\"" + location + "\" is no place of a state",
        "write sqlite:FOLDER, or https://HOST of a gateway");
  }
  const std::string path = location.substr(kSqlite.size());
  const std::filesystem::path relative =
      std::filesystem::path(path).lexically_normal();
  if (path.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the state's location is empty",
                "write sqlite:FOLDER");
  }
  const bool leaves = relative.is_absolute() ||
                      (!relative.empty() && relative.begin()->string() == "..");
  if (inside && leaves) {
    return Fail(ErrorCode::kInvalidManifest,
                "writ.yaml puts the state outside of the repository: " + path,
                "write a relative path inside it, or say --state");
  }
  return Absolute(path, base);
}

Result<StateLocation> LocationOf(const std::string& location,
                                 const std::string& base, bool inside) {
  StateLocation found;
  if (IsGatewayUrl(location)) {
    found.server = TRY(CheckGatewayUrl(location));
  } else {
    found.folder = TRY(FolderOfLocation(location, base, inside));
  }
  return found;
}

Result<std::string> FolderAlone(const StateLocation& location) {
  if (location.server.empty()) return location.folder;
  return Fail(ErrorCode::kUnsupported,
              "this works on the state's own files, and they are behind the "
              "gateway at " +
                  location.server,
              "run it on that machine, with the folder that its `writ serve` "
              "has: --state sqlite:FOLDER");
}

}  // namespace

void DeclareSource(Options& options, SourceArguments& arguments) {
  options.Text("--source", arguments.path,
               "Folder or git repository of the manifests, or the address of "
               "one: https, ssh, file "
               "(default: the repository around the current folder)");
  options.Text("--fetch-timeout", arguments.fetch_timeout,
               "How long a source that lies elsewhere may take (default: 60s)");
  options.Integer("--fetch-limit", arguments.fetch_limit,
                  "How many MiB of it are received at most (default: 1024)");
}

void DeclareRef(Options& options, SourceArguments& arguments) {
  options.Text("--ref", arguments.ref,
               "Branch, tag or commit to read (default: HEAD)");
  options.Flag("--working-tree", arguments.working_tree,
               "Read the files as they lie there, uncommitted changes "
               "included");
}

void DeclareEnvironment(Options& options, SourceArguments& arguments) {
  options.Text("-e,--env", arguments.environment,
               "Environment (default: the repository's defaultEnvironment)");
}

void DeclareVariables(Options& options, SourceArguments& arguments) {
  options.Texts("--var", arguments.variables,
                "NAME=VALUE of a declared variable; may be repeated");
}

void DeclareState(Options& options, SourceArguments& arguments) {
  options.Text("--state", arguments.state,
               "Folder of the state, as sqlite:FOLDER (default: WRIT_STATE, "
               "else the environment's)");
  options.Text("--server", arguments.server,
               "Gateway of the state, https://HOST, with a client secret in "
               "VELA_CLIENT_SECRET");
}

std::string ForShell(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
      "_./:=@%+,-";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string SameState(const Session& session,
                      const SourceArguments& arguments) {
  if (session.is_served) return {};
  std::string flags;
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) flags += flag + ForShell(value);
  };
  if (arguments.path != ".") add(" --source ", arguments.path);
  add(" --env ", arguments.environment);
  add(" --state ", arguments.state);
  add(" --server ", arguments.server);
  return flags;
}

void DeclareParallelism(Options& options, SourceArguments& arguments) {
  options.Integer("--parallelism", arguments.parallelism,
                  "Worker threads (default: one for each core)");
}

Status CheckRepositoryName(const std::string& name, const char* flag) {
  if (MatchesFormat(Format::kName, name)) return {};
  return Fail(ErrorCode::kInvalidArgument,
              std::string(flag) + " wants a name like acme-config, not \"" +
                  EscapeTerminal(name) + "\"",
              std::string(RowOf(Format::kName).expectation));
}

Result<manifests::SourceRequest> RequestOf(const Session& session,
                                           const SourceArguments& arguments) {
  manifests::SourceRequest request;
  request.path = Absolute(arguments.path, session.cwd);
  if (IsElsewhere(arguments)) {
    request.path = TRY(FetchedFolder(session, arguments));
  }
  request.ref = arguments.ref;
  request.working_tree = arguments.working_tree;
  return request;
}

Result<std::unique_ptr<manifests::Source>> OpenSourceOf(
    const Session& session, const SourceArguments& arguments) {
  return manifests::OpenSource(TRY(RequestOf(session, arguments)));
}

Result<manifests::LoadOptions> LoadOptionsOf(const SourceArguments& arguments) {
  if (arguments.working_tree && arguments.ref != "HEAD") {
    return Fail(ErrorCode::kInvalidArgument,
                "--ref and --working-tree exclude each other");
  }
  if (arguments.parallelism < 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "--parallelism wants a number of threads, not " +
                    std::to_string(arguments.parallelism));
  }
  manifests::LoadOptions options;
  options.environment = arguments.environment;
  const auto cores = static_cast<std::int64_t>(
      std::max(1u, std::thread::hardware_concurrency()));
  options.threads = static_cast<int>(std::clamp<std::int64_t>(
      arguments.parallelism <= 0 ? cores : arguments.parallelism, 1, 64));
  for (const std::string& variable : arguments.variables) {
    const std::size_t equals = variable.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fail(ErrorCode::kInvalidArgument,
                  "--var wants NAME=VALUE, not \"" + variable + "\"");
    }
    options.variables.emplace_back(variable.substr(0, equals),
                                   variable.substr(equals + 1));
  }
  return options;
}

Result<StateLocation> StateLocationOf(
    const Session& session, const SourceArguments& arguments,
    const manifests::EnvironmentConfig* environment,
    const std::string& base_folder) {
  if (!arguments.server.empty() && !arguments.state.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--server and --state exclude each other");
  }
  if (!arguments.server.empty()) {
    StateLocation location;
    location.server = TRY(CheckGatewayUrl(arguments.server));
    return location;
  }
  if (!arguments.state.empty()) {
    return LocationOf(arguments.state, session.cwd, /*inside=*/false);
  }
  if (const auto variable = session.variable("WRIT_STATE");
      variable && !variable->empty()) {
    return LocationOf(*variable, session.cwd, /*inside=*/false);
  }
  if (environment == nullptr || environment->state.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "no state is named",
                "say --state sqlite:FOLDER or --server https://HOST, set "
                "WRIT_STATE, or give the environment a state in writ.yaml");
  }
  if (IsElsewhere(arguments) && environment->state.rfind(kSqlite, 0) == 0) {
    return Fail(ErrorCode::kInvalidArgument,
                "writ.yaml names a state beside itself (" + environment->state +
                    "), but the source lies elsewhere",
                "say where the state is: --state sqlite:FOLDER, or WRIT_STATE");
  }
  return LocationOf(environment->state, base_folder, /*inside=*/true);
}

Result<StateLocation> FindStateLocation(const Session& session,
                                        const SourceArguments& arguments) {
  const auto variable = session.variable("WRIT_STATE");
  if (!arguments.state.empty() || !arguments.server.empty() ||
      (variable && !variable->empty())) {
    return StateLocationOf(session, arguments, nullptr, session.cwd);
  }
  auto source = TRY(OpenSourceOf(session, arguments));
  Diagnostics diagnostics;
  const auto repository = TRY(manifests::LoadRepository(*source, diagnostics));
  if (!repository) {
    if (!diagnostics.HasErrors()) {
      Error missing = NoRepositoryFile();
      missing.remedy = "say --state sqlite:FOLDER; " + missing.remedy;
      return tl::unexpected<Error>(std::move(missing));
    }
    return Fail(ErrorCode::kInvalidManifest,
                "there is no valid writ.yaml that names a state",
                "say --state sqlite:FOLDER, or see: writ validate");
  }
  const auto environment =
      TRY(SelectEnvironment(*repository, arguments.environment));
  return StateLocationOf(session, arguments, &environment,
                         source->base_folder());
}

Result<std::string> ReadableFolder(const Session& session,
                                   const StateLocation& location,
                                   const std::string& environment) {
  if (location.server.empty()) return location.folder;
  return FetchReplica(session, location.server, environment);
}

Result<std::string> StateFolderOf(
    const Session& session, const SourceArguments& arguments,
    const manifests::EnvironmentConfig* environment,
    const std::string& base_folder) {
  const StateLocation location =
      TRY(StateLocationOf(session, arguments, environment, base_folder));
  return FolderAlone(location);
}

Result<std::string> FindStateFolder(const Session& session,
                                    const SourceArguments& arguments) {
  const StateLocation location = TRY(FindStateLocation(session, arguments));
  return FolderAlone(location);
}

Result<std::unique_ptr<StateStore>> OpenState(const Session& session,
                                              const std::string& folder,
                                              OpenMode mode,
                                              const std::string& environment) {
  OpenOptions options;
  options.folder = folder;
  options.mode = mode;
  options.environment = environment;
  options.clock = &session.clock;
  options.random = &session.random;
  return StateStore::Open(options);
}

void ReportInvalid(Session& session, const Diagnostics& diagnostics,
                   OutputFormat format) {
  const bool json = format == OutputFormat::kJson;
  ReportDiagnostics(session, diagnostics, format, ExitCode::kInvalid,
                    /*as_result=*/json);
  std::set<std::string> files;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.severity == Severity::kError &&
        !diagnostic.locations.empty()) {
      files.insert(diagnostic.locations[0].file);
    }
  }
  session.err << engine::Counted(
                     static_cast<std::int64_t>(diagnostics.error_count()),
                     "error", "errors")
              << " in "
              << engine::Counted(static_cast<std::int64_t>(files.size()),
                                 "file", "files")
              << ". Nothing was planned.\n";
}

RunEffects EffectsOf(const Session& session) {
  struct ReadOnce {
    bool is_read = false;
    std::optional<MasterKey> key;
  };
  auto once = std::make_shared<ReadOnce>();
  return RunEffects{
      session.clock,
      session.random,
      session.actor,
      session.variable,
      session.interrupted,
      [once](StateStore& store) -> Result<FoundKeys> {
        if (!once->is_read) {
          once->key = TRY(ReadMasterKey());
          once->is_read = true;
        }
        return FindRunKeys(store, once->key ? &*once->key : nullptr);
      },
  };
}

}  // namespace writ::reconciler
