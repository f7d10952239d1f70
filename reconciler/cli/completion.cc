#include <array>
#include <ostream>
#include <string_view>

#include "reconciler/cli/command_outline.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/completion_script.h"

namespace writ::reconciler {
namespace {

struct Shell {
  std::string_view name;
  std::string (*script)(const CommandOutline& outline);
};

constexpr std::array<Shell, 3> kShells = {{{"bash", BashCompletion},
                                           {"zsh", ZshCompletion},
                                           {"fish", FishCompletion}}};

struct CompletionArguments {
  std::string shell;
  bool json = false;
};

void DeclareCompletion(Options& options, CompletionArguments& arguments) {
  options.Positional("SHELL", arguments.shell, true, "bash, zsh or fish");
}

Result<ExitCode> CompleteCommand(Session& session,
                                 const CompletionArguments& arguments) {
  for (const Shell& shell : kShells) {
    if (shell.name != arguments.shell) continue;
    session.out << shell.script(OutlineOf(AllCommands()));
    return ExitCode::kDone;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "there are completions for bash, zsh and fish, not for \"" +
                  arguments.shell + "\"");
}

}  // namespace

Command CompletionCommand() {
  Command command = MakeCommand<CompletionArguments>(
      "completion", "Print a shell's completions of writ's commands",
      DeclareCompletion, RunReporting<CompletionArguments, CompleteCommand>);
  command.examples = {
      "source <(writ completion bash)         # in ~/.bashrc",
      "source <(writ completion zsh)          # in ~/.zshrc, after compinit",
      "writ completion fish > ~/.config/fish/completions/writ.fish",
  };
  return command;
}

}  // namespace writ::reconciler
