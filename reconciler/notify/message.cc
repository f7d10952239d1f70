#include "reconciler/notify/message.h"

#include <algorithm>
#include <array>
#include <set>

#include "schema/json.h"
#include "schema/report/escape.h"
#include "schema/utf8.h"

namespace writ::reconciler {
namespace {

using engine::Group;
using engine::GroupField;
using engine::NotifyEvent;

// Events of a message may hold what a request may; trees of them stay small
// enough to be read back.
Value EventValue(const NotifyEvent& event) {
  Value value;
  value.Set("id", event.id);
  value.Set("app", event.app);
  value.Set("event", event.event);
  value.Set("level", event.level);
  value.Set("customer_id",
            event.customer_id.empty() ? Value() : Value(event.customer_id));
  value.Set("data", event.data);
  value.Set("metadata", event.metadata);
  value.Set("timestamp", FormatTimestamp(event.at));
  return value;
}

NotifyEvent EventFrom(const Value& value) {
  NotifyEvent event;
  event.id = value.FindString("id");
  event.app = value.FindString("app");
  event.event = value.FindString("event");
  event.level = value.FindString("level");
  event.customer_id = value.FindString("customer_id");
  if (const Value* data = value.Find("data")) event.data = *data;
  if (const Value* data = value.Find("metadata")) event.metadata = *data;
  event.at =
      ParseTimestamp(value.FindString("timestamp")).value_or(Timestamp());
  event.taken_at = event.at;
  return event;
}

Value FieldsValue(const std::vector<GroupField>& fields) {
  Value::List list;
  for (const GroupField& field : fields) {
    Value each;
    each.Set("path", field.path);
    each.Set("value", field.value);
    list.push_back(std::move(each));
  }
  return list;
}

Value EventsValue(const std::vector<NotifyEvent>& events) {
  Value::List list;
  for (const NotifyEvent& event : events) list.push_back(EventValue(event));
  return list;
}

const Value::List& ListAt(const Value& value, std::string_view key) {
  static const Value::List kNone;
  const Value* found = value.Find(key);
  return found != nullptr && found->IsList() ? found->AsList() : kNone;
}

std::int64_t IntegerAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && found->IsInteger() ? found->AsInteger() : 0;
}

bool FlagAt(const Value& value, std::string_view key) {
  const Value* found = value.Find(key);
  return found != nullptr && *found == Value(true);
}

std::vector<GroupField> FieldsFrom(const Value& value) {
  std::vector<GroupField> fields;
  for (const Value& each : ListAt(value, "group_by")) {
    fields.push_back({std::string(each.FindString("path")),
                      std::string(each.FindString("value"))});
  }
  return fields;
}

std::vector<NotifyEvent> EventsFrom(const Value& value) {
  std::vector<NotifyEvent> events;
  for (const Value& each : ListAt(value, "samples")) {
    events.push_back(EventFrom(each));
  }
  return events;
}

std::int64_t Micros(Timestamp at) { return at.time_since_epoch().count(); }

Timestamp TimeAt(const Value& value, std::string_view key) {
  return Timestamp(std::chrono::microseconds(IntegerAt(value, key)));
}

}  // namespace

Value MessageToValue(const Message& message) {
  Value::List destinations(message.destinations.begin(),
                           message.destinations.end());
  Value value;
  value.Set("id", message.id);
  value.Set("rule", message.rule.address());
  value.Set("app", message.rule.parent());
  value.Set("level", LevelOf(message));
  value.Set("priority", message.critical ? "critical" : "normal");
  value.Set("events", message.events);
  value.Set("new_events", message.fresh);
  value.Set("whole", message.whole);
  value.Set("group", message.group);
  value.Set("group_by", FieldsValue(message.fields));
  value.Set("group_is_the_rest", message.overflow);
  value.Set("samples", EventsValue(message.samples));
  value.Set("at", FormatTimestamp(message.at));
  return value;
}

std::string MessageToJson(const Message& message) {
  Value value = MessageToValue(message);
  value.Set("rule_uid", message.rule_uid);
  value.Set("destinations", Value::List(message.destinations.begin(),
                                        message.destinations.end()));
  return CanonicalJson(value);
}

