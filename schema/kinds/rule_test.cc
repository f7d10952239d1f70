#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kRuleTestExample = R"yaml(apiVersion: writ/v1
kind: RuleTest
metadata: {name: large-payment-failure}
spec:
  app: order-service
  start: 2026-12-01T00:00:00Z
  cases:
    - name: one large failure, one message
      events:
        - at: 0s
          event: payment.failed
          level: error
          customer_id: c1
          data: {amountCents: 20000}
      expect:
        - at: 30s
          rule: large-payment-failure
          destination: payments-slack
          events: 1
)yaml";

Field Events() {
  return List(
             "events", "What comes in.",
             Object(
                 "", "One event.",
                 {Span("at", "When, counted from start.").Required(),
                  Text("event", "Its name.").As(Format::kName).Required(),
                  OneOf("level", {"info", "success", "warning", "error"},
                        "Its level.")
                      .Default("\"info\""),
                  Text("customer_id", "Whom it is about.").Max(255),
                  Map("data", "Its data.", Any("", "Any value.")).Default("{}"),
                  Map("metadata", "Its metadata.", Any("", "Any value."))
                      .Default("{}")}))
      .Required();
}

Field Expect() {
  return List("expect",
              "What goes out; an empty list is silence. A case without it "
              "fails.",
              Object("", "One message.",
                     {Span("at", "When, counted from start.").Required(),
                      Ref("rule", {"NotificationRule"}, "By which rule.")
                          .Mention()
                          .Required(),
                      Ref("destination", {"Destination"}, "Where to.")
                          .Mention()
                          .Required(),
                      Integer("events", "How many events it tells of.")
                          .Min(1)
                          .Default("1")}));
}

}  // namespace

Kind RuleTestKind() {
  Kind kind;
  kind.name = "RuleTest";
  kind.doc =
      "Events and the notifications they have to cause, on a clock of its "
      "own; run by writ rules test.";
  kind.example = kRuleTestExample;
  kind.is_resource = false;
  kind.spec = Object("spec", "The test.",
                     {Ref("app", {"App"}, "The app whose rules are tested.")
                          .Mention()
                          .Required(),
                      Instant("start", "When each case begins.")
                          .Required()
                          .Example("2026-12-01T00:00:00Z"),
                      List("cases", "The cases.",
                           Object("", "One case.",
                                  {Line("name", "What it shows.").Required(),
                                   Events(), Expect()}))
                          .UniqueBy("name")
                          .Required()
                          .NonEmpty()});
  return kind;
}

}  // namespace writ::kinds
