// The subcommands of `writ policy`, each in the file of its name.
#pragma once

#include "reconciler/cli/command.h"

namespace writ::reconciler {

Command PolicyTestCommand();
Command PolicyCheckCommand();
Command PolicyListCommand();
Command PolicyExplainCommand();

}  // namespace writ::reconciler
