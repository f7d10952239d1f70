#include <ostream>

#include "reconciler/cli/command_outline.h"
#include "reconciler/cli/command_reference.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/manual_page.h"

namespace writ::reconciler {
namespace {

struct Arguments {
  bool markdown = false;
};

void Declare(Options& options, Arguments& arguments) {
  options.Flag("--markdown", arguments.markdown,
               "Print docs/commands.md instead");
}

ExitCode Print(Session& session, const Arguments& arguments) {
  const CommandOutline outline = OutlineOf(AllCommands());
  session.out << (arguments.markdown ? CommandReference(outline)
                                     : ManualPage(outline));
  return ExitCode::kDone;
}

}  // namespace

Command ManualCommand() {
  Command command = MakeCommand<Arguments>(
      "manual", "Print the manual page writ(1)", Declare, Print);
  command.examples = {"writ manual | man -l -"};
  return command;
}

}  // namespace writ::reconciler
