#include <chrono>
#include <optional>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/conditions.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kNotificationRuleExample = R"yaml(apiVersion: writ/v1
kind: NotificationRule
metadata: {name: large-payment-failure}
spec:
  app: order-service
  event: payment.failed
  levels: [error, warning]
  conditions:
    - {field: amountCents, operator: greater_than, value: 10000}
  when: data.amountCents > 10000
  actions:
    - {destination: payments-slack, enabled: true}
  groupBy: [customer_id]
  repeatEvery: 4h
)yaml";

Field Actions() {
  return Keyed("actions", "destination", "Who is told.",
               {Ref("destination", {"Destination"}, "The destination.")
                    .Required()
                    .Example("payments-slack"),
                Boolean("enabled", "False leaves this action out.")
                    .Default("true")})
      .Required()
      .NonEmpty();
}

void CheckNotificationRule(const Value& spec, Reporter& reporter) {
  CheckConditions(spec, "conditions", reporter);
  const std::optional<Duration> interval = DurationAt(spec, "groupInterval");
  const std::optional<Duration> repeat = DurationAt(spec, "repeatEvery");
  if (!interval || !repeat || interval->count() <= 0) return;
  if (repeat->count() > 0 && repeat->count() % interval->count() == 0) return;
  // Either may be a default, which stands nowhere.
  const Value* written = spec.Find("repeatEvery");
  if (written->range().line == 0) written = spec.Find("groupInterval");
  const auto rounded =
      (repeat->count() / interval->count() + 1) * interval->count();
  Violate(
      reporter, "not-a-multiple", *written, "spec.repeatEvery",
      "is not a multiple of groupInterval (" + FormatDuration(*interval) + ")",
      "for example " + FormatDuration(Duration(rounded)));
}

}  // namespace

Kind NotificationRuleKind() {
  Kind kind;
  kind.name = "NotificationRule";
  kind.doc =
      "Which events are worth telling somebody, whom, and how they are "
      "grouped.";
  kind.example = kNotificationRuleExample;
  kind.parent_fields = {"app"};
  kind.check = CheckNotificationRule;
  kind.spec = Object(
      "spec", "The rule.",
      {Parent("app", "App", "The app whose events it sees."),
       Ref("event", {"EventSchema"},
           "The event: an EventSchema of the app, or a pattern such as "
           "payment.*.")
           .As(Format::kEventName)
           .Required()
           .Example("payment.failed"),
       Boolean("enabled", "False keeps the rule and lets it rest.")
           .Default("true"),
       Set("levels", "Levels that it looks at.",
           OneOf("", {"info", "success", "warning", "error"},
                 "A level of events."))
           .NonEmpty()
           .Default(R"(["error","info","success","warning"])")
           .Example("[error, warning]"),
       List("conditions", "What has to hold as well; all of them.",
            ConditionTable())
           .Max(64)
           .Default("[]"),
       Text("when",
            "A CEL expression that has to hold in addition. It sees event, "
            "level, customer_id, data, metadata and timestamp.")
           .As(Format::kCel)
           .NonEmpty()
           .Example("data.amountCents > 10000"),
       Actions(),
       Set("groupBy",
           "Events that agree in these make one message: customer_id, event, "
           "level or paths in the event. Without it each event stands by "
           "itself.",
           Text("", "What to group by.").As(Format::kFieldPath))
           .Max(16)
           .Default("[]"),
       Span("groupWait", "How long a new group gathers before it is sent.")
           .Default("\"30s\""),
       Span("groupInterval", "How long until what a group gained is sent.")
           .Min(1)
           .Default("\"5m\""),
       Span("repeatEvery",
            "How long until a group is sent again; a multiple of "
            "groupInterval.")
           .Min(1)
           .Default("\"4h\""),
       OneOf("priority", {"normal", "critical"},
             "critical goes past grouping: each event at once, ahead of "
             "others in a destination's queue.")
           .Default("\"normal\"")});
  return kind;
}

}  // namespace writ::kinds
