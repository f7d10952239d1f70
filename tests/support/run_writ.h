// Runs the real `writ` binary as a process, as a user would: arguments, current
// folder, a clean environment, text on stdin; captures what it prints and how
// it ends.
//
// Each run has a deadline after which that process (and no other) is killed
// and the test fails. The environment holds PATH, HOME and XDG_CACHE_HOME in
// `home`, and what was asked for; no NO_COLOR, no WRIT_*. Used by one thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::testing {

struct Invocation {
  std::vector<std::string> arguments;  // without the program's name
  std::filesystem::path folder;        // where it starts
  std::filesystem::path home;          // HOME; its .cache is XDG_CACHE_HOME
  std::string input = {};              // stdin, closed after it
  bool keeps_input_open = false;       // until the process is waited for
  std::vector<std::pair<std::string, std::string>> variables = {};
  std::vector<std::string> wrapper = {};       // strace …, setpriv …
  std::filesystem::path program = {};          // empty: the built binary
  std::filesystem::path output = {};           // stdout goes to this file
  std::chrono::milliseconds deadline{60'000};  // generous: sanitizers, 2 cores
};

struct Ran {
  int code = -1;   // exit code; -1 when a signal ended it
  int signal = 0;  // that ended it
  std::string out;
  std::string err;

  // Both, for messages of failed expectations.
  std::string all() const;
};

class WritProcess {
 public:
  explicit WritProcess(const Invocation& invocation);
  // Kills it where nobody waited for it.
  ~WritProcess();
  WritProcess(const WritProcess&) = delete;
  WritProcess& operator=(const WritProcess&) = delete;

  // Blocks until stdout or stderr holds the text, or the process has closed
  // both; says whether it does.
  bool WaitForOutput(std::string_view text);
  // Blocks until that much time has passed or the process has closed both.
  void WaitFor(std::chrono::milliseconds time);
  // Of stdout, as far as it has been waited for.
  const std::string& out_so_far() const { return ran_.out; }
  void Send(int signal) const;
  pid_t id() const { return child_; }
  // Blocks until it ends.
  Ran Wait();

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  void Start(const Invocation& invocation, const int (&streams)[3]);
  void WriteInput(std::string_view text) const;
  // False once both streams are closed or the time is over.
  bool Read(Deadline until);
  bool is_open() const { return out_ >= 0 || err_ >= 0; }

  pid_t child_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  Deadline deadline_;
  Ran ran_;
};

inline Ran RunWrit(const Invocation& invocation) {
  return WritProcess(invocation).Wait();
}

// Of the binary that this build made.
std::filesystem::path WritBinary();

}  // namespace writ::testing
