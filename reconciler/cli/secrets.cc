// The group; its commands are in files of their own.
#include <iterator>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/secrets_arguments.h"

namespace writ::reconciler {

Command SecretsCommand() {
  Command command;
  command.name = "secrets";
  command.summary = "Set, list and generate secret values; the master key";
  command.description =
      "Values are sealed under the state's master key and versioned. They are "
      "read from standard input or typed unseen, never taken from the command "
      "line, and never shown.";
  const auto add = [&](std::vector<Command> commands) {
    std::move(commands.begin(), commands.end(),
              std::back_inserter(command.subcommands));
  };
  add(SecretsListCommands());
  add(SecretsSetCommands());
  add({SecretsUnsetCommand()});
  add(SecretsKeyCommands());
  return command;
}

}  // namespace writ::reconciler
