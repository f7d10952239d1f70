#include "reconciler/host/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <utility>

#include "reconciler/descriptor.h"
#include "reconciler/host/pipe_signal_block.h"

namespace writ::reconciler {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kLongestWaitMs = 3600000;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(ErrorCode::kIo,
                std::string("can't make a pipe: ") + std::strerror(errno));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// The attributes and file actions of a spawn, freed at the end.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void Prepare(const std::string& folder, int in, int out, int err) {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP |
                                               POSIX_SPAWN_SETSIGMASK |
                                               POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawn_file_actions_adddup2(&actions_, in, 0);
    posix_spawn_file_actions_adddup2(&actions_, out, 1);
    posix_spawn_file_actions_adddup2(&actions_, err, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }

  int Spawn(pid_t& child, const std::vector<std::string>& argv,
            const std::vector<std::string>& environment) const {
    return posix_spawn(&child, argv[0].c_str(), &actions_, &attributes_,
                       Pointers(argv).data(), Pointers(environment).data());
  }

 private:
  static std::vector<char*> Pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
      pointers.push_back(const_cast<char*>(text.c_str()));  // NOLINT
    }
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

// Programs look for their settings there. By the user's entry, not by what this
// process was given.
std::string HomeFolder() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? "/" : found->pw_dir;
}

std::vector<std::string> EnvironmentOf(const ChildRequest& request) {
  std::map<std::string, std::string> all = request.environment;
  all.emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  all.emplace("LANG", "C.UTF-8");
  all.emplace("HOME", HomeFolder());
  std::vector<std::string> lines;
  for (const auto& [name, value] : all) {
    lines.push_back(std::string(name).append("=").append(value));
  }
  return lines;
}

struct Running {
  pid_t pid = -1;
  Descriptor handle;  // readable once the leader has ended
  Descriptor input;
  Descriptor output;
  Descriptor errors;
};

Result<Running> Start(const ChildRequest& request) {
  Pipe in = TRY(MakePipe());
  Pipe out = TRY(MakePipe());
  Pipe err = TRY(MakePipe());
  SpawnPlan plan;
  plan.Prepare(request.folder, in.read.get(), out.write.get(), err.write.get());
  Running child;
  const int failed =
      plan.Spawn(child.pid, request.argv, EnvironmentOf(request));
  if (failed != 0) {
    return Fail(
        failed == ENOENT ? ErrorCode::kNotFound : ErrorCode::kPermission,
        "can't run " + request.argv[0] + ": " + std::strerror(failed));
  }
  child.handle =
      Descriptor(static_cast<int>(syscall(SYS_pidfd_open, child.pid, 0U)));
  child.input = std::move(in.write);
  child.output = std::move(out.read);
  child.errors = std::move(err.read);
  fcntl(child.input.get(), F_SETFL, O_NONBLOCK);
  fcntl(child.output.get(), F_SETFL, O_NONBLOCK);
  fcntl(child.errors.get(), F_SETFL, O_NONBLOCK);
  return child;
}

void Feed(Descriptor& to, std::string_view& rest) {
  while (!rest.empty()) {
    const ssize_t wrote = write(to.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EAGAIN) return;
    if (wrote < 0) break;  // it doesn't want the rest
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  to.Close();
}

// What a stream says, up to the cap; the rest is read and dropped, since a
// child that can't write would hang.
struct Captured {
  SecretBuilder bytes;
  std::size_t size = 0;
  bool cut = false;

  void Read(Descriptor& from, std::size_t cap) {
    std::array<char, 4096> buffer{};
    while (from.is_open()) {
      const ssize_t got = read(from.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) break;
      if (got <= 0) {
        from.Close();
        break;
      }
      const std::size_t keep =
          std::min(static_cast<std::size_t>(got), cap - size);
      bytes.Append({buffer.data(), keep});
      size += keep;
      cut = cut || keep < static_cast<std::size_t>(got);
    }
    Wipe(buffer.data(), buffer.size());
  }
};

int LeftMs(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - SteadyClock::now());
  return static_cast<int>(
      std::clamp<std::int64_t>(left.count() + 1, 0, kLongestWaitMs));
}

// True once the leader has ended, false when the deadline came first.
bool Converse(Running& child, const ChildRequest& request, Captured& output,
              Captured& errors, SteadyClock::time_point deadline) {
  std::string_view rest = request.input.Reveal();
  if (rest.empty()) child.input.Close();
  while (true) {
    std::array<pollfd, 4> waits = {
        pollfd{child.handle.get(), POLLIN, 0},
        pollfd{child.input.get(), POLLOUT, 0},
        pollfd{child.output.get(), POLLIN, 0},
        pollfd{child.errors.get(), POLLIN, 0},
    };
    const int left = LeftMs(deadline);
    const int ready = poll(waits.data(), waits.size(), left);
    if (ready < 0 && errno != EINTR) return false;
    if (child.input.is_open() && waits[1].revents != 0) {
      Feed(child.input, rest);
    }
    output.Read(child.output, request.output_cap);
    errors.Read(child.errors, request.output_cap);
    if (ready > 0 && waits[0].revents != 0) return true;
    if (SteadyClock::now() >= deadline) return false;
  }
}

}  // namespace

Result<ChildOutcome> RunChild(const ChildRequest& request) {
  const PipeSignalBlock block;
  const auto deadline = SteadyClock::now() + request.timeout;
  Running child = TRY(Start(request));
  Captured output;
  Captured errors;
  const bool ended = child.handle.is_open() &&
                     Converse(child, request, output, errors, deadline);
  // Before it's reaped, while its number can be nobody else's.
  kill(-child.pid, SIGKILL);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  output.Read(child.output, request.output_cap);
  errors.Read(child.errors, request.output_cap);
  ChildOutcome outcome;
  outcome.output = output.bytes.Finish();
  outcome.errors = errors.bytes.Finish();
  outcome.cut = output.cut || errors.cut;
  if (!ended) {
    outcome.end = ChildOutcome::End::kTimedOut;
  } else if (WIFEXITED(status)) {
    outcome.exit_status = WEXITSTATUS(status);
  } else {
    outcome.end = ChildOutcome::End::kKilled;
  }
  return outcome;
}

}  // namespace writ::reconciler
