// writ run: a program with a project's values in its environment, and nothing
// of them anywhere else.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ostream>
#include <string_view>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/config_arguments.h"
#include "reconciler/host/environment_names.h"

namespace writ::reconciler {
namespace {

// What programs expect of any terminal session. All else of this process's
// environment is left behind; WRIT_* always.
constexpr std::array kPassed = {"PATH",
                                "HOME",
                                "USER",
                                "LOGNAME",
                                "SHELL",
                                "TERM",
                                "LANG",
                                "LC_ALL",
                                "LC_CTYPE",
                                "LC_COLLATE",
                                "TZ",
                                "TMPDIR",
                                "PWD",
                                "COLORTERM",
                                "XDG_RUNTIME_DIR",
                                "XDG_CACHE_HOME",
                                "XDG_CONFIG_HOME"};

void DeclareRun(Options& options, ConfigArguments& arguments) {
  DeclareConfigCommon(options, arguments);
  options.Texts("--pass", arguments.pass,
                "A variable of this environment to pass on; may be repeated");
  options.Positionals("CMD", arguments.command, true,
                      "The program and its arguments, after --");
}

// "NAME=value" in memory that is wiped.
class Environment {
 public:
  void Add(std::string_view name, std::string_view value) {
    SecretBuilder line;
    line.Append(name).Append("=").Append(value).Append({"\0", 1});
    lines_.push_back(line.Finish());
  }
  std::vector<char*> Pointers() const {
    std::vector<char*> pointers;
    for (const SecretValue& line : lines_) {
      pointers.push_back(const_cast<char*>(line.Reveal().data()));
    }
    pointers.push_back(nullptr);
    return pointers;
  }

 private:
  std::vector<SecretValue> lines_;
};

Status PassOn(const Session& session, const ConfigArguments& arguments,
              const std::vector<ConfigSession::Entry>& entries,
              Environment& environment) {
  std::vector<std::string> names(kPassed.begin(), kPassed.end());
  for (const std::string& name : arguments.pass) {
    if (name.rfind("WRIT_", 0) == 0 || name == "VAULTLIER_API_KEY") {
      return Fail(ErrorCode::kInvalidArgument,
                  name + " is writ's own and isn't passed on");
    }
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  for (const std::string& name : names) {
    const bool is_secret = std::any_of(
        entries.begin(), entries.end(),
        [&](const auto& entry) { return entry.secret.key() == name; });
    const auto value = session.variable(name.c_str());
    if (value && !is_secret) environment.Add(name, *value);
  }
  return {};
}

// T-25: such a value would be code.
Status AddValues(const std::vector<ConfigSession::Entry>& entries,
                 Environment& environment) {
  for (const ConfigSession::Entry& entry : entries) {
    const std::string key = entry.secret.key();
    if (ChangesPrograms(key)) {
      return Fail(ErrorCode::kPermission,
                  key + " changes how programs run, and is given to none",
                  "give the secret another key");
    }
    environment.Add(key, entry.value.Reveal());
  }
  return {};
}

Status Execute(Session& session, std::vector<std::string> command,
               const Environment& environment) {
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  session.out.flush();
  session.err.flush();
  // An ignored signal stays ignored in the program.
  ::signal(SIGPIPE, SIG_DFL);
  ::execvpe(argv[0], argv.data(), environment.Pointers().data());
  const int error = errno;
  ::signal(SIGPIPE, SIG_IGN);
  const bool is_absent = error == ENOENT || error == ENOTDIR;
  return Fail(is_absent ? ErrorCode::kNotFound : ErrorCode::kPermission,
              "can't run " + command.front() + ": " + std::strerror(error));
}

Result<ExitCode> Run(Session& session, const ConfigArguments& arguments) {
  Environment environment;
  {
    auto config =
        TRY(ConfigSession::Open(session, arguments, KeyRole::kViewer));
    const auto entries = TRY(config->ReadAll());
    TRY(AddValues(entries, environment));
    TRY(PassOn(session, arguments, entries, environment));
    TRY(config->AuditRead("run", entries.size()));
  }
  TRY(Execute(session, arguments.command, environment));
  return ExitCode::kDone;
}

}  // namespace

Command RunCommand() {
  Command run = MakeCommand<ConfigArguments>(
      "run", "Run a program with a project's values in its environment",
      DeclareRun, RunReporting<ConfigArguments, Run>);
  run.description =
      "The program gets PATH, HOME, the locale and the like, what --pass "
      "names, and the values; nothing else. Its exit code is the command's.";
  run.examples = {"writ run --project payments --secret-env dev -- npm start"};
  return run;
}

}  // namespace writ::reconciler
