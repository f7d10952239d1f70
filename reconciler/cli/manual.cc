#include <ostream>

#include "reconciler/cli/command_outline.h"
#include "reconciler/cli/command_reference.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/manual_page.h"

namespace writ::reconciler {
namespace {

struct ManualArguments {
  bool markdown = false;
};

void DeclareManual(Options& options, ManualArguments& arguments) {
  options.Flag("--markdown", arguments.markdown,
               "Print docs/commands.md instead");
}

ExitCode Print(Session& session, const ManualArguments& arguments) {
  const CommandOutline outline = OutlineOf(AllCommands());
  session.out << (arguments.markdown ? CommandReference(outline)
                                     : ManualPage(outline));
  return ExitCode::kDone;
}

}  // namespace

Command ManualCommand() {
  Command command = MakeCommand<ManualArguments>(
      "manual", "Print the manual page writ(1)", DeclareManual, Print);
  command.examples = {"writ manual | man -l -"};
  return command;
}

}  // namespace writ::reconciler
