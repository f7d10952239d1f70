#include <ostream>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "schema/report/escape.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

struct LockArguments {
  SourceArguments source;
  std::string token;
  std::string reason;
  bool json = false;
};

void DeclareList(Options& options, LockArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareBreak(Options& options, LockArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Positional("ID", arguments.token, true,
                     "The lease's id, as `writ lock list` shows it");
  options.Text("--reason", arguments.reason, "Why; kept in the audit");
}

Result<std::unique_ptr<StateStore>> Open(Session& session,
                                         const LockArguments& arguments,
                                         OpenMode mode) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenState(session, folder, mode, "");
}

Result<ExitCode> List(Session& session, const LockArguments& arguments) {
  auto store = TRY(Open(session, arguments, OpenMode::kReadOnly));
  const auto lease = TRY(store->ReadLease());
  if (arguments.json) {
    Value value;
    Value::List leases;
    if (lease) {
      Value item;
      item.Set("id", lease->token);
      item.Set("holder", lease->holder);
      item.Set("operation", lease->operation);
      item.Set("acquired_at", FormatTimestamp(lease->acquired_at));
      item.Set("ttl_ms", lease->ttl_ms);
      leases.push_back(std::move(item));
    }
    value.Set("leases", std::move(leases));
    return PrintResult(session, std::move(value));
  }
  if (!lease) {
    session.out << "Nobody holds the lease.\n";
    return ExitCode::kDone;
  }
  session.out << EscapeTerminal(lease->holder) << " holds the lease for "
              << EscapeTerminal(lease->operation) << " since "
              << FormatSeconds(lease->acquired_at) << " ("
              << FormatAge(lease->acquired_at, session.clock.Now()) << ")\n"
              << "A holder that died is taken over after "
              << FormatDuration(Duration(lease->ttl_ms))
              << " without a sign of life. To break it now:\n"
              << "  writ lock break " << EscapeTerminal(lease->token)
              << SameState(session, arguments.source) << " --reason TEXT\n";
  return ExitCode::kDone;
}

Result<ExitCode> Break(Session& session, const LockArguments& arguments) {
  if (arguments.reason.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "breaking a lease wants --reason TEXT");
  }
  auto store = TRY(Open(session, arguments, OpenMode::kReadWrite));
  TRY(store->BreakLease(arguments.token, session.actor(), arguments.reason));
  session.err << "The lease is broken; its holder can write no more.\n";
  return ExitCode::kDone;
}

}  // namespace

Command LockCommand() {
  Command command;
  command.name = "lock";
  command.summary = "Show or break the lease on a state";
  Command list = MakeCommand<LockArguments>("list", "Show who holds the lease",
                                            DeclareList,
                                            RunReporting<LockArguments, List>);
  list.examples = {"writ lock list --env production"};
  Command breaking = MakeCommand<LockArguments>(
      "break", "Take the lease from its holder", DeclareBreak,
      RunReporting<LockArguments, Break>);
  breaking.examples = {
      "writ lock break 5d0c… --reason \"runner 4 lost its network\""};
  command.subcommands = {std::move(list), std::move(breaking)};
  return command;
}

}  // namespace writ::reconciler
