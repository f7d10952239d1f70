#include <optional>
#include <string_view>

#include "schema/kinds/builder.h"
#include "schema/kinds/conditions.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kSilenceExample = R"yaml(apiVersion: writ/v1
kind: Silence
metadata: {name: black-friday-load-test}
spec:
  app: order-service
  matchers:
    - {field: metadata.traceId, operator: starts_with, value: loadtest}
  startsAt: 2026-11-27T00:00:00Z
  endsAt: 2026-11-28T00:00:00Z
  contact: payments
  comment: load test
)yaml";

void CheckSilence(const Value& spec, Reporter& reporter) {
  CheckConditions(spec, "matchers", reporter);
  const std::optional<Timestamp> start = TimestampAt(spec, "startsAt");
  const std::optional<Timestamp> end = TimestampAt(spec, "endsAt");
  if (!start || !end || *start < *end) return;
  Violate(reporter, "bad-order", *spec.Find("endsAt"), "spec.endsAt",
          "is not after startsAt (" + FormatTimestamp(*start) + ")");
}

}  // namespace

Kind SilenceKind() {
  Kind kind;
  kind.name = "Silence";
  kind.doc = "Keeps notifications of matching events back for a time.";
  kind.example = kSilenceExample;
  kind.parent_fields = {"app"};
  kind.check = CheckSilence;
  kind.time_edges = {"spec.startsAt", "spec.endsAt"};
  kind.spec = Object(
      "spec", "The silence.",
      {Parent("app", "App", "The app whose notifications it holds back."),
       List("matchers", "Which events; all of them have to match.",
            ConditionTable())
           .Required()
           .NonEmpty()
           .Max(64),
       Instant("startsAt", "From when on.")
           .DefaultDoc("at once")
           .Example("2026-11-27T00:00:00Z"),
       Instant("endsAt", "Until when. A silence always ends.")
           .Required()
           .Example("2026-11-28T00:00:00Z"),
       Line("contact", "Whom to ask about it."),
       Text("comment", "Why.").Max(4096)});
  return kind;
}

}  // namespace writ::kinds
