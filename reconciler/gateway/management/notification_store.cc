#include "reconciler/gateway/management/notification_store.h"

#include <utility>
#include <vector>

#include "engine/notify/rule_set.h"
#include "reconciler/notify/channel.h"
#include "reconciler/secrets/secret_resource.h"
#include "reconciler/store/live_spec.h"
#include "schema/time.h"

namespace writ::reconciler::gateway {
namespace {

constexpr char kRule[] = "NotificationRule";
constexpr char kDestination[] = "Destination";
constexpr std::string_view kRuleKeys[] = {
    "name",      "eventName",     "conditions",  "actions",
    "enabled",   "levels",        "when",        "groupBy",
    "groupWait", "groupInterval", "repeatEvery", "priority"};
// Those that a manifest calls the same.
constexpr const char* kRuleOptions[] = {
    "enabled",   "levels",        "when",        "groupBy",
    "groupWait", "groupInterval", "repeatEvery", "priority"};
constexpr std::string_view kDestinationKeys[] = {
    "name",       "label",   "kind",      "channel", "url",
    "webhookUrl", "webhook", "pagerduty", "email",   "rateLimit"};
constexpr const char* kDestinationOptions[] = {
    "label", "url", "webhook", "pagerduty", "email", "rateLimit"};

// An action names its destination, or gives its whole address.
ResourceId DestinationNamed(const engine::LiveResource& app,
                            std::string_view name) {
  if (auto address = ResourceId::Parse(name)) return *std::move(address);
  return ResourceId(kDestination, app.id.name(), name);
}

// The product tells slack_webhook where a manifest has slack.
Result<std::string> ChannelIn(const Value& body) {
  if (body.Find("channel") != nullptr) return TextAt(body, "channel");
  std::string kind = TRY(TextAt(body, "kind"));
  if (kind == "slack_webhook") return std::string("slack");
  if (kind == "discord_webhook") return std::string("discord");
  return kind;
}

Result<Value> TakeConditions(const Value& conditions) {
  if (!conditions.IsList()) {
    return Fail(ErrorCode::kInvalidArgument, "conditions is a list");
  }
  Value::List taken;
  for (Value condition : conditions.AsList()) {
    if (condition.IsMap()) condition.Erase("id");
    taken.push_back(std::move(condition));
  }
  return Value(std::move(taken));
}

Value ConditionsToValue(const Value& spec) {
  Value::List shown;
  const Value* conditions = spec.Find("conditions");
  if (conditions == nullptr || !conditions->IsList()) return shown;
  for (Value condition : conditions->AsList()) {
    condition.Set("id", "condition-" + std::to_string(shown.size() + 1));
    shown.push_back(std::move(condition));
  }
  return shown;
}

// `when` is an expression of its own: whether it can be read, only the engine
// knows.
Status CheckReads(const ResourceId& id, const Value& spec) {
  const engine::RuleSet one({{id, "", std::make_shared<const Value>(spec)}},
                            {});
  if (one.faults().empty()) return {};
  return Fail(ErrorCode::kInvalidArgument, one.faults().front());
}

void TakeDestination(const Value& body, Value& spec) {
  for (const char* key : kDestinationOptions) CopyIfThere(body, key, spec);
  if (const Value* url = body.Find("webhookUrl")) spec.Set("url", *url);
}

Result<Value> DestinationToValue(const engine::LiveResource& app,
                                 const engine::LiveResource& row) {
  const Value spec = TRY(SpecOf(row));
  Value value;
  value.Set("id", row.uid);
  value.Set("appId", app.uid);
  value.Set("name", std::string(row.id.name()));
  const std::string channel(spec.FindString("channel"));
  const bool is_webhook = channel == "slack" || channel == "discord";
  value.Set("kind", is_webhook ? channel + "_webhook" : channel);
  value.Set("channel", channel);
  const std::string label(spec.FindString("label"));
  value.Set("label", label.empty() ? std::string(row.id.name()) : label);
  CopyIfThere(spec, "rateLimit", value);
  if (row.changed_at) value.Set("updatedAt", FormatTimestamp(*row.changed_at));
  return value;
}

}  // namespace

Result<Value> NotificationStore::ActionsToValue(const Row& app,
                                                const Value& spec) {
  Value::List shown;
  const Value* actions = spec.Find("actions");
  if (actions == nullptr || !actions->IsList()) return Value(std::move(shown));
  for (const Value& action : actions->AsList()) {
    const ResourceId id =
        DestinationNamed(app, action.FindString("destination"));
    const auto stored = TRY(store_.ReadStored(id));
    Value each;
    each.Set("id", "action-" + std::to_string(shown.size() + 1));
    each.Set("destinationId", stored ? Value(stored->live.uid) : Value());
    each.Set("destination", std::string(id.name()));
    if (stored) {
      const Value destination = TRY(SpecOf(stored->live));
      each.Set("channel", std::string(destination.FindString("channel")));
    }
    const Value* enabled = action.Find("enabled");
    each.Set("enabled", enabled == nullptr ? Value(true) : *enabled);
    shown.push_back(std::move(each));
  }
  return Value(std::move(shown));
}

Result<Value> NotificationStore::RuleToValue(const Row& app, const Row& rule) {
  const Value spec = TRY(SpecOf(rule));
  Value value;
  value.Set("id", rule.uid);
  value.Set("appId", app.uid);
  value.Set("name", std::string(rule.id.name()));
  value.Set("eventName", std::string(spec.FindString("event")));
  value.Set("conditions", ConditionsToValue(spec));
  value.Set("actions", TRY(ActionsToValue(app, spec)));
  for (const char* key : kRuleOptions) CopyIfThere(spec, key, value);
  if (rule.changed_at) {
    value.Set("updatedAt", FormatTimestamp(*rule.changed_at));
  }
  return value;
}

Result<Value> NotificationStore::TakeActions(const Row& app,
                                             const Value& actions) {
  if (!actions.IsList()) {
    return Fail(ErrorCode::kInvalidArgument, "actions is a list");
  }
  Value::List taken;
  for (const Value& action : actions.AsList()) {
    static constexpr std::string_view kKeys[] = {
        "id", "destinationId", "destination", "channel", "target", "enabled"};
    TRY(CheckKeys(action, kKeys));
    const bool has_id = action.Find("destinationId") != nullptr;
    const std::string wanted =
        TRY(TextAt(action, has_id ? "destinationId" : "destination"));
    const auto found =
        scope_.FindChild(app.id, kDestination, wanted, "destination");
    if (!found) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the app has no destination " + wanted);
    }
    const Value spec = TRY(SpecOf(*found));
    const std::string_view channel = action.FindString("channel");
    if (!channel.empty() && channel != spec.FindString("channel")) {
      return Fail(ErrorCode::kInvalidArgument,
                  "destination " + wanted + " is of another channel");
    }
    Value each;
    each.Set("destination", std::string(found->id.name()));
    CopyIfThere(action, "enabled", each);
    taken.push_back(std::move(each));
  }
  return Value(std::move(taken));
}

