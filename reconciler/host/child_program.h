// A program run to its end: no shell, an environment made from nothing, bytes
// on its standard input, what it prints kept up to a cap, a deadline. It runs
// in a process group of its own, and the whole group is killed when the
// deadline passes or its leader ends, so that nothing stays behind.
//
// Whether it may run at all is for the caller to ask (HostFile::MayRun).
// Blocks until the child is reaped. Safe from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schema/result.h"
#include "schema/secret_value.h"
#include "schema/time.h"

namespace writ::reconciler {

struct ChildRequest {
  std::vector<std::string> argv;  // argv[0] is an absolute path
  // All that the child's environment holds, beside PATH, LANG and HOME: where
  // they're missing here, fixed ones and the user's home by its entry.
  std::map<std::string, std::string> environment;
  std::string folder = "/";
  SecretValue input;
  Duration timeout = std::chrono::seconds(30);
  std::size_t output_cap = std::size_t{1} << 20;  // of each stream
};

struct ChildOutcome {
  enum class End : std::uint8_t { kExited, kKilled, kTimedOut };

  End end = End::kExited;
  int exit_status = 0;  // of kExited
  SecretValue output;   // may hold a secret: it's what sources answer with
  SecretValue errors;   // may repeat one
  bool cut = false;     // a stream was longer than the cap
};

// kNotFound or kPermission where the program can't be started; whatever it
// does once started is an outcome.
Result<ChildOutcome> RunChild(const ChildRequest& request);

}  // namespace writ::reconciler
