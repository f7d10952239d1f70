// A value that is typed at a terminal.
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include "tests/e2e/secrets_bench.h"

namespace writ::e2e {
namespace {

// A prompt shows nothing of what is typed.
TEST_F(SecretsCommands, ThePromptDoesNotShowWhatIsTyped) {
  int terminal = -1;
  const std::string program = testing::WritBinary().string();
  const std::string folder = repository().string();
  const std::string variable = "WRIT_MASTER_KEY_FILE=" + key().string();
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  ASSERT_GE(child, 0);
  if (child == 0) {
    const char* argv[] = {program.c_str(), "secrets", "set", "SLACK_URL",
                          nullptr};
    const char* environment[] = {variable.c_str(), "PATH=/usr/bin:/bin",
                                 nullptr};
    if (::chdir(folder.c_str()) == 0) {
      ::execve(program.c_str(), const_cast<char**>(argv),
               const_cast<char**>(environment));
    }
    ::_exit(127);
  }
  std::string shown;
  const auto read_until = [&](const char* text) {
    char buffer[256];
    ssize_t size = 1;
    while (size > 0 && shown.find(text) == std::string::npos) {
      size = ::read(terminal, buffer, sizeof buffer);
      if (size > 0) shown.append(buffer, static_cast<std::size_t>(size));
    }
  };
  const std::string line = std::string(kCanary) + "\n";
  read_until("Value of");
  ASSERT_EQ(::write(terminal, line.data(), line.size()),
            static_cast<ssize_t>(line.size()));
  read_until("Once more");
  ASSERT_EQ(::write(terminal, line.data(), line.size()),
            static_cast<ssize_t>(line.size()));
  read_until("version 1");
  int status = 0;
  ::close(terminal);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(Lacks(shown, "canary"));
  EXPECT_TRUE(Holds(shown, "version 1"));
}

}  // namespace
}  // namespace writ::e2e