Status NotificationStore::TakeRule(const Row& app, const Value& body,
                                   Value& spec) {
  if (body.Find("eventName") != nullptr) {
    const std::string event = TRY(TextAt(body, "eventName"));
    const bool is_pattern = event.find('*') != std::string::npos;
    if (!is_pattern &&
        !scope_.FindChild(app.id, "EventSchema", event, "schema")) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the app has no schema of the event " + event);
    }
    spec.Set("event", event);
  }
  if (const Value* conditions = body.Find("conditions")) {
    spec.Set("conditions", TRY(TakeConditions(*conditions)));
  }
  if (const Value* actions = body.Find("actions")) {
    spec.Set("actions", TRY(TakeActions(app, *actions)));
  }
  for (const char* key : kRuleOptions) CopyIfThere(body, key, spec);
  return {};
}

Result<Value> NotificationStore::ListRules(const Principal& caller,
                                           const std::string& app) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const auto children = TRY(scope_.ChildrenOf(row.id, kRule));
  Value::List rules;
  for (const Row& rule : TRY(store_.ReadResources(children))) {
    rules.push_back(TRY(RuleToValue(row, rule)));
  }
  return Value(std::move(rules));
}

Result<Value> NotificationStore::GetRule(const Principal& caller,
                                         const std::string& app,
                                         const std::string& rule) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row found = TRY(scope_.FindChild(row.id, kRule, rule, "rule"));
  return RuleToValue(row, found);
}

Result<Value> NotificationStore::CreateRule(const Principal& caller,
                                            const std::string& app,
                                            const Value& body) {
  TRY(CheckKeys(body, kRuleKeys));
  const Row row = TRY(scope_.FindApp(caller, app));
  const std::string name = SlugOf(TRY(TextAt(body, "name")));
  TRY(TextAt(body, "eventName"));
  Value spec;
  spec.Set("app", std::string(row.id.name()));
  TRY(TakeRule(row, body, spec));
  const ResourceId id(kRule, row.id.name(), name);
  TRY(CheckReads(id, spec));
  TRY(scope_.Create(id, std::move(spec), "rule.create",
                    scope_.AuthorOf(caller)));
  return GetRule(caller, app, name);
}

Result<Value> NotificationStore::ChangeRule(const Principal& caller,
                                            const std::string& app,
                                            const std::string& rule,
                                            const Value& body) {
  TRY(CheckKeys(body, kRuleKeys));
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row old = TRY(scope_.FindChild(row.id, kRule, rule, "rule"));
  TRY(scope_.MayChange(row, old.id));
  if (body.Find("name") != nullptr &&
      SlugOf(TRY(TextAt(body, "name"))) != old.id.name()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a rule's name can't be changed; make another rule");
  }
  Value spec = TRY(SpecOf(old));
  TRY(TakeRule(row, body, spec));
  TRY(CheckReads(old.id, spec));
  TRY(scope_.Replace(row, old.id, std::move(spec), "rule.change",
                     scope_.AuthorOf(caller)));
  return GetRule(caller, app, old.uid);
}

