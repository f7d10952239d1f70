#include "engine/notify/rule_test_run.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "engine/notify/grouping.h"

namespace writ::engine {
namespace {

// No test needs more; one that goes on is wrong.
constexpr int kMaxNotifications = 10'000;

// What went out, or has to: when since the start, by which rule, where to, of
// how many events.
struct Told {
  Duration at{};
  std::string rule;
  std::string destination;
  std::int64_t events = 0;

  auto operator<=>(const Told&) const = default;

  std::string Text() const {
    return FormatDuration(at) + "  " + rule + " → " + destination + ", " +
           std::to_string(events) + (events == 1 ? " event" : " events");
  }
};

Duration AtOf(const Value& written) {
  return ParseDuration(written.FindString("at")).value_or(Duration());
}

Value MapAt(const Value& written, std::string_view field) {
  const Value* map = written.Find(field);
  return map != nullptr && map->IsMap() ? *map : Value(Value::Map{});
}

std::vector<Told> ExpectedOf(const Value& expect) {
  std::vector<Told> expected;
  for (const Value& item : expect.AsList()) {
    const Value* events = item.Find("events");
    expected.push_back(
        {AtOf(item), LastName(item.FindString("rule")),
         LastName(item.FindString("destination")),
         events != nullptr && events->IsInteger() ? events->AsInteger() : 1});
  }
  std::sort(expected.begin(), expected.end());
  return expected;
}

class TestRun {
 public:
  TestRun(const Resource& test, const SourceFiles& files, const RuleSet& rules)
      : files_(files), rules_(rules) {
    spec_ = test.content->Find("spec");
    result_.test = test.id.name();
    result_.app = LastName(spec_->FindString("app"));
    result_.at = Place(test.range);
    start_ = ParseTimestamp(spec_->FindString("start")).value_or(Timestamp());
  }

  RuleTestResult Run() {
    for (const auto& rule : rules_.rules()) {
      if (rule->app() == result_.app && !rule->fault.empty()) {
        result_.failures.push_back(rule->id.address() + ": " + rule->fault);
      }
    }
    const Value* cases = spec_->Find("cases");
    if (cases == nullptr || !cases->IsList() || cases->AsList().empty()) {
      result_.failures.emplace_back("it has no cases");
    }
    if (!result_.failures.empty()) return std::move(result_);
    for (const Value& each : cases->AsList()) RunCase(each);
    return std::move(result_);
  }

 private:
  Location Place(const SourceRange& range) const {
    Location at;
    if (range.file < files_.size()) at.file = files_[range.file];
    at.line = range.line;
    at.column = range.column;
    at.length = range.length;
    return at;
  }

  NotifyEvent EventOf(const Value& written, std::size_t index) const {
    NotifyEvent event;
    event.id = "evt_" + std::to_string(index);
    event.app = result_.app;
    event.event = written.FindString("event");
    const std::string_view level = written.FindString("level");
    event.level = level.empty() ? "info" : level;
    event.customer_id = written.FindString("customer_id");
    event.data = MapAt(written, "data");
    event.metadata = MapAt(written, "metadata");
    event.at = start_ + AtOf(written);
    event.taken_at = event.at;
    return event;
  }

  std::vector<NotifyEvent> EventsOf(const Value& each) const {
    std::vector<NotifyEvent> events;
    const Value* written = each.Find("events");
    if (written == nullptr || !written->IsList()) return events;
    for (const Value& event : written->AsList()) {
      events.push_back(EventOf(event, events.size()));
    }
    std::stable_sort(
        events.begin(), events.end(),
        [](const NotifyEvent& a, const NotifyEvent& b) { return a.at < b.at; });
    return events;
  }

  void Take(const Notification& notification, std::vector<Told>& told) const {
    const auto since =
        std::chrono::duration_cast<Duration>(notification.at - start_);
    for (const std::string& destination : notification.destinations) {
      told.push_back({since, std::string(notification.rule.name()), destination,
                      notification.events});
    }
  }

  // Ticks before `until`; all that are left where there is none.
  void AdvanceTo(std::optional<Timestamp> until, Grouping& grouping,
                 std::vector<Told>& told) const {
    const auto find = [&](std::string_view uid) { return rules_.Find(uid); };
    for (auto due = grouping.NextDue();
         due && (!until || *due < *until) && told.size() < kMaxNotifications;
         due = grouping.NextDue()) {
      for (const Notification& each : grouping.Advance(*due, find)) {
        Take(each, told);
      }
    }
  }

  std::vector<Told> Tell(const std::vector<NotifyEvent>& events) const {
    Grouping grouping;
    std::vector<Told> told;
    for (const NotifyEvent& event : events) {
      AdvanceTo(event.at, grouping, told);
      if (rules_.FindSilence(event) != nullptr) continue;
      for (const Rule* rule : rules_.Match(event)) {
        const auto alone = grouping.Add(*rule, event, event.at);
        if (alone) Take(*alone, told);
      }
    }
    AdvanceTo(std::nullopt, grouping, told);
    std::sort(told.begin(), told.end());
    return told;
  }

  void RunCase(const Value& each) {
    RuleTestCase done;
    done.name = each.FindString("name");
    done.at = Place(each.range());
    const Value* expect = each.Find("expect");
    const auto events = EventsOf(each);
    if (expect == nullptr || !expect->IsList()) {
      done.failures.emplace_back(
          "it expects nothing; silence is written expect: []");
    } else if (events.empty()) {
      done.failures.emplace_back("it has no events");
    } else {
      const std::vector<Told> told = Tell(events);
      for (const Told& one : told) done.told.push_back(one.Text());
      Compare(ExpectedOf(*expect), told, done.failures);
    }
    result_.cases.push_back(std::move(done));
  }

  static void Compare(const std::vector<Told>& expected,
                      const std::vector<Told>& told,
                      std::vector<std::string>& failures) {
    std::vector<Told> missing;
    std::vector<Told> surplus;
    std::set_difference(expected.begin(), expected.end(), told.begin(),
                        told.end(), std::back_inserter(missing));
    std::set_difference(told.begin(), told.end(), expected.begin(),
                        expected.end(), std::back_inserter(surplus));
    for (const Told& one : missing) {
      failures.push_back("expected and not sent: " + one.Text());
    }
    for (const Told& one : surplus) {
      failures.push_back("sent and not expected: " + one.Text());
    }
  }

  const SourceFiles& files_;
  const RuleSet& rules_;
  const Value* spec_ = nullptr;
  Timestamp start_;
  RuleTestResult result_;
};

}  // namespace

bool RuleTestResult::passed() const {
  return failures.empty() &&
         std::all_of(cases.begin(), cases.end(),
                     [](const RuleTestCase& each) { return each.passed(); });
}

RuleTestResult RunRuleTest(const Resource& test, const SourceFiles& files,
                           const RuleSet& rules) {
  return TestRun(test, files, rules).Run();
}

}  // namespace writ::engine
