// tests/fault/revoking_child.cc as a process, read line by line.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <string>

namespace writ::testing {

class RevokingProcess {
 public:
  RevokingProcess(std::string folder, std::string ids, std::string how,
                  int step) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    out_ = ends[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::string program = WRIT_REVOKING_CHILD;
    std::string number = std::to_string(step);
    std::array<char*, 6> arguments = {program.data(), folder.data(), ids.data(),
                                      how.data(),     number.data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, program.c_str(), &actions, nullptr,
                            arguments.data(), environ),
              0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
  }
  ~RevokingProcess() {
    ::close(out_);
    if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  }
  RevokingProcess(const RevokingProcess&) = delete;
  RevokingProcess& operator=(const RevokingProcess&) = delete;

  // Waits for one; nothing once the process has ended.
  std::optional<std::string> ReadLine() {
    while (true) {
      const std::size_t end = text_.find('\n');
      if (end != std::string::npos) {
        std::string line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      std::array<char, 4096> buffer{};
      const ssize_t count = ::read(out_, buffer.data(), buffer.size());
      if (count <= 0) return std::nullopt;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  int Wait() {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = 0;
  int out_ = -1;
  std::string text_;
};

}  // namespace writ::testing
