#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/token_arguments.h"

namespace writ::reconciler {

Command TokenCommand() {
  Command command;
  command.name = "token";
  command.summary = "Issue tokens, look at them, end them, find leaked ones";
  for (auto commands :
       {TokenIssueCommands(), TokenListCommands(), TokenEndCommands()}) {
    for (Command& subcommand : commands) {
      command.subcommands.push_back(std::move(subcommand));
    }
  }
  command.subcommands.push_back(TokenVerifyCommand());
  command.subcommands.push_back(TokenLeakedCommand());
  command.subcommands.push_back(TokenScanCommand());
  command.subcommands.push_back(TokenUsageCommand());
  command.subcommands.push_back(TokenSuggestCommand());
  return command;
}

}  // namespace writ::reconciler
