#include <ostream>

#include "reconciler/cli/command_outline.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/manual_page.h"

namespace writ::reconciler {
namespace {

struct Arguments {};

void Declare(Options& /*options*/, Arguments& /*arguments*/) {}

ExitCode Print(Session& session, const Arguments& /*arguments*/) {
  session.out << ManualPage(OutlineOf(AllCommands()));
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
