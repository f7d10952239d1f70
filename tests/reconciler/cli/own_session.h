// A session without a process: what a command prints comes back as text.
#pragma once

#include <optional>
#include <sstream>
#include <string>

#include "reconciler/cli/session.h"
#include "reconciler/clock.h"

namespace writ::reconciler::testing {

struct OwnSession {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in;
  SystemClock clock;
  SystemRandom random;
  Session session{
      .out = out,
      .err = err,
      .in = in,
      .clock = clock,
      .random = random,
      .cwd = "/",
      .actor = [] { return std::string("ana@runner-4"); },
      .variable = [](const char*) { return std::optional<std::string>(); },
      .interrupted = [] { return false; }};
};

}  // namespace writ::reconciler::testing
