#include "reconciler/cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <string>

namespace writ::reconciler {

namespace {

// From the file itself: getpwuid asks nscd, or a directory, through a socket
// (T-01). Who is in a directory only is named by the environment.
std::string NameOfUser(uid_t user) {
  const std::string id = std::to_string(user);
  std::ifstream file("/etc/passwd");
  for (std::string line; std::getline(file, line);) {
    // name:password:id:…
    const std::size_t name = line.find(':');
    const std::size_t begin =
        name == std::string::npos ? name : line.find(':', name + 1);
    if (begin == std::string::npos) continue;
    if (line.compare(begin + 1, line.find(':', begin + 1) - begin - 1, id) ==
        0) {
      return line.substr(0, name);
    }
  }
  for (const char* variable : {"USER", "LOGNAME"}) {
    const auto name = EnvironmentVariable(variable);
    if (name && !name->empty()) return *name;
  }
  return "uid " + id;
}

// As `writ audit show | head` leaves it: nothing is lost that anybody wanted.
bool IsReaderGone() {
  pollfd output = {STDOUT_FILENO, POLLOUT, 0};
  return poll(&output, 1, 0) > 0 && (output.revents & POLLERR) != 0;
}

}  // namespace

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
  const std::string user = NameOfUser(geteuid());
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
  if (!session.out && !IsReaderGone()) {
    session.err << "error: the result could not be written to stdout\n";
    exit_code = Worse(exit_code, ExitCode::kError);
  }
  session.err.flush();
  return static_cast<int>(exit_code);
}

}  // namespace writ::reconciler
