#include "engine/notify/grouping.h"

#include <algorithm>
#include <chrono>

#include "schema/digest.h"
#include "schema/json.h"
#include "schema/utf8.h"

namespace writ::engine {
namespace {

constexpr std::size_t kShownBytes = 256;
constexpr std::size_t kIdDigits = 32;

std::string IdOf(std::string_view prefix,
                 std::initializer_list<std::string_view> parts) {
  Sha256Stream stream;
  for (const std::string_view part : parts) stream.UpdateFramed(part);
  return std::string(prefix) + stream.Finish().Hex().substr(0, kIdDigits);
}

std::string TextOf(const Value* value) {
  if (value == nullptr) return "";
  return value->IsString() ? value->AsString() : CanonicalJson(*value);
}

void CutTo(std::size_t bytes, std::string& text) {
  if (text.size() <= bytes) return;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = DecodeUtf8(text, at).size;
    if (at + size > bytes) break;
    at += size;
  }
  text.resize(at);
}

std::vector<std::string> DestinationsOf(const Rule& rule) {
  std::vector<std::string> names;
  for (const RuleAction& action : rule.actions) {
    if (action.enabled) names.push_back(action.destination);
  }
  return names;
}

Notification Begin(const Rule& rule, Timestamp now) {
  Notification notification;
  notification.rule = rule.id;
  notification.rule_uid = rule.uid;
  notification.critical = rule.critical;
  notification.destinations = DestinationsOf(rule);
  notification.at = now;
  return notification;
}

Notification Alone(const Rule& rule, const NotifyEvent& event, Timestamp now) {
  Notification notification = Begin(rule, now);
  notification.id = IdOf("ntf_", {rule.uid, event.id});
  notification.events = 1;
  notification.fresh = 1;
  notification.samples = {event};
  return notification;
}

// Without what is too large to keep many of.
NotifyEvent Small(const NotifyEvent& event, std::size_t bytes) {
  const std::size_t size =
      CanonicalJson(event.data).size() + CanonicalJson(event.metadata).size();
  NotifyEvent small = event;
  if (size <= bytes) return small;
  small.data = Value(Value::Map{});
  small.metadata = Value(Value::Map{});
  return small;
}

// The last point of the grid at or before `now`.
Timestamp GridBefore(Timestamp tick, Duration interval, Timestamp now) {
  if (now <= tick) return tick;
  return tick + interval * ((now - tick) / interval);
}

}  // namespace

void Grouping::Restore(Group group) {
  due_.emplace(group.next, group.id);
  ++of_rule_[group.rule_uid];
  groups_.insert_or_assign(group.id, std::move(group));
}

const Group* Grouping::Find(const std::string& id) const {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

std::optional<Timestamp> Grouping::NextDue() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

void Grouping::Schedule(Group& group, Timestamp next) {
  due_.erase({group.next, group.id});
  group.next = next;
  due_.emplace(next, group.id);
}

void Grouping::Close(const std::string& id) {
  const auto found = groups_.find(id);
  due_.erase({found->second.next, id});
  const auto count = of_rule_.find(found->second.rule_uid);
  if (--count->second == 0) of_rule_.erase(count);
  groups_.erase(found);
  changed_.insert(id);
}

Group& Grouping::GroupFor(const Rule& rule, const NotifyEvent& event,
                          Timestamp now) {
  std::vector<GroupField> fields;
  Sha256Stream stream;
  stream.UpdateFramed(rule.uid);
  for (const std::string& path : rule.group_by) {
    Value scratch;
    const Value* found = FindField(event, path, scratch);
    std::string text = TextOf(found);
    // A missing field, a text and a number that reads alike are three groups.
    stream.UpdateFramed(path);
    stream.UpdateFramed(found == nullptr ? "-" : CanonicalJson(*found));
    CutTo(kShownBytes, text);
    fields.push_back({path, std::move(text)});
  }
  std::string id = "grp_" + stream.Finish().Hex().substr(0, kIdDigits);
  if (const auto found = groups_.find(id); found != groups_.end()) {
    return found->second;
  }
  const auto of_rule = of_rule_.find(rule.uid);
  const bool full =
      groups_.size() >= limits_.groups ||
      (of_rule != of_rule_.end() && of_rule->second >= limits_.groups_of_rule);
  if (full) {
    id = IdOf("grp_", {rule.uid});
    fields.clear();
    if (const auto found = groups_.find(id); found != groups_.end()) {
      return found->second;
    }
  }
  Group group;
  group.id = id;
  group.rule_uid = rule.uid;
  group.fields = std::move(fields);
  group.overflow = full;
  group.first_event = event.id;
  group.tick = now + rule.group_wait;
  group.next = group.tick;
  due_.emplace(group.next, id);
  ++of_rule_[rule.uid];
  return groups_.emplace(id, std::move(group)).first->second;
}

std::optional<Notification> Grouping::Add(const Rule& rule,
                                          const NotifyEvent& event,
                                          Timestamp now) {
  if (rule.critical || rule.group_by.empty()) return Alone(rule, event, now);
  Group& group = GroupFor(rule, event, now);
  ++group.gained;
  ++group.since_whole;
  if (group.samples.size() < limits_.samples) {
    group.samples.push_back(Small(event, limits_.sample_bytes));
  }
  changed_.insert(group.id);
  if (group.told > 0 && group.gained == 1) {
    const Timestamp last = GridBefore(group.tick, rule.group_interval, now);
    const bool on_grid = last == now && last != group.tick;
    const Timestamp next = on_grid ? now : last + rule.group_interval;
    Schedule(group, std::min(next, group.whole_at + rule.repeat_every));
  }
  return std::nullopt;
}

std::optional<Notification> Grouping::Tick(Group& group, const Rule& rule,
                                           Timestamp now) {
  const bool first = group.told == 0;
  const bool repeats = !first && now >= group.whole_at + rule.repeat_every;
  const bool whole = first || repeats;
  const Timestamp tick =
      first ? group.tick : GridBefore(group.tick, rule.group_interval, now);
  if (group.gained == 0) return std::nullopt;
  Notification told = Begin(rule, now);
  told.group = group.id;
  told.fields = group.fields;
  told.overflow = group.overflow;
  told.whole = whole;
  told.events = whole ? group.since_whole : group.gained;
  told.fresh = group.gained;
  told.samples = std::exchange(group.samples, {});
  told.id =
      IdOf("ntf_", {group.id, group.first_event, std::to_string(group.told)});
  ++group.told;
  group.gained = 0;
  group.tick = std::max(group.tick, tick);
  if (whole) {
    group.whole_at = group.tick;
    group.since_whole = 0;
  }
  return told;
}

std::vector<Notification> Grouping::Advance(
    Timestamp now, const std::function<const Rule*(std::string_view)>& find) {
  std::vector<Notification> told;
  while (!due_.empty() && due_.begin()->first <= now) {
    const std::string id = due_.begin()->second;
    Group& group = groups_.find(id)->second;
    const Rule* rule = find(group.rule_uid);
    if (rule == nullptr || !rule->enabled || !rule->fault.empty()) {
      Close(id);
      continue;
    }
    auto notification = Tick(group, *rule, now);
    if (!notification) {
      Close(id);
      continue;
    }
    changed_.insert(id);
    told.push_back(*std::move(notification));
    // Nothing gained: looked at again when that has lasted long enough to end.
    Schedule(group, group.whole_at + rule->repeat_every);
  }
  return told;
}

}  // namespace writ::engine
