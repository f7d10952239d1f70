// writ rules explain.
#include <filesystem>
#include <fstream>
#include <istream>
#include <iterator>
#include <ostream>
#include <set>
#include <utility>

#include "reconciler/cli/policy_arguments.h"
#include "reconciler/cli/rules_arguments.h"
#include "reconciler/controller/rule_tests.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

// What a request to the gateway may hold at most.
constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

struct RulesExplainArguments {
  SourceArguments source;
  std::string file;
  std::string app;
  bool json = false;
};

void DeclareRulesExplain(Options& options, RulesExplainArguments& arguments) {
  options.Positional("EVENT.json", arguments.file, true,
                     "Events as they are sent to /v1/ingest; - for stdin");
  options.Text("--app", arguments.app, "The app that they are sent to");
  DeclareManifests(options, arguments.source);
  options.Flag("--json", arguments.json, "Print JSON");
}

Result<std::string> ReadFile(Session& session, const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(std::filesystem::path(session.cwd) / name, std::ios::binary);
    if (!file) return Fail(ErrorCode::kNotFound, "can't read " + name);
  }
  std::istream& in = name == "-" ? session.in : file;
  std::string text;
  for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) {
    text += *at;
    if (text.size() > kMaxBytes) {
      return Fail(ErrorCode::kLimit, name + " is larger than 1 MiB");
    }
  }
  return text;
}

std::string NameOfApp(std::string_view text) {
  if (text.starts_with("App/")) text.remove_prefix(4);
  return std::string(text);
}

// --app, or the only one whose events the rules see.
Result<std::string> AppOf(const RulesExplainArguments& arguments,
                          const engine::RuleSet& rules) {
  if (!arguments.app.empty()) return NameOfApp(arguments.app);
  std::set<std::string> apps;
  for (const auto& rule : rules.rules()) apps.insert(rule->app());
  if (apps.size() == 1) return *apps.begin();
  return Fail(ErrorCode::kInvalidArgument,
              apps.empty() ? "there is no notification rule"
                           : "several apps have rules",
              "say which the event is sent to: --app APP");
}

Result<engine::NotifyEvent> EventOf(const Value& written,
                                    const std::string& app, Timestamp now) {
  engine::NotifyEvent event;
  event.app = app;
  event.event = written.FindString("event");
  if (event.event.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "an event has no \"event\"");
  }
  const std::string_view level = written.FindString("level");
  if (!level.empty()) event.level = level;
  event.customer_id = written.FindString("customer_id");
  for (const auto& [name, member] :
       {std::pair{"data", &event.data}, {"metadata", &event.metadata}}) {
    const Value* found = written.Find(name);
    if (found == nullptr || found->IsNull()) continue;
    if (!found->IsMap()) {
      return Fail(ErrorCode::kInvalidArgument,
                  "\"" + std::string(name) + "\" is no object");
    }
    *member = *found;
  }
  event.taken_at = now;
  event.at = ParseTimestamp(written.FindString("timestamp")).value_or(now);
  return event;
}

// One event, an array of them, or {"events": […]}.
Result<std::vector<engine::NotifyEvent>> EventsOf(const Value& body,
                                                  const std::string& app,
                                                  Timestamp now) {
  const Value* list = body.Find("events");
  if (body.IsList()) list = &body;
  std::vector<engine::NotifyEvent> events;
  if (list == nullptr || !list->IsList()) {
    events.push_back(TRY(EventOf(body, app, now)));
    return events;
  }
  for (const Value& each : list->AsList()) {
    events.push_back(TRY(EventOf(each, app, now)));
  }
  return events;
}

std::vector<std::string> DestinationsOf(const engine::Rule& rule) {
  std::vector<std::string> names;
  for (const engine::RuleAction& action : rule.actions) {
    if (action.enabled) names.push_back(action.destination);
  }
  return names;
}

std::string WhenOf(const engine::Rule& rule) {
  if (rule.critical || rule.group_by.empty()) return "at once";
  std::string by;
  for (const std::string& path : rule.group_by) {
    by += (by.empty() ? "" : ", ") + path;
  }
  return "after " + FormatDuration(rule.group_wait) + ", grouped by " + by;
}