Result<Value> NotificationStore::DeleteRule(const Principal& caller,
                                            const std::string& app,
                                            const std::string& rule) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row old = TRY(scope_.FindChild(row.id, kRule, rule, "rule"));
  TRY(scope_.Remove(old.id, "rule.delete", scope_.AuthorOf(caller)));
  return Value();
}

// One answer for a secret that isn't there and for one that isn't for this:
// who may not use it doesn't learn which there are.
Status NotificationStore::CheckSecrets(const ResourceId& destination,
                                       const Value& spec) {
  for (const auto& [field, id] : SecretFieldsOf(spec)) {
    const auto secret = ReadSecret(store_, id);
    if (secret && MayUse(*secret, destination)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                field + ": there is no secret " + id.address() +
                    " whose usableBy names " + destination.address());
  }
  return {};
}

Result<Value> NotificationStore::ListDestinations(const Principal& caller,
                                                  const std::string& app) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const auto children = TRY(scope_.ChildrenOf(row.id, kDestination));
  Value::List destinations;
  for (const Row& each : TRY(store_.ReadResources(children))) {
    destinations.push_back(TRY(DestinationToValue(row, each)));
  }
  return Value(std::move(destinations));
}

Result<Value> NotificationStore::GetDestination(
    const Principal& caller, const std::string& app,
    const std::string& destination) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row found =
      TRY(scope_.FindChild(row.id, kDestination, destination, "destination"));
  return DestinationToValue(row, found);
}

Result<Value> NotificationStore::CreateDestination(const Principal& caller,
                                                   const std::string& app,
                                                   const Value& body) {
  TRY(CheckKeys(body, kDestinationKeys));
  const Row row = TRY(scope_.FindApp(caller, app));
  const bool has_name = body.Find("name") != nullptr;
  const std::string name =
      SlugOf(TRY(TextAt(body, has_name ? "name" : "label")));
  Value spec;
  spec.Set("app", std::string(row.id.name()));
  spec.Set("channel", TRY(ChannelIn(body)));
  TakeDestination(body, spec);
  const ResourceId id(kDestination, row.id.name(), name);
  TRY(CheckSecrets(id, spec));
  TRY(scope_.Create(id, std::move(spec), "destination.create",
                    scope_.AuthorOf(caller)));
  return GetDestination(caller, app, name);
}

Result<Value> NotificationStore::ChangeDestination(
    const Principal& caller, const std::string& app,
    const std::string& destination, const Value& body) {
  TRY(CheckKeys(body, kDestinationKeys));
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row old =
      TRY(scope_.FindChild(row.id, kDestination, destination, "destination"));
  TRY(scope_.MayChange(row, old.id));
  Value spec = TRY(SpecOf(old));
  const bool names_channel =
      body.Find("channel") != nullptr || body.Find("kind") != nullptr;
  if (names_channel && TRY(ChannelIn(body)) != spec.FindString("channel")) {
    return Fail(ErrorCode::kInvalidArgument,
                "a destination's channel can't be changed; make another one");
  }
  if (body.Find("name") != nullptr &&
      TRY(TextAt(body, "name")) != old.id.name()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a destination's name can't be changed; change its label");
  }
  TakeDestination(body, spec);
  TRY(CheckSecrets(old.id, spec));
  TRY(scope_.Replace(row, old.id, std::move(spec), "destination.change",
                     scope_.AuthorOf(caller)));
  return GetDestination(caller, app, old.uid);
}

Result<Value> NotificationStore::DeleteDestination(
    const Principal& caller, const std::string& app,
    const std::string& destination) {
  const Row row = TRY(scope_.FindApp(caller, app));
  const Row old =
      TRY(scope_.FindChild(row.id, kDestination, destination, "destination"));
  const auto rules = TRY(scope_.ChildrenOf(row.id, kRule));
  for (const Row& rule : TRY(store_.ReadResources(rules))) {
    const Value spec = TRY(SpecOf(rule));
    const Value* actions = spec.Find("actions");
    if (actions == nullptr || !actions->IsList()) continue;
    for (const Value& action : actions->AsList()) {
      if (DestinationNamed(row, action.FindString("destination")) != old.id) {
        continue;
      }
      return Fail(ErrorCode::kConflict,
                  rule.id.address() + " tells it; change that first");
    }
  }
  TRY(scope_.Remove(old.id, "destination.delete", scope_.AuthorOf(caller)));
  return Value();
}

}  // namespace writ::reconciler::gateway
