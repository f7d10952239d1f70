// Parses a command line and runs the command it names. Help and examples go to
// stdout, mistakes to stderr with the way on (exit code 64).
#pragma once

#include <string>
#include <vector>

#include "reconciler/cli/command.h"
#include "reconciler/cli/session.h"

namespace writ::reconciler {

// `arguments` without the program's name.
ExitCode RunCommandLine(const std::vector<Command>& commands,
                        const std::vector<std::string>& arguments,
                        Session& session);

}  // namespace writ::reconciler
