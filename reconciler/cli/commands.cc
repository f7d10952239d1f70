#include "reconciler/cli/commands.h"

namespace writ::reconciler {

std::vector<Command> AllCommands() {
  return {
      InitCommand(),       ValidateCommand(),    FmtCommand(),
      PlanCommand(),       ReviewCommand(),      ShowCommand(),
      ApplyCommand(),      DiffCommand(),        DriftCommand(),
      GraphCommand(),      ExplainCommand(),     EvalCommand(),
      PolicyCommand(),     EventsCommand(),      RulesCommand(),
      DeliveriesCommand(), TokenCommand(),       RotateCommand(),
      RotationCommand(),   SecretsCommand(),     ConfigCommand(),
      RunCommand(),        ServeCommand(),       StateCommand(),
      LockCommand(),       AuditCommand(),       DoctorCommand(),
      SchemaCommand(),     ExplainKindCommand(), CompletionCommand(),
      ManualCommand(),     VersionCommand(),
  };
}

}  // namespace writ::reconciler