Result<Message> MessageFromJson(std::string_view json) {
  const Value value = TRY(ParseJson(json));
  const auto rule = ResourceId::Parse(value.FindString("rule"));
  if (!rule) return Fail(ErrorCode::kCorrupt, "a notification names no rule");
  Message message;
  message.id = value.FindString("id");
  message.rule = *rule;
  message.rule_uid = value.FindString("rule_uid");
  message.group = value.FindString("group");
  message.fields = FieldsFrom(value);
  message.overflow = FlagAt(value, "group_is_the_rest");
  message.critical = value.FindString("priority") == "critical";
  message.whole = FlagAt(value, "whole");
  message.events = IntegerAt(value, "events");
  message.fresh = IntegerAt(value, "new_events");
  message.samples = EventsFrom(value);
  for (const Value& name : ListAt(value, "destinations")) {
    if (name.IsString()) message.destinations.push_back(name.AsString());
  }
  message.at = ParseTimestamp(value.FindString("at")).value_or(Timestamp());
  return message;
}

std::string GroupToJson(const Group& group) {
  Value value;
  value.Set("id", group.id);
  value.Set("rule_uid", group.rule_uid);
  value.Set("group_by", FieldsValue(group.fields));
  value.Set("overflow", group.overflow);
  value.Set("first_event", group.first_event);
  value.Set("told", group.told);
  value.Set("tick", Micros(group.tick));
  value.Set("whole_at", Micros(group.whole_at));
  value.Set("next", Micros(group.next));
  value.Set("gained", group.gained);
  value.Set("since_whole", group.since_whole);
  value.Set("samples", EventsValue(group.samples));
  return CanonicalJson(value);
}

Result<Group> GroupFromJson(std::string_view json) {
  const Value value = TRY(ParseJson(json));
  Group group;
  group.id = value.FindString("id");
  if (group.id.empty()) return Fail(ErrorCode::kCorrupt, "a group has no id");
  group.rule_uid = value.FindString("rule_uid");
  group.fields = FieldsFrom(value);
  group.overflow = FlagAt(value, "overflow");
  group.first_event = value.FindString("first_event");
  group.told = IntegerAt(value, "told");
  group.tick = TimeAt(value, "tick");
  group.whole_at = TimeAt(value, "whole_at");
  group.next = TimeAt(value, "next");
  group.gained = IntegerAt(value, "gained");
  group.since_whole = IntegerAt(value, "since_whole");
  group.samples = EventsFrom(value);
  return group;
}

std::string_view LevelOf(const Message& message) {
  constexpr std::array<std::string_view, 4> kWorstFirst = {"error", "warning",
                                                           "success", "info"};
  for (const std::string_view level : kWorstFirst) {
    for (const NotifyEvent& event : message.samples) {
      if (event.level == level) return level;
    }
  }
  return "info";
}

std::string CutText(std::string text, std::size_t code_points) {
  std::size_t at = 0;
  for (std::size_t count = 0; at < text.size(); ++count) {
    // Room for the mark is part of what was asked for.
    if (count + 1 == code_points &&
        at + DecodeUtf8(text, at).size < text.size()) {
      text.resize(at);
      return text + "…";
    }
    at += DecodeUtf8(text, at).size;
  }
  return text;
}

std::string TitleOf(const Message& message, std::size_t code_points) {
  std::set<std::string> names;
  for (const NotifyEvent& event : message.samples) names.insert(event.event);
  std::string title(message.rule.name());
  title += ": ";
  if (message.events != 1) title += std::to_string(message.events) + " × ";
  title += names.size() == 1 ? *names.begin() : "events";
  title += " (" + std::string(LevelOf(message)) + ")";
  for (const GroupField& field : message.fields) {
    title += ", " + field.path + " " + field.value;
  }
  if (message.overflow) title += ", of more groups than are kept apart";
  return CutText(EscapeTerminal(title), code_points);
}

std::vector<std::string> LinesOf(const Message& message,
                                 std::size_t code_points) {
  std::vector<std::string> lines;
  for (const NotifyEvent& event : message.samples) {
    std::string line = FormatTimestamp(event.at) + " " + event.event;
    if (!event.customer_id.empty()) line += " " + event.customer_id;
    line += " " + CanonicalJson(event.data);
    lines.push_back(CutText(EscapeTerminal(line), code_points));
  }
  const auto shown = static_cast<std::int64_t>(lines.size());
  if (message.fresh > shown) {
    lines.push_back("and " + std::to_string(message.fresh - shown) + " more");
  }
  return lines;
}

}  // namespace writ::reconciler
