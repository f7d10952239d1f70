// writ deliveries list|replay.
#include <ostream>
#include <utility>

#include "engine/plan/plan_words.h"
#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/events/event_database.h"
#include "reconciler/notify/replay.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using engine::DeliveryState;

struct DeliveriesArguments {
  SourceArguments source;
  std::string id;
  std::string state;
  std::string destination;
  std::string since;
  std::int64_t limit = 100;
  bool enable = false;
  bool verbose = false;
  bool json = false;
};

void DeclareCommon(Options& options, DeliveriesArguments& arguments) {
  options.Text("--destination", arguments.destination,
               "Only of this one: Destination/APP/NAME or APP/NAME");
  options.Text("--since", arguments.since,
               "Only what was made since: a time (RFC 3339), or how long ago "
               "(2h)");
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareList(Options& options, DeliveriesArguments& arguments) {
  options.Positional("ID", arguments.id, false, "Only this delivery");
  options.Choice("--status", arguments.state, {"pending", "delivered", "dead"},
                 "Only those that stand so");
  options.Integer("--limit", arguments.limit, "At most so many (=100)");
  options.Flag("-v,--verbose", arguments.verbose, "Show every attempt");
  DeclareCommon(options, arguments);
}

void DeclareReplay(Options& options, DeliveriesArguments& arguments) {
  options.Positional("ID", arguments.id, false,
                     "This delivery, delivered or not (default: every dead "
                     "letter of the last 14 days)");
  options.Flag("--enable", arguments.enable,
               "Switch destinations on that were switched off");
  DeclareCommon(options, arguments);
}

Result<DeliveryFilter> FilterOf(const Session& session,
                                const DeliveriesArguments& arguments) {
  DeliveryFilter filter;
  filter.id = arguments.id;
  if (!arguments.destination.empty()) {
    const bool whole = arguments.destination.starts_with("Destination/");
    filter.destination =
        whole ? arguments.destination : "Destination/" + arguments.destination;
  }
  for (const DeliveryState state :
       {DeliveryState::kPending, DeliveryState::kDelivered,
        DeliveryState::kDead}) {
    if (arguments.state == engine::Name(state)) filter.state = state;
  }
  if (arguments.limit < 1 || arguments.limit > kMostReplayed) {
    return Fail(ErrorCode::kInvalidArgument,
                "--limit is not between 1 and 10000");
  }
  filter.limit = static_cast<int>(arguments.limit);
  if (arguments.since.empty()) return filter;
  if (const auto ago = ParseDuration(arguments.since)) {
    filter.since = session.clock.Now() - *ago;
    return filter;
  }
  filter.since = ParseTimestamp(arguments.since);
  if (filter.since) return filter;
  return Fail(ErrorCode::kInvalidArgument, "--since is no time",
              "write it like 2h or 2026-12-01T00:00:00Z");
}

Result<std::unique_ptr<Database>> OpenEvents(
    const Session& session, const DeliveriesArguments& arguments,
    EventDatabaseMode mode) {
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  return OpenEventDatabase({folder, mode, std::chrono::milliseconds(5000)});
}

std::string StandingOf(const OutboxDelivery& delivery) {
  std::string text(engine::Name(delivery.standing.state));
  if (!delivery.reason.empty()) text += ": " + delivery.reason;
  return text;
}

Value ToValue(const OutboxDelivery& delivery,
              const std::vector<DeliveryAttempt>& attempts) {
  Value::List tries;
  for (const DeliveryAttempt& attempt : attempts) {
    Value each;
    each.Set("at", FormatTimestamp(attempt.at));
    each.Set("outcome", attempt.outcome);
    each.Set("status", attempt.status);
    each.Set("duration_ms", attempt.duration_ms);
    each.Set("response", attempt.response);
    tries.push_back(std::move(each));
  }
  Value value;
  value.Set("id", delivery.standing.id);
  value.Set("notification", delivery.notification);
  value.Set("destination", delivery.destination);
  value.Set("status", engine::Name(delivery.standing.state));
  value.Set("reason", delivery.reason);
  value.Set("priority", delivery.critical ? "critical" : "normal");
  value.Set("failed_attempts", delivery.standing.attempts);
  value.Set("due_at", FormatTimestamp(delivery.standing.due));
  value.Set("created_at", FormatTimestamp(delivery.created_at));
  value.Set("settled_at", delivery.settled_at
                              ? Value(FormatTimestamp(*delivery.settled_at))
                              : Value());
  value.Set("attempts", std::move(tries));
  return value;
}

void Print(std::ostream& out, const OutboxDelivery& delivery,
           const std::vector<DeliveryAttempt>& attempts) {
  out << EscapeTerminal(delivery.standing.id) << "  "
      << EscapeTerminal(delivery.destination) << "  "
      << FormatSeconds(delivery.created_at) << "  "
      << EscapeTerminal(StandingOf(delivery)) << "\n";
  for (const DeliveryAttempt& attempt : attempts) {
    out << "    " << FormatSeconds(attempt.at) << "  "
        << EscapeTerminal(attempt.outcome);
    if (attempt.status != 0) out << " " << attempt.status;
    out << "  " << attempt.duration_ms << " ms  "
        << EscapeTerminal(attempt.response) << "\n";
  }
}

Result<ExitCode> List(Session& session, const DeliveriesArguments& arguments) {
  const DeliveryFilter filter = TRY(FilterOf(session, arguments));
  const auto database =
      TRY(OpenEvents(session, arguments, EventDatabaseMode::kReadOnly));
  Outbox outbox(*database);
  const auto deliveries = TRY(outbox.List(filter));
  Value::List list;
  for (const OutboxDelivery& delivery : deliveries) {
    std::vector<DeliveryAttempt> attempts;
    if (arguments.verbose || arguments.json || !arguments.id.empty()) {
      attempts = TRY(outbox.Attempts(delivery.standing.id));
    }
    if (arguments.json) {
      list.push_back(ToValue(delivery, attempts));
    } else {
      Print(session.out, delivery, attempts);
    }
  }
  if (!arguments.json) {
    session.out << engine::Counted(static_cast<std::int64_t>(deliveries.size()),
                                   "delivery", "deliveries")
                << ".\n";
    return ExitCode::kDone;
  }
  Value value;
  value.Set("deliveries", std::move(list));
  return PrintResult(session, std::move(value));
}

Result<ExitCode> Replay(Session& session,
                        const DeliveriesArguments& arguments) {
  const DeliveryFilter filter = TRY(FilterOf(session, arguments));
  const auto database =
      TRY(OpenEvents(session, arguments, EventDatabaseMode::kReadWrite));
  const std::string folder = TRY(FindStateFolder(session, arguments.source));
  const auto store = TRY(OpenState(session, folder, OpenMode::kReadWrite, ""));
  Outbox outbox(*database);
  const ReplayResult result =
      TRY(ReplayDeliveries(*store, outbox, filter, arguments.enable,
                           {session.clock.Now(), session.actor()}));
  if (!arguments.id.empty() && result.replayed + result.disabled == 0) {
    return Fail(ErrorCode::kNotFound,
                "no delivery of the last 14 days that has ended has the id " +
                    arguments.id,
                "see which there are: writ deliveries list");
  }
  const ExitCode exit_code =
      result.disabled > 0 ? ExitCode::kPartial : ExitCode::kDone;
  if (arguments.json) {
    Value value;
    value.Set("replayed", result.replayed);
    value.Set("disabled", result.disabled);
    return PrintResult(session, std::move(value), exit_code);
  }
  session.out << engine::Counted(result.replayed, "delivery", "deliveries")
              << " to be sent again.\n";
  if (result.disabled > 0) {
    session.err << engine::Counted(result.disabled, "delivery", "deliveries")
                << " left: the destination is switched off; mend it, or add "
                   "--enable.\n";
  }
  return exit_code;
}

}  // namespace

Command DeliveriesCommand() {
  Command list = MakeCommand<DeliveriesArguments>(
      "list", "Show deliveries of notifications, newest first", DeclareList,
      RunReporting<DeliveriesArguments, List>);
  list.examples = {"writ deliveries list --status dead",
                   "writ deliveries list --destination shop/slack -v"};
  Command replay = MakeCommand<DeliveriesArguments>(
      "replay", "Send dead letters again", DeclareReplay,
      RunReporting<DeliveriesArguments, Replay>);
  replay.description =
      "They go to the destination's current address with its current secrets, "
      "under the same id. Ends 8 where some are left since their destination "
      "is switched off.";
  replay.examples = {"writ deliveries replay --destination shop/slack",
                     "writ deliveries replay dlv_1f… --enable"};
  Command command;
  command.name = "deliveries";
  command.summary = "Notifications on their way: list and replay";
  command.subcommands = {std::move(list), std::move(replay)};
  return command;
}

}  // namespace writ::reconciler
