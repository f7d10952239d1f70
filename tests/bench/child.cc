#include "tests/bench/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string_view>

namespace writ::bench {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (const std::string& string : strings) {
    pointers.push_back(const_cast<char*>(string.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string Tail(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  const std::string all = text.str();
  constexpr std::size_t kTail = 2000;
  return all.substr(all.size() - std::min(all.size(), kTail));
}

pid_t Spawn(const ChildRequest& request) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, request.log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const std::vector<char*> argv = Pointers(request.argv);
  const std::vector<char*> environment = Pointers(request.environment);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(),
                                  environment.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) {
    Die("can't start " + request.argv[0] + ": " + std::strerror(failed));
  }
  return pid;
}

}  // namespace

Usage RunChild(const ChildRequest& request) {
  const auto began = std::chrono::steady_clock::now();
  const pid_t pid = Spawn(request);
  int status = 0;
  rusage used{};
  while (wait4(pid, &status, 0, &used) < 0) {
    if (errno != EINTR) Die(std::string("wait4: ") + std::strerror(errno));
  }
  const std::chrono::duration<double> wall =
      std::chrono::steady_clock::now() - began;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != request.expected_exit) {
    std::string command;
    for (const std::string& part : request.argv) command += part + " ";
    Die(command + "ended with status " + std::to_string(status) +
        ", not with exit code " + std::to_string(request.expected_exit) +
        ":\n" + Tail(request.log));
  }
  Usage usage;
  usage.wall_s = wall.count();
  usage.user_s = static_cast<double>(used.ru_utime.tv_sec) +
                 static_cast<double>(used.ru_utime.tv_usec) / 1e6;
  usage.peak_rss_mb = static_cast<double>(used.ru_maxrss) / 1024;
  return usage;
}

std::vector<std::string> CleanEnvironment(const std::string& cache) {
  constexpr std::array<std::string_view, 3> kDropped = {"GIT_", "WRIT_",
                                                        "XDG_CACHE_HOME="};
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const bool dropped =
        std::any_of(kDropped.begin(), kDropped.end(), [&](auto prefix) {
          return variable.substr(0, prefix.size()) == prefix;
        });
    if (!dropped) environment.emplace_back(variable);
  }
  for (const char* entry :
       {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
        "GIT_AUTHOR_NAME=bench", "GIT_AUTHOR_EMAIL=bench@writ.example",
        "GIT_COMMITTER_NAME=bench", "GIT_COMMITTER_EMAIL=bench@writ.example"}) {
    environment.emplace_back(entry);
  }
  environment.push_back("XDG_CACHE_HOME=" + cache);
  return environment;
}

void Die(const std::string& message) {
  std::cerr << "benchmark: " << message << "\n";
  std::exit(1);
}

}  // namespace writ::bench
