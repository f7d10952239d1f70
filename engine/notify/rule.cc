#include "engine/notify/rule.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/cel/environment.h"
#include "schema/text_list.h"

namespace writ::engine {
namespace {

// An event is small, and a rule is asked for each.
constexpr std::uint64_t kWhenSteps = 100'000;

enum Variable : cel::Slot {
  kEvent,
  kLevel,
  kCustomer,
  kTimestamp,
  kData,
  kMetadata
};

Result<std::vector<Condition>> ConditionsOf(const Value& spec,
                                            std::string_view field) {
  std::vector<Condition> conditions;
  const Value* list = spec.Find(field);
  if (list == nullptr || !list->IsList()) return conditions;
  for (const Value& item : list->AsList()) {
    conditions.push_back(TRY(Condition::Parse(item)));
  }
  return conditions;
}

std::vector<RuleAction> ActionsOf(const Value& spec) {
  std::vector<RuleAction> actions;
  const Value* list = spec.Find("actions");
  if (list == nullptr || !list->IsList()) return actions;
  for (const Value& item : list->AsList()) {
    const Value* enabled = item.Find("enabled");
    actions.push_back({LastName(item.FindString("destination")),
                       enabled == nullptr || *enabled != Value(false)});
  }
  return actions;
}

Status ReadWhen(const Value& spec, Rule& rule) {
  const std::string_view when = spec.FindString("when");
  if (when.empty()) return {};
  auto program =
      cel::Program::Compile(std::string(when), EventBindings::Environment());
  if (!program) {
    return Fail(ErrorCode::kInvalidArgument,
                "when can't be read: " + cel::Describe(program.error()));
  }
  rule.when = std::make_shared<const cel::Program>(*std::move(program));
  return {};
}

Status Read(const Value& spec, Rule& rule) {
  rule.conditions = TRY(ConditionsOf(spec, "conditions"));
  TRY(ReadWhen(spec, rule));
  const auto wait = ParseDuration(spec.FindString("groupWait"));
  const auto interval = ParseDuration(spec.FindString("groupInterval"));
  const auto repeat = ParseDuration(spec.FindString("repeatEvery"));
  rule.group_wait = wait.value_or(std::chrono::seconds(30));
  rule.group_interval = interval.value_or(std::chrono::minutes(5));
  rule.repeat_every = repeat.value_or(std::chrono::hours(4));
  const bool fits = rule.group_interval.count() > 0 &&
                    rule.repeat_every >= rule.group_interval;
  if (fits) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "repeatEvery is shorter than groupInterval");
}

bool AllHold(const std::vector<Condition>& conditions,
             const NotifyEvent& event) {
  return std::all_of(
      conditions.begin(), conditions.end(),
      [&](const Condition& condition) { return condition.Holds(event); });
}

}  // namespace

std::string LastName(std::string_view reference) {
  return std::string(reference.substr(reference.rfind('/') + 1));
}

EventBindings::EventBindings(const NotifyEvent& event)
    : bindings_(Environment()) {
  using cel::Value;
  const auto since = event.at.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::nanoseconds(since - seconds).count();
  bindings_.Set(kEvent, Value::BorrowString(event.event));
  bindings_.Set(kLevel, Value::BorrowString(event.level));
  bindings_.Set(kCustomer, Value::BorrowString(event.customer_id));
  bindings_.Set(kTimestamp, Value::Timestamp(seconds.count(),
                                             static_cast<std::uint32_t>(rest)));
  bindings_.Set(kData, Value::Document(event.data));
  bindings_.Set(kMetadata, Value::Document(event.metadata));
}

const cel::Environment& EventBindings::Environment() {
  static const cel::Environment kEnvironment = [] {
    using Kind = cel::Type::Kind;
    cel::Environment environment;
    // In the order of Variable.
    environment.AddVariable("event", Kind::kString);
    environment.AddVariable("level", Kind::kString);
    environment.AddVariable("customer_id", Kind::kString);
    environment.AddVariable("timestamp", Kind::kTimestamp);
    environment.AddVariable("data", {});
    environment.AddVariable("metadata", {});
    return environment;
  }();
  return kEnvironment;
}

bool Rule::TakesLevel(std::string_view level) const {
  return levels.empty() ||
         std::find(levels.begin(), levels.end(), level) != levels.end();
}

bool Rule::Holds(const NotifyEvent& event_of, EventBindings& bindings) const {
  if (!enabled || !fault.empty() || !TakesLevel(event_of.level) ||
      !AllHold(conditions, event_of)) {
    return false;
  }
  if (when == nullptr) return true;
  const cel::Value said = when->Evaluate(bindings.bindings(), kWhenSteps);
  return said.kind() == cel::Kind::kBool && said.AsBool();
}

std::string Rule::WhyNot(const NotifyEvent& event_of) const {
  if (!fault.empty()) return fault;
  if (app() != event_of.app) return "it is of App/" + app();
  if (!MatchesPattern(event, event_of.event)) return "it is for " + event;
  if (!enabled) return "it is switched off (enabled: false)";
  if (!TakesLevel(event_of.level)) {
    return "its levels don't hold " + event_of.level;
  }
  for (const Condition& condition : conditions) {
    if (!condition.Holds(event_of)) return condition.WhyNot(event_of);
  }
  if (when != nullptr) {
    EventBindings bindings(event_of);
    const cel::Value said = when->Evaluate(bindings.bindings(), kWhenSteps);
    if (said.kind() == cel::Kind::kError) {
      return "when can't be evaluated: " + cel::Describe(*when, said);
    }
    if (said.kind() != cel::Kind::kBool)
      return "when is neither true nor false";
    if (!said.AsBool()) return "when is false";
  }
  const bool tells =
      std::any_of(actions.begin(), actions.end(),
                  [](const RuleAction& action) { return action.enabled; });
  return tells ? "" : "each of its actions is switched off";
}

bool Silence::Holds(const NotifyEvent& event) const {
  return (!starts_at || *starts_at <= event.taken_at) &&
         event.taken_at < ends_at && AllHold(matchers, event);
}

Rule CompileRule(const RuleSource& source) {
  const Value& spec = *source.spec;
  Rule rule;
  rule.id = source.id;
  rule.uid = source.uid.empty() ? source.id.address() : source.uid;
  // EventSchema/shop/order.placed means the same as order.placed.
  rule.event = LastName(spec.FindString("event"));
  const Value* enabled = spec.Find("enabled");
  rule.enabled = enabled == nullptr || *enabled != Value(false);
  rule.levels = TextsOf(spec.Find("levels"));
  rule.actions = ActionsOf(spec);
  rule.group_by = TextsOf(spec.Find("groupBy"));
  rule.critical = spec.FindString("priority") == "critical";
  if (const Status read = Read(spec, rule); !read) {
    rule.fault = read.error().message;
  }
  return rule;
}

Result<Silence> CompileSilence(const RuleSource& source) {
  const Value& spec = *source.spec;
  Silence silence;
  silence.id = source.id;
  silence.matchers = TRY(ConditionsOf(spec, "matchers"));
  const auto ends = ParseTimestamp(spec.FindString("endsAt"));
  if (!ends || silence.matchers.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                source.id.address() + " has no end or no matcher");
  }
  silence.ends_at = *ends;
  silence.starts_at = ParseTimestamp(spec.FindString("startsAt"));
  return silence;
}

bool MatchesPattern(std::string_view pattern, std::string_view name) {
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  std::size_t p = 0;
  std::size_t n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace writ::engine
