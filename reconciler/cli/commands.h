// Every subcommand; each in the file of its name.
#pragma once

#include <vector>

#include "reconciler/cli/command.h"

namespace writ::reconciler {

Command ApplyCommand();
Command AuditCommand();
Command CompletionCommand();
Command ConfigCommand();
Command DeliveriesCommand();
Command DiffCommand();
Command DoctorCommand();
Command DriftCommand();
Command EvalCommand();
Command EventsCommand();
Command ExplainCommand();
Command ExplainKindCommand();
Command ExportCommand();
Command FmtCommand();
Command GraphCommand();
Command HistoryCommand();
Command InitCommand();
Command LockCommand();
Command ManualCommand();
Command PlanCommand();
Command PolicyCommand();
Command ReconcileCommand();
Command RollbackCommand();
Command RotateCommand();
Command ReviewCommand();
Command RotationCommand();
Command RulesCommand();
Command RunCommand();
Command SchemaCommand();
Command SecretsCommand();
Command ServeCommand();
Command ShowCommand();
Command StateCommand();
Command StatusCommand();
Command TokenCommand();
Command ValidateCommand();
Command VersionCommand();

// In the order in which `writ --help` lists them.
std::vector<Command> AllCommands();

}  // namespace writ::reconciler
