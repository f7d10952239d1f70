// The subcommands of `writ rules`, each in the file of its name, and what they
// share.
#pragma once

#include "reconciler/cli/command.h"

namespace writ::reconciler {

Command RulesTestCommand();
Command RulesExplainCommand();

}  // namespace writ::reconciler
