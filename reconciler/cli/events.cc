// writ events list|dead-letters|replay. What customers sent is shown only where
// --show-samples asks for it (T-16).
#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/common_arguments.h"
#include "reconciler/events/event_reader.h"
#include "reconciler/events/event_store.h"
#include "reconciler/gateway/ingest/app_catalog.h"
#include "reconciler/gateway/ingest/dead_letter_replay.h"
#include "schema/event/iso_date.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

using gateway::AppCatalog;
using gateway::CatalogApp;
using gateway::ReplayedLetter;

constexpr std::int64_t kMaxListed = 10'000;

struct EventsArguments {
  SourceArguments source;
  std::string app;
  std::string level;
  std::string type;
  std::string from;
  std::string to;
  std::string cursor;
  std::int64_t limit = 25;
  bool show_samples = false;
  bool dry_run = false;
  bool json = false;
};

void DeclareCommon(Options& options, EventsArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareState(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

void DeclareList(Options& options, EventsArguments& arguments) {
  options.Positional("APP", arguments.app, true, "Its name, slug or uid");
  options.Text("--type", arguments.type, "Only events of this name");
  options.Choice("--level", arguments.level,
                 {"info", "warning", "error", "success"}, "Only of this level");
  options.Text("--from", arguments.from, "Not before (2026-12-01T00:00:00Z)");
  options.Text("--to", arguments.to, "Not after");
  options.Integer("--limit", arguments.limit, "At most so many, to 100 (=25)");
  options.Text("--cursor", arguments.cursor,
               "Go on where the list before ended");
  options.Flag("--show-samples", arguments.show_samples,
               "Show what they hold: customers' data");
  DeclareCommon(options, arguments);
}

void DeclareDeadLetters(Options& options, EventsArguments& arguments) {
  options.Positional("APP", arguments.app, false, "Only of this app");
  options.Integer("--limit", arguments.limit, "At most so many (=25)");
  options.Flag("--show-samples", arguments.show_samples,
               "Show what they hold: customers' data");
  DeclareCommon(options, arguments);
}

void DeclareReplay(Options& options, EventsArguments& arguments) {
  options.Positional("APP", arguments.app, false, "Only of this app");
  options.Flag("--dry-run", arguments.dry_run,
               "Say which would be taken, and store nothing");
  DeclareCommon(options, arguments);
}

struct World {
  std::string folder;
  std::shared_ptr<const AppCatalog> catalog;
  std::unique_ptr<EventReader> reader;
};

Result<World> OpenWorld(const Session& session,
                        const EventsArguments& arguments) {
  World world;
  world.folder = TRY(FindStateFolder(session, arguments.source));
  auto store = TRY(OpenState(session, world.folder, OpenMode::kReadOnly, ""));
  world.catalog = TRY(gateway::ReadCatalog(*store, nullptr));
  world.reader = TRY(EventReader::Open(world.folder));
  return world;
}

// Empty for all apps. An app that was deleted is still known by its uid.
Result<std::string> UidOf(const World& world, const std::string& app) {
  if (app.empty()) return std::string();
  if (const CatalogApp* known = world.catalog->Find(app)) return known->uid;
  if (world.catalog->deleted.contains(app)) return app;
  return Fail(ErrorCode::kNotFound, "there is no app \"" + app + "\"",
              "`writ events dead-letters` without one shows those of all");
}

Result<std::optional<Timestamp>> TimeOf(const char* flag,
                                        const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto at = ParseIsoInstant(text);
  if (at) return at;
  return Fail(ErrorCode::kInvalidArgument,
              std::string(flag) + " is no time: \"" + text + "\"",
              "write it like 2026-12-01T00:00:00Z");
}

Value ToValue(const StoredEvent& event, bool samples) {
  Value value;
  value.Set("id", event.id);
  value.Set("app", event.app);
  value.Set("event", event.event);
  value.Set("level", event.level);
  value.Set("timestamp", FormatTimestamp(event.timestamp));
  value.Set("ingested_at", FormatTimestamp(event.ingested_at));
  value.Set("schema_generation", event.schema_generation);
  if (!samples) return value;
  if (event.customer_id) value.Set("customer_id", *event.customer_id);
  if (event.own_id) value.Set("own_id", *event.own_id);
  if (auto read = ParseJson(event.data)) value.Set("data", *std::move(read));
  if (auto read = ParseJson(event.metadata)) {
    value.Set("metadata", *std::move(read));
  }
  return value;
}

void Print(std::ostream& out, const StoredEvent& event, bool samples) {
  out << event.id << "  " << FormatSeconds(event.timestamp) << "  "
      << EscapeTerminal(event.level) << "  " << EscapeTerminal(event.event)
      << "\n";
  if (samples) out << "    " << EscapeTerminal(event.data) << "\n";
}

Result<ExitCode> List(Session& session, const EventsArguments& arguments) {
  constexpr std::int64_t kMaxPage = 100;
  const World world = TRY(OpenWorld(session, arguments));
  EventQuery query;
  query.app_uid = TRY(UidOf(world, arguments.app));
  if (!arguments.level.empty()) query.level = arguments.level;
  if (!arguments.type.empty()) query.event = arguments.type;
  query.from = TRY(TimeOf("--from", arguments.from));
  query.to = TRY(TimeOf("--to", arguments.to));
  query.limit =
      static_cast<int>(std::clamp<std::int64_t>(arguments.limit, 1, kMaxPage));
  query.cursor = arguments.cursor;
  const EventPage page = TRY(world.reader->List(query));
  if (arguments.json) {
    Value::List events;
    for (const StoredEvent& event : page.events) {
      events.push_back(ToValue(event, arguments.show_samples));
    }
    Value value;
    value.Set("events", std::move(events));
    value.Set("next_cursor",
              page.next_cursor.empty() ? Value() : Value(page.next_cursor));
    return PrintResult(session, std::move(value));
  }
  for (const StoredEvent& event : page.events) {
    Print(session.out, event, arguments.show_samples);
  }
  if (!page.next_cursor.empty()) {
    session.out << "There are more: --cursor " << page.next_cursor << "\n";
  } else if (page.events.empty()) {
    session.out << "No events.\n";
  }
  return ExitCode::kDone;
}

// Codes and paths: nothing of values stands in them.
void PrintViolations(std::ostream& out, const std::string& json) {
  const auto violations = ParseJson(json);
  if (!violations || !violations->IsList()) return;
  for (const Value& violation : violations->AsList()) {
    out << "    " << EscapeTerminal(violation.FindString("code")) << "  "
        << EscapeTerminal(violation.FindString("instancePath")) << "  "
        << EscapeTerminal(violation.FindString("schemaPath")) << "\n";
  }
}

Value ToValue(const DeadLetter& dead, bool samples) {
  Value value;
  value.Set("id", dead.id);
  value.Set("app", dead.letter.app);
  value.Set("event", dead.letter.event);
  value.Set("times", dead.times);
  value.Set("first_at", FormatTimestamp(dead.first_at));
  value.Set("last_at", FormatTimestamp(dead.last_at));
  auto violations = ParseJson(dead.letter.violations);
  value.Set("violations", violations ? *std::move(violations) : Value());
  if (!samples) return value;
  auto body = ParseJson(dead.letter.body);
  value.Set("body", body ? *std::move(body) : Value());
  return value;
}

Result<ExitCode> ListDeadLetters(Session& session,
                                 const EventsArguments& arguments) {
  const World world = TRY(OpenWorld(session, arguments));
  const std::string uid = TRY(UidOf(world, arguments.app));
  const auto limit = static_cast<int>(
      std::clamp<std::int64_t>(arguments.limit, 1, kMaxListed));
  const auto letters = TRY(world.reader->DeadLetters(uid, 0, limit));
  if (arguments.json) {
    Value::List list;
    for (const DeadLetter& dead : letters) {
      list.push_back(ToValue(dead, arguments.show_samples));
    }
    Value value;
    value.Set("dead_letters", std::move(list));
    return PrintResult(session, std::move(value));
  }
  for (const DeadLetter& dead : letters) {
    session.out << dead.id << "  " << EscapeTerminal(dead.letter.app) << "  "
                << EscapeTerminal(dead.letter.event) << "  "
                << FormatSeconds(dead.last_at);
    if (dead.times > 1) session.out << "  " << dead.times << " times";
    session.out << "\n";
    PrintViolations(session.out, dead.letter.violations);
    if (arguments.show_samples) {
      session.out << "    " << EscapeTerminal(dead.letter.body) << "\n";
    }
  }
  if (letters.empty()) session.out << "No dead letters.\n";
  return ExitCode::kDone;
}

Value ToValue(const ReplayedLetter& replayed, bool dry_run) {
  Value value;
  value.Set("dead_letter", replayed.id);
  value.Set("app", replayed.app);
  value.Set("event", replayed.event);
  value.Set("taken", !replayed.event_id.empty());
  if (!replayed.event_id.empty() && !dry_run) {
    value.Set("event_id", replayed.event_id);
  }
  auto violations = ParseJson(replayed.violations);
  value.Set("violations",
            violations ? *std::move(violations) : Value(Value::List{}));
  return value;
}

void PrintReplay(Session& session, const std::vector<ReplayedLetter>& all,
                 bool dry_run) {
  std::int64_t taken = 0;
  for (const ReplayedLetter& each : all) {
    session.out << each.id << "  " << EscapeTerminal(each.app) << "  "
                << EscapeTerminal(each.event);
    if (each.event_id.empty()) {
      session.out << "  is still refused\n";
      PrintViolations(session.out, each.violations);
      continue;
    }
    ++taken;
    session.out << (dry_run ? "  would be taken" : "  → " + each.event_id)
                << "\n";
  }
  session.out << taken << " of " << all.size()
              << (dry_run ? " would be taken.\n" : " taken.\n");
}

Result<ExitCode> Replay(Session& session, const EventsArguments& arguments) {
  const World world = TRY(OpenWorld(session, arguments));
  gateway::ReplayOptions options;
  options.app_uid = TRY(UidOf(world, arguments.app));
  options.dry_run = arguments.dry_run;
  EventStoreOptions storing;
  storing.folder = world.folder;
  storing.clock = &session.clock;
  auto store = TRY(EventStore::Open(storing));
  const auto all =
      TRY(ReplayDeadLetters(*world.reader, *store, *world.catalog, options));
  if (!arguments.json) {
    PrintReplay(session, all, arguments.dry_run);
    return ExitCode::kDone;
  }
  Value::List list;
  for (const ReplayedLetter& each : all) {
    list.push_back(ToValue(each, arguments.dry_run));
  }
  Value value;
  value.Set("replayed", std::move(list));
  return PrintResult(session, std::move(value));
}

}  // namespace

Command EventsCommand() {
  Command command;
  command.name = "events";
  command.summary = "Show events, and replay those that were refused";
  Command list = MakeCommand<EventsArguments>(
      "list", "List an app's events, newest first", DeclareList,
      RunReporting<EventsArguments, List>);
  list.examples = {"writ events list order-service --level error"};
  Command dead = MakeCommand<EventsArguments>(
      "dead-letters", "List events that were refused, and why",
      DeclareDeadLetters, RunReporting<EventsArguments, ListDeadLetters>);
  dead.examples = {"writ events dead-letters order-service"};
  Command replay = MakeCommand<EventsArguments>(
      "replay", "Take refused events that the schemas take now", DeclareReplay,
      RunReporting<EventsArguments, Replay>);
  replay.examples = {"writ events replay order-service --dry-run"};
  command.subcommands = {std::move(list), std::move(dead), std::move(replay)};
  return command;
}

}  // namespace writ::reconciler
