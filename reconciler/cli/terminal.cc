#include "reconciler/cli/terminal.h"

#include <poll.h>
#include <pwd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ostream>

namespace writ::reconciler {

Terminal InspectTerminal() {
  Terminal terminal;
  terminal.out = isatty(STDOUT_FILENO) == 1;
  terminal.err = isatty(STDERR_FILENO) == 1;
  terminal.in = isatty(STDIN_FILENO) == 1;
  winsize size = {};
  if (terminal.out && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
      size.ws_col > 0) {
    terminal.width = std::clamp<int>(size.ws_col, 40, 200);
  }
  const std::string term = EnvironmentVariable("TERM").value_or("");
  const bool no_color = !EnvironmentVariable("NO_COLOR").value_or("").empty();
  terminal.color = terminal.out && !no_color && term != "dumb";
  return terminal;
}

std::string ActorOfProcess() {
  if (auto actor = EnvironmentVariable("WRIT_ACTOR");
      actor && !actor->empty()) {
    return *actor;
  }
  std::string user = "uid " + std::to_string(geteuid());
  passwd entry = {};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) ==
          0 &&
      found != nullptr) {
    user = found->pw_name;
  }
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return user;
  return user + "@" + host.data();
}

std::optional<std::string> EnvironmentVariable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

bool AwaitInput(const std::function<bool()>& interrupted) {
  // A signal may come just before the wait begins, so that it has an end.
  constexpr int kLookAgainMs = 100;
  pollfd input = {STDIN_FILENO, POLLIN, 0};
  while (!interrupted()) {
    if (poll(&input, 1, kLookAgainMs) > 0) return true;
  }
  return false;
}

int FinishOutput(Session& session, ExitCode exit_code) {
  session.out.flush();
  if (!session.out) {
    session.err << "error: the result could not be written to stdout\n";
    exit_code = Worse(exit_code, ExitCode::kError);
  }
  session.err.flush();
  return static_cast<int>(exit_code);
}

}  // namespace writ::reconciler
