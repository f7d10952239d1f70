#include <optional>
#include <string_view>

#include "schema/cron_syntax.h"
#include "schema/kinds/builder.h"
#include "schema/kinds/kinds.h"
#include "schema/kinds/rules.h"

namespace writ::kinds {
namespace {

constexpr std::string_view kRotationScheduleExample = R"yaml(apiVersion: writ/v1
kind: RotationSchedule
metadata: {name: every-90-days}
spec:
  workspace: acme
  every: 90d
  timeZone: Europe/Zurich
  window: 3h
  jitter: 30m
  grace: 24h
  evidence: usage
  quietFor: 1h
  canary: github-ci
)yaml";

Fields When() {
  return {Parent("workspace", "Workspace", "The workspace it belongs to."),
          Span("every", "How long after its issue a token is rotated.")
              .Min(60)
              .Example("90d"),
          Text("cron", "When tokens are rotated, instead of every.")
              .As(Format::kCron)
              .Example("0 3 1 */3 *"),
          Text("timeZone", "The time zone of cron and window.")
              .As(Format::kTimeZone)
              .Default("\"UTC\""),
          Span("window", "How long after it is due a rotation may still begin.")
              .Min(60)
              .Default("\"24h\""),
          Span("jitter",
               "Spreads rotations over this long; the same for a token each "
               "time.")
              .Default("\"0s\"")};
}

Fields How() {
  return {OneOf("strategy", {"overlap", "immediate"},
                "overlap keeps the old credential until the new one is seen in "
                "use, immediate revokes it at once.")
              .Default("\"overlap\""),
          Span("grace", "How long old and new are valid side by side at most.")
              .Default("\"24h\""),
          OneOf("evidence", {"readback", "probe", "usage"},
                "What has to be seen before the old one is revoked: the target "
                "reads back the new value, a probe authenticates with it, or "
                "consumers use it while the old one is quiet.")
              .Default("\"usage\""),
          Span("quietFor", "How long the old one has to be unused.")
              .Default("\"1h\""),
          Ref("canary", {"DeployTarget"}, "The target that is written first.")
              .Example("github-ci"),
          Integer("maxInFlight",
                  "How many targets are written at once after the canary.")
              .Min(1)
              .Max(100)
              .Default("3")};
}

Fields Failure() {
  return {
      Object("retries", "How often a step is tried.",
             {Integer("perAttempt", "Tries of one attempt.")
                  .Min(1)
                  .Max(100)
                  .Default("5"),
              Integer("perCycle", "Attempts until somebody is asked for help.")
                  .Min(1)
                  .Max(100)
                  .Default("3"),
              Span("backoff", "The first wait between tries.")
                  .Min(0.001)
                  .Default("\"5s\""),
              Span("maxBackoff", "The longest wait between tries.")
                  .Min(0.001)
                  .Default("\"5m\"")})
          .Default("{}"),
      OneOf("onFailure", {"pause", "rollback"},
            "What follows when a rotation can't go on.")
          .Default("\"pause\"")};
}

// A rule that `small` is at most `large`.
void AtMost(const Value& spec, std::string_view small, std::string_view large,
            std::string_view why, Reporter& reporter,
            std::string_view base = "spec") {
  const std::optional<Duration> a = DurationAt(spec, small);
  const std::optional<Duration> b = DurationAt(spec, large);
  if (!a || !b || *a <= *b) return;
  // Either may be a default, which stands nowhere.
  const Value* written = spec.Find(small);
  if (written->range().line == 0) written = spec.Find(large);
  Violate(reporter, "bad-order", *written, Join(base, small),
          std::string("(")
              .append(FormatDuration(*a))
              .append(") is longer than ")
              .append(large)
              .append(" (")
              .append(FormatDuration(*b))
              .append(")")
              .append(why));
}

void CheckRotationSchedule(const Value& spec, Reporter& reporter) {
  const Value* cron = spec.Find("cron");
  if (cron != nullptr && cron->IsString() &&
      Matches(Format::kCron, cron->AsString()) && !HasADay(cron->AsString())) {
    Violate(reporter, "never", *cron, "spec.cron",
            "never comes: no such month has that day");
  }
  AtMost(spec, "jitter", "every", "", reporter);
  AtMost(spec, "jitter", "window", ": it would never begin in time", reporter);
  if (spec.FindString("strategy") == "overlap" &&
      spec.FindString("evidence") == "usage") {
    AtMost(spec, "quietFor", "grace", ": it could never end in time", reporter);
  }
  const Value* retries = spec.Find("retries");
  if (retries == nullptr) return;
  AtMost(*retries, "backoff", "maxBackoff", "", reporter, "spec.retries");
}

}  // namespace

Kind RotationScheduleKind() {
  Kind kind;
  kind.name = "RotationSchedule";
  kind.doc =
      "When and how tokens are replaced: create, deploy, verify, revoke, "
      "without one refused request.";
  kind.example = kRotationScheduleExample;
  kind.parent_fields = {"workspace"};
  kind.check = CheckRotationSchedule;
  Fields fields = When();
  for (Field& field : How()) fields.push_back(std::move(field));
  for (Field& field : Failure()) fields.push_back(std::move(field));
  kind.spec = Object("spec", "The schedule.", std::move(fields))
                  .ExactlyOneOf({"every", "cron"});
  return kind;
}

}  // namespace writ::kinds
