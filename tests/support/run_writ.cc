#include "tests/support/run_writ.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace writ::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("pipe failed");
  }
  return {ends[0], ends[1]};
}

// What sanitizers and coverage are told, the child must be told as well.
constexpr std::array kPassedOn = {"ASAN_OPTIONS", "UBSAN_OPTIONS",
                                  "LSAN_OPTIONS", "TSAN_OPTIONS",
                                  "LLVM_PROFILE_FILE"};

std::vector<std::string> EnvironmentOf(const Invocation& invocation) {
  const char* path = std::getenv("PATH");
  std::vector<std::string> environment = {
      std::string("PATH=") + (path == nullptr ? "/usr/bin:/bin" : path),
      "HOME=" + invocation.home.string(),
      "XDG_CACHE_HOME=" + (invocation.home / ".cache").string(),
      "LC_ALL=C.UTF-8"};
  for (const char* name : kPassedOn) {
    const bool is_given = std::any_of(
        invocation.variables.begin(), invocation.variables.end(),
        [&](const auto& variable) { return variable.first == name; });
    const char* value = std::getenv(name);
    if (value != nullptr && !is_given) {
      environment.push_back(std::string(name) + "=" + value);
    }
  }
  for (const auto& [name, value] : invocation.variables) {
    environment.push_back(name + "=" + value);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void CloseIfOpen(int& file) {
  if (file >= 0) ::close(file);
  file = -1;
}

}  // namespace

std::filesystem::path WritBinary() { return WRIT_BINARY; }

std::string Ran::all() const {
  return "\n--- ended " + std::to_string(code) +
         (signal == 0 ? "" : ", signal " + std::to_string(signal)) +
         "\n--- stdout\n" + out + "\n--- stderr\n" + err + "\n---\n";
}

WritProcess::WritProcess(const Invocation& invocation)
    : deadline_(steady_clock::now() + invocation.deadline) {
  const Pipe in = MakePipe();
  const Pipe out = MakePipe();
  const Pipe err = MakePipe();
  int given_output = -1;
  if (!invocation.output.empty()) {
    given_output = ::open(invocation.output.c_str(),
                          O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  }
  Start(invocation,
        {in.read, given_output >= 0 ? given_output : out.write, err.write});
  ::close(in.read);
  ::close(out.write);
  ::close(err.write);
  CloseIfOpen(given_output);
  out_ = out.read;
  err_ = err.read;
  in_ = in.write;
  WriteInput(invocation.input);
  if (!invocation.keeps_input_open) CloseIfOpen(in_);
}

void WritProcess::Start(const Invocation& invocation, const int (&streams)[3]) {
  std::vector<std::string> arguments = invocation.wrapper;
  arguments.push_back(invocation.program.empty() ? WritBinary().string()
                                                 : invocation.program.string());
  arguments.insert(arguments.end(), invocation.arguments.begin(),
                   invocation.arguments.end());
  std::vector<std::string> environment = EnvironmentOf(invocation);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  for (int target = 0; target < 3; ++target) {
    ::posix_spawn_file_actions_adddup2(&actions, streams[target], target);
  }
  ::posix_spawn_file_actions_addchdir_np(&actions, invocation.folder.c_str());
  // A test program may run with signals blocked or ignored; its child not.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  sigfillset(&signals);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failed =
      ::posix_spawnp(&child_, arguments[0].c_str(), &actions, &attributes,
                     Pointers(arguments).data(), Pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("can't start " + arguments[0]);
}

void WritProcess::WriteInput(std::string_view text) const {
  // It fits into a pipe; who doesn't read it makes SIGPIPE, ignored here.
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before = {};
  ::sigaction(SIGPIPE, &ignore, &before);
  const ssize_t written = ::write(in_, text.data(), text.size());
  ::sigaction(SIGPIPE, &before, nullptr);
  EXPECT_TRUE(written < 0 || static_cast<std::size_t>(written) == text.size());
}

WritProcess::~WritProcess() {
  if (child_ <= 0) return;
  Send(SIGKILL);
  int status = 0;
  ::waitpid(child_, &status, 0);
  CloseIfOpen(in_);
  CloseIfOpen(out_);
  CloseIfOpen(err_);
}

bool WritProcess::Read(Deadline until) {
  const auto left = std::chrono::duration_cast<milliseconds>(
      std::min(until, deadline_) - steady_clock::now());
  if (!is_open() || left.count() < 0) return false;
  std::array<pollfd, 2> files = {pollfd{out_, POLLIN, 0},
                                 pollfd{err_, POLLIN, 0}};
  ::poll(files.data(), files.size(), static_cast<int>(left.count()));
  std::array<char, 65536> buffer{};
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].revents == 0) continue;
    const ssize_t got = ::read(files[i].fd, buffer.data(), buffer.size());
    if (got > 0) {
      (i == 0 ? ran_.out : ran_.err)
          .append(buffer.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno != EINTR) {
      CloseIfOpen(i == 0 ? out_ : err_);
    }
  }
  return is_open();
}

bool WritProcess::WaitForOutput(std::string_view text) {
  const auto has = [&] {
    return ran_.out.find(text) != std::string::npos ||
           ran_.err.find(text) != std::string::npos;
  };
  while (!has() && Read(deadline_)) {
  }
  return has();
}

void WritProcess::WaitFor(milliseconds time) {
  const Deadline until = steady_clock::now() + time;
  while (steady_clock::now() < until && Read(until)) {
  }
}

void WritProcess::Send(int signal) const {
  if (child_ > 0) ::kill(child_, signal);
}

Ran WritProcess::Wait() {
  while (Read(deadline_)) {
  }
  if (is_open()) {
    ADD_FAILURE() << "it ran longer than its deadline" << ran_.all();
    Send(SIGKILL);
  }
  CloseIfOpen(in_);
  CloseIfOpen(out_);
  CloseIfOpen(err_);
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
  if (WIFEXITED(status)) ran_.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) ran_.signal = WTERMSIG(status);
  return ran_;
}

}  // namespace writ::testing
