#include "engine/notify/rule_set.h"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

const Condition* FirstEqualText(const Rule& rule) {
  const auto found =
      std::find_if(rule.conditions.begin(), rule.conditions.end(),
                   [](const Condition& condition) {
                     return condition.op() == ConditionOperator::kEquals &&
                            condition.value().IsString();
                   });
  return found == rule.conditions.end() ? nullptr : &*found;
}

bool ByAddress(const Rule* a, const Rule* b) { return a->id < b->id; }

}  // namespace

RuleSet::RuleSet(const std::vector<RuleSource>& rules,
                 const std::vector<RuleSource>& silences) {
  for (const RuleSource& source : rules) {
    rules_.push_back(std::make_unique<Rule>(CompileRule(source)));
  }
  std::sort(rules_.begin(), rules_.end(),
            [](const auto& a, const auto& b) { return a->id < b->id; });
  for (const auto& rule : rules_) {
    apps_[rule->app()].all.push_back(rule.get());
    by_uid_.emplace(rule->uid, rule.get());
    if (rule->fault.empty()) {
      Index(*rule);
    } else {
      faults_.push_back(rule->id.address() + ": " + rule->fault);
    }
  }
  for (const RuleSource& source : silences) {
    auto silence = CompileSilence(source);
    if (!silence) {
      faults_.push_back(source.id.address() + ": " + silence.error().message);
      continue;
    }
    silences_.push_back(std::make_unique<Silence>(*std::move(silence)));
  }
  std::sort(silences_.begin(), silences_.end(),
            [](const auto& a, const auto& b) { return a->id < b->id; });
  for (const auto& silence : silences_) {
    apps_[std::string(silence->id.parent())].silences.push_back(silence.get());
  }
}

void RuleSet::Index(const Rule& rule) {
  if (!rule.enabled) return;
  AppRules& app = apps_[rule.app()];
  const std::size_t star = rule.event.find('*');
  if (star != std::string::npos) app.beginnings.insert(star);
  Bucket& bucket = star == std::string::npos
                       ? app.by_name[rule.event]
                       : app.by_beginning[rule.event.substr(0, star)];
  const Condition* equal = FirstEqualText(rule);
  Rules& rules =
      equal == nullptr
          ? bucket.others
          : bucket.by_value[equal->field()][equal->value().AsString()];
  rules.push_back(&rule);
}

template <typename Look>
void RuleSet::EachBucket(std::string_view app_name, std::string_view event,
                         Look look) const {
  const auto app = apps_.find(std::string(app_name));
  if (app == apps_.end()) return;
  const AppRules& rules = app->second;
  const auto named = rules.by_name.find(std::string(event));
  if (named != rules.by_name.end()) look(named->second);
  for (const std::size_t size : rules.beginnings) {
    if (size > event.size()) break;
    const auto begun =
        rules.by_beginning.find(std::string(event.substr(0, size)));
    if (begun != rules.by_beginning.end()) look(begun->second);
  }
}

template <typename Look>
void RuleSet::EachCandidate(const NotifyEvent& event, Look look) const {
  EachBucket(event.app, event.event, [&](const Bucket& bucket) {
    for (const Rule* rule : bucket.others) look(*rule);
    Value scratch;
    for (const auto& [field, by_text] : bucket.by_value) {
      const Value* found = FindField(event, field, scratch);
      if (found == nullptr || !found->IsString()) continue;
      const auto rules = by_text.find(found->AsString());
      if (rules == by_text.end()) continue;
      for (const Rule* rule : rules->second) look(*rule);
    }
  });
}

bool RuleSet::MayMatch(std::string_view app, std::string_view event) const {
  bool may = false;
  EachBucket(app, event, [&](const Bucket&) { may = true; });
  return may;
}

std::vector<const Rule*> RuleSet::Match(const NotifyEvent& event) const {
  std::vector<const Rule*> matched;
  std::unique_ptr<EventBindings> bindings;
  EachCandidate(event, [&](const Rule& rule) {
    if (!rule.TakesLevel(event.level)) return;
    if (rule.is_pattern() && !MatchesPattern(rule.event, event.event)) return;
    if (bindings == nullptr) bindings = std::make_unique<EventBindings>(event);
    if (rule.Holds(event, *bindings)) matched.push_back(&rule);
  });
  std::sort(matched.begin(), matched.end(), ByAddress);
  return matched;
}

std::size_t RuleSet::CandidateCount(const NotifyEvent& event) const {
  std::size_t count = 0;
  EachCandidate(event, [&](const Rule&) { ++count; });
  return count;
}

const Silence* RuleSet::FindSilence(const NotifyEvent& event) const {
  const auto app = apps_.find(event.app);
  if (app == apps_.end()) return nullptr;
  const auto& silences = app->second.silences;
  const auto found = std::find_if(
      silences.begin(), silences.end(),
      [&](const Silence* silence) { return silence->Holds(event); });
  return found == silences.end() ? nullptr : *found;
}

std::vector<RuleVerdict> RuleSet::Explain(const NotifyEvent& event) const {
  std::vector<RuleVerdict> verdicts;
  const auto app = apps_.find(event.app);
  if (app == apps_.end()) return verdicts;
  for (const Rule* rule : app->second.all) {
    verdicts.push_back({rule, rule->WhyNot(event)});
  }
  return verdicts;
}

const Rule* RuleSet::Find(std::string_view uid) const {
  const auto found = by_uid_.find(std::string(uid));
  return found == by_uid_.end() ? nullptr : found->second;
}

}  // namespace writ::engine