void Print(std::ostream& out, const engine::RuleSet& rules,
           const engine::NotifyEvent& event) {
  out << EscapeTerminal(event.event) << " of App/" << EscapeTerminal(event.app)
      << ", " << EscapeTerminal(event.level) << "\n";
  if (const engine::Silence* silence = rules.FindSilence(event)) {
    out << "  held back by " << EscapeTerminal(silence->id.address()) << "\n";
  }
  const auto verdicts = rules.Explain(event);
  for (const engine::RuleVerdict& verdict : verdicts) {
    out << (verdict.why_not.empty() ? "  ✓ " : "  ✗ ")
        << EscapeTerminal(verdict.rule->name());
    if (!verdict.why_not.empty()) {
      out << ": " << EscapeTerminal(verdict.why_not) << "\n";
      continue;
    }
    const char* before = " → ";
    for (const std::string& name : DestinationsOf(*verdict.rule)) {
      out << before << EscapeTerminal(name);
      before = ", ";
    }
    out << ", " << EscapeTerminal(WhenOf(*verdict.rule)) << "\n";
  }
  if (verdicts.empty()) out << "  the app has no rule\n";
}

Value ToValue(const engine::RuleSet& rules, const engine::NotifyEvent& event) {
  Value::List list;
  for (const engine::RuleVerdict& verdict : rules.Explain(event)) {
    const auto names = DestinationsOf(*verdict.rule);
    Value each;
    each.Set("rule", verdict.rule->id.address());
    each.Set("fires", verdict.why_not.empty());
    each.Set("reason", verdict.why_not);
    each.Set("destinations", Value::List(names.begin(), names.end()));
    each.Set("when", WhenOf(*verdict.rule));
    list.push_back(std::move(each));
  }
  const engine::Silence* silence = rules.FindSilence(event);
  Value value;
  value.Set("event", event.event);
  value.Set("app", event.app);
  value.Set("silenced_by",
            silence == nullptr ? Value() : Value(silence->id.address()));
  value.Set("rules", std::move(list));
  return value;
}

Result<ExitCode> Explain(Session& session,
                         const RulesExplainArguments& arguments) {
  SourceArguments source = arguments.source;
  source.working_tree = source.ref == "HEAD";
  Diagnostics diagnostics;
  const auto run = TRY(LoadDesired(session, source, diagnostics));
  if (!run || diagnostics.HasErrors()) {
    ReportDiagnostics(
        session, diagnostics,
        arguments.json ? OutputFormat::kJson : OutputFormat::kText,
        ExitCode::kInvalid, /*as_result=*/arguments.json);
    return ExitCode::kInvalid;
  }
  const auto rules = DesiredRules(run->desired);
  const std::string app = TRY(AppOf(arguments, *rules));
  const std::string text = TRY(ReadFile(session, arguments.file));
  const Value body = TRY(While(ParseJson(text), "reading " + arguments.file));
  const auto events = TRY(EventsOf(body, app, session.clock.Now()));
  Value::List list;
  for (const engine::NotifyEvent& event : events) {
    if (arguments.json) {
      list.push_back(ToValue(*rules, event));
    } else {
      Print(session.out, *rules, event);
    }
  }
  if (!arguments.json) return ExitCode::kDone;
  Value value;
  value.Set("events", std::move(list));
  return PrintResult(session, std::move(value));
}

}  // namespace

Command RulesExplainCommand() {
  Command command = MakeCommand<RulesExplainArguments>(
      "explain", "Show which rules an event fires, and why not the others",
      DeclareRulesExplain, RunReporting<RulesExplainArguments, Explain>);
  command.description =
      "Reads the rules and silences of the working tree, and events as they "
      "are sent to /v1/ingest. Reasons name fields, never what they hold.";
  command.examples = {"writ rules explain event.json --app order-service",
                      "writ rules explain - < event.json"};
  return command;
}

}  // namespace writ::reconciler
