// Copies of the state: backup, restore, and the one for plan jobs.
#include <ostream>
#include <utility>

#include "reconciler/cli/state_arguments.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

void DeclareBackup(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Positional("FILE", arguments.file, true,
                     "A new file; never over an existing one");
}

void DeclareRestore(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Positional("FILE", arguments.file, false, "A backup");
  options.Flag("--accept", arguments.accept,
               "Let apply go on with a restored state");
}

void DeclareExport(Options& options, StateArguments& arguments) {
  DeclareStateCommon(options, arguments);
  options.Positional("FILE", arguments.file, true, "A new file");
  options.Flag("--for-plan", arguments.for_plan,
               "What planning needs and nothing else");
}

std::string FileOf(const Session& session, const StateArguments& arguments) {
  return AbsolutePath(session, arguments.file);
}

Value FileFacts(const StateArguments& arguments) {
  Value done;
  done.Set("file", arguments.file);
  return done;
}

Result<ExitCode> Backup(Session& session, const StateArguments& arguments) {
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadOnly));
  TRY(store->BackupTo(FileOf(session, arguments)));
  return Tell(session, arguments, FileFacts(arguments),
              "Wrote " + arguments.file);
}

ExitCode TellAccepted(Session& session, const StateArguments& arguments,
                      const std::string& sentence) {
  Value done;
  done.Set("accepted", true);
  return Tell(session, arguments, std::move(done), sentence);
}

Result<ExitCode> Accept(Session& session, const StateArguments& arguments) {
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadWrite));
  if (!TRY(store->ReadFacts()).restored) {
    return TellAccepted(session, arguments, "There is nothing to accept.");
  }
  auto transaction = TRY(store->BeginWrite(""));
  TRY(transaction->AcceptRestore());
  TRY(transaction->AppendAudit({0,
                                session.clock.Now(),
                                session.actor(),
                                "state.accept",
                                "",
                                "{}",
                                {},
                                {}}));
  TRY(transaction->Commit());
  return TellAccepted(session, arguments, "The restored state is accepted.");
}

Result<ExitCode> Restore(Session& session, const StateArguments& arguments) {
  if (arguments.accept) return Accept(session, arguments);
  if (arguments.file.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "state restore wants a backup FILE, or --accept");
  }
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  TRY(RestoreState(FileOf(session, arguments), folder, session.clock,
                   session.random, session.actor()));
  Value done;
  done.Set("folder", folder);
  done.Set("accepted", false);
  return Tell(session, arguments, std::move(done),
              "Restored into " + folder +
                  " under a new lineage. Compare with\n"
                  "  writ plan\n"
                  "and then let apply go on with\n"
                  "  writ state restore --accept");
}

Result<ExitCode> Export(Session& session, const StateArguments& arguments) {
  if (!arguments.for_plan) {
    return Fail(ErrorCode::kInvalidArgument, "state export wants --for-plan");
  }
  auto store = TRY(OpenStateOf(session, arguments, OpenMode::kReadOnly));
  TRY(ExportForPlan(*store, FileOf(session, arguments)));
  return Tell(session, arguments, FileFacts(arguments),
              "Wrote " + arguments.file +
                  ": plan with --state on a folder that holds it as state.db");
}

}  // namespace

std::vector<Command> StateCopyCommands() {
  Command backup = MakeCommand<StateArguments>(
      "backup", "Copy the state into a file while it is in use", DeclareBackup,
      RunReporting<StateArguments, Backup>);
  backup.examples = {"writ state backup /backup/writ-2026-11-21.db"};
  Command restore = MakeCommand<StateArguments>(
      "restore", "Make a new state of a backup", DeclareRestore,
      RunReporting<StateArguments, Restore>);
  restore.description =
      "The restored state has a new lineage, so that no plan made before "
      "applies to it, and\napply refuses until `writ state restore --accept`.";
  restore.examples = {"writ state restore backup.db --state sqlite:state/new",
                      "writ state restore --accept"};
  Command exporting = MakeCommand<StateArguments>(
      "export", "Copy what plan jobs need, and no secret", DeclareExport,
      RunReporting<StateArguments, Export>);
  exporting.examples = {"writ state export --for-plan plan-state/state.db"};
  return {std::move(backup), std::move(restore), std::move(exporting)};
}

}  // namespace writ::reconciler
