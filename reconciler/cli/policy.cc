#include "reconciler/cli/commands.h"
#include "reconciler/cli/policy_commands.h"

namespace writ::reconciler {

Command PolicyCommand() {
  Command command;
  command.name = "policy";
  command.summary = "Test, list and explain policies; judge what is live";
  command.subcommands = {PolicyTestCommand(), PolicyCheckCommand(),
                         PolicyListCommand(), PolicyExplainCommand()};
  return command;
}

}  // namespace writ::reconciler
