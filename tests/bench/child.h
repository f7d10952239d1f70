// Runs a program as a user would and says what it took: for benchmarks.
//
// The peak of a child includes what its parent held when it was started (Linux
// counts the memory before exec), so keep the measuring process small.
#pragma once

#include <string>
#include <vector>

namespace writ::bench {

struct Usage {
  double wall_s = 0;
  double user_s = 0;
  double peak_rss_mb = 0;  // 2^20 bytes
};

struct ChildRequest {
  std::vector<std::string> argv;  // the program by its path, or looked up
  std::vector<std::string> environment;  // NAME=VALUE; all there is
  std::string log;  // a file that takes stdout and stderr, emptied first
  int expected_exit = 0;
};

// Blocks until the program has ended. Ends this process, with the tail of the
// log on stderr, when the program can't be started or ends otherwise.
Usage RunChild(const ChildRequest& request);

// This process's environment without git's, writ's and the cache folder's
// variables, plus: no configuration of git, a fixed identity, `cache` as the
// cache folder.
std::vector<std::string> CleanEnvironment(const std::string& cache);

[[noreturn]] void Die(const std::string& message);

}  // namespace writ::bench
