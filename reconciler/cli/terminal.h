// What the process can tell of its terminal, its user and its environment.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "reconciler/cli/session.h"

namespace writ::reconciler {

struct Terminal {
  bool out = false;
  bool err = false;
  bool in = false;
  int width = 80;      // columns of stdout's terminal, 80 where it is none
  bool color = false;  // stdout is a terminal that can, and no NO_COLOR
};

Terminal InspectTerminal();

// "ana@runner-4"; WRIT_ACTOR overrides it, so that CI can name who asked.
std::string ActorOfProcess();

std::optional<std::string> EnvironmentVariable(const char* name);

// Blocks until stdin has something to read or has ended; false once
// interrupted. A read by itself would go on waiting after a signal.
bool AwaitInput(const std::function<bool()>& interrupted);

// Flushes stdout; a result that couldn't be written is an error, whatever the
// command said.
int FinishOutput(Session& session, ExitCode exit_code);

}  // namespace writ::reconciler
