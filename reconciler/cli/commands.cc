#include "reconciler/cli/commands.h"

#include "reconciler/cli/remote_commands.h"

namespace writ::reconciler {

std::vector<Command> AllCommands() {
  std::vector<Command> commands = {
      InitCommand(),        ValidateCommand(),   FmtCommand(),
      PlanCommand(),        ReviewCommand(),     ShowCommand(),
      ApplyCommand(),       ReconcileCommand(),  DiffCommand(),
      DriftCommand(),       StatusCommand(),     HistoryCommand(),
      ExportCommand(),      RollbackCommand(),   GraphCommand(),
      ExplainCommand(),     EvalCommand(),       PolicyCommand(),
      EventsCommand(),      RulesCommand(),      DeliveriesCommand(),
      TokenCommand(),       RotateCommand(),     RotationCommand(),
      SecretsCommand(),     ConfigCommand(),     RunCommand(),
      ServeCommand(),       StateCommand(),      LockCommand(),
      AuditCommand(),       DoctorCommand(),     SchemaCommand(),
      ExplainKindCommand(), CompletionCommand(), ManualCommand(),
      VersionCommand(),
  };
  AddWayToGateways(commands);
  return commands;
}

}  // namespace writ::reconciler
