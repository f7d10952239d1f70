// A plan with something of everything, as a shop may have it on a bad day.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/plan/render_json.h"
#include "schema/json.h"
#include "schema/time.h"

namespace writ::engine::testing {

inline ResourceId IdOf(const std::string& address) {
  return ResourceId::Parse(address).value();
}

inline Change ChangeOf(Action action, const std::string& address,
                       const Location& at = {}) {
  Change change;
  change.id = IdOf(address);
  change.action = action;
  change.reason = action == Action::kCreate   ? Reason::kNotLive
                  : action == Action::kDelete ? Reason::kNotDeclared
                                              : Reason::kManifestChanged;
  change.written_at = at;
  return change;
}

inline FieldChange FieldOf(const std::string& path, std::optional<Value> before,
                           std::optional<Value> after,
                           const Location& at = {}) {
  FieldChange field;
  field.path = path;
  field.before = std::move(before);
  field.after = std::move(after);
  field.written_at = at;
  return field;
}

inline Finding FindingOf(const std::string& policy, Enforcement enforcement,
                         const std::string& message, const ResourceId& about) {
  Finding finding;
  finding.policy = policy;
  finding.validation = "live-traffic";
  finding.verdict = Verdict::kViolation;
  finding.enforcement = enforcement;
  finding.message = message;
  finding.subject = about;
  finding.policy_at = {"policies/" + policy + ".yaml", 12, 7, 0, ""};
  return finding;
}

inline Plan FramedPlan() {
  Plan plan;
  plan.environment = "production";
  plan.owner = "acme";
  plan.lineage = "l";
  plan.serial = 412;
  plan.resource_count = 1'204;
  plan.existing = 1'200;
  plan.commit.id = "3f9c2e1d5a6b7c8d9e0f3f9c2e1d5a6b7c8d9e0f";
  plan.commit.subject = "Tighten order events";
  plan.commit.author_name = "Ana Ruiz";
  plan.planned_at = ParseTimestamp("2026-11-21T12:00:00Z");
  plan.writ_version = "0.1.0";
  return plan;
}

inline Change DeniedDelete() {
  Change gone = ChangeOf(Action::kDelete, "Token/acme/zapier",
                         {"manifests/tokens.yaml", 4, 1, 0, ""});
  gone.guards = {{GuardKind::kDataLoss, gone.id,
                  "Token/acme/zapier was used 412 times in 7 days",
                  "--allow-data-loss Token/acme/zapier", false}};
  gone.findings = {FindingOf("in-use-token", Enforcement::kDeny,
                             "Token/acme/zapier is in use", gone.id)};
  gone.dependents = {IdOf("DeployTarget/acme/github-ci")};
  gone.dependent_count = 1;
  gone.origin = Origin::kBranch;
  return gone;
}

inline Change BreakingSchema() {
  const Location at{"manifests/orders/events.yaml", 16, 7, 0, ""};
  Change schema =
      ChangeOf(Action::kUpdate, "EventSchema/order-service/order.placed",
               {"manifests/orders/events.yaml", 3, 1, 0, ""});
  schema.fields = {
      FieldOf("spec.fields[currency].required", Value(false), Value(true), at)};
  schema.compatibility = Compatibility{
      true,
      {"spec.fields[currency].required: false → true: events without it would "
       "be rejected"}};
  schema.refers_to = {{IdOf("App/order-service"), 3}};
  schema.dependents = {IdOf("NotificationRule/order-service/large-payment"),
                       IdOf("NotificationRule/order-service/refund-spike")};
  schema.dependent_count = 2;
  schema.origin = Origin::kBranch;
  return schema;
}

inline Plan SamplePlan() {
  Plan plan = FramedPlan();
  plan.changes = {DeniedDelete(), BreakingSchema()};
  Change rule =
      ChangeOf(Action::kCreate, "NotificationRule/order-service/refund-spike",
               {"manifests/orders/rules.yaml", 22, 1, 0, ""});
  rule.refers_to = {{IdOf("App/order-service"), 3},
                    {IdOf("Destination/order-service/payments-slack"), 7}};
  rule.findings = {FindingOf("quiet-hours", Enforcement::kWarn,
                             "a rule of this severity wakes somebody",
                             rule.id)};
  rule.origin = Origin::kBranch;
  Change app = ChangeOf(Action::kUpdate, "App/order-service",
                        {"manifests/orders/app.yaml", 1, 1, 0, ""});
  app.fields = {
      FieldOf("spec.retention", Value("90d"), Value("365d"),
              {"environments/production/patch.yaml", 9, 5, 0, ""}),
      FieldOf("spec.owners", Value(Value::List{Value("ana"), Value("bo")}),
              Value(Value::List{Value("ana"), Value("cy")}))};
  app.patches = {"production-retention"};
  app.dependents = {IdOf("EventSchema/order-service/order.placed"),
                    IdOf("Destination/order-service/payments-slack")};
  app.dependent_count = 2;
  app.origin = Origin::kMerged;
  Change moved = ChangeOf(Action::kMove, "App/checkout");
  moved.moved_from = IdOf("App/cart");
  moved.reason = Reason::kRenamed;
  moved.origin = Origin::kBranch;
  Change slack =
      ChangeOf(Action::kUpdate, "Destination/order-service/payments-slack",
               {"manifests/orders/destinations.yaml", 4, 1, 0, ""});
  slack.fields = {FieldOf("spec.url", std::nullopt, std::nullopt)};
  slack.fields[0].sensitive = true;
  slack.fields[0].cause = Cause::kDrift;
  slack.alarms = {{AlarmKind::kRecipient, "spec.url",
                   "what it sends will go to hooks.slack.example"}};
  slack.cause = Cause::kDrift;
  slack.drifted_by = "production-ci";
  slack.drifted_at = ParseTimestamp("2026-11-21T10:00:00Z");
  slack.refers_to = {{IdOf("App/order-service"), 3}};
  slack.dependents = {IdOf("NotificationRule/order-service/refund-spike")};
  slack.dependent_count = 1;
  slack.origin = Origin::kDrift;
  for (Change* change : {&rule, &app, &moved, &slack}) {
    plan.changes.push_back(std::move(*change));
  }
  Change rotation = ChangeOf(Action::kRotate, "Token/order-service/ingest",
                             {"manifests/orders/tokens.yaml", 2, 1, 0, ""});
  rotation.reason = Reason::kRotationDue;
  rotation.cause = Cause::kSchedule;
  rotation.origin = Origin::kSchedule;
  rotation.rotation =
      RotationOutlook{ParseTimestamp("2026-11-19T03:00:00Z").value(),
                      "every-90-days",
                      {"github-ci", "checkout-env"},
                      "usage",
                      "1h",
                      {"vela_live_Ab3x"}};
  plan.scheduled = {std::move(rotation)};
  plan.alarms = {{AlarmKind::kWeakensGuard, "safety.minExisting",
                  "weakens a guard: 10 → 99"}};
  plan.notices = {
      "uncommitted changes are left out; --working-tree plans them"};
  plan.digest = PlanDigest(plan);
  return plan;
}

// Every text that somebody may write is this one.
inline Plan HostilePlan(const std::string& text) {
  Plan plan = FramedPlan();
  plan.environment = plan.owner = plan.commit.subject = text;
  plan.commit.author_name = plan.commit.id = plan.merged_with = text;
  plan.targets = {text};
  plan.notices = {text};
  plan.alarms = {{AlarmKind::kWeakensGuard, text, text}};
  plan.guards = {{GuardKind::kEmptyDesired, {}, text, text, false}};
  plan.findings = {FindingOf(text, Enforcement::kDenyOverridable, text, {})};
  for (const Action action :
       {Action::kCreate, Action::kUpdate, Action::kReplace, Action::kDelete,
        Action::kAdopt, Action::kMove, Action::kForget, Action::kRotate}) {
    Change change;
    change.id = ResourceId("App", text);
    change.action = action;
    change.cause = Cause::kDrift;
    change.moved_from = ResourceId("App", text + text);
    change.written_at = {text, 1, 1, 1, text};
    change.fields = {
        FieldOf(text, Value(text), Value("x" + text), change.written_at),
        FieldOf(text, Value(Value::List{Value(text)}),
                Value(Value::List{Value("y" + text)}))};
    change.guards = {{GuardKind::kProtected, change.id, text, text, true}};
    change.alarms = {{AlarmKind::kWidened, text, text}};
    change.compatibility = Compatibility{action == Action::kUpdate, {text}};
    change.status = change.drifted_by = text;
    change.missing_values = change.patches = {text};
    change.findings = {FindingOf(text, Enforcement::kDeny, text, change.id)};
    change.findings[0].validation = change.findings[0].policy_at.file = text;
    change.dependents = {ResourceId("Destination", text, text)};
    change.refers_to = {{ResourceId("Workspace", text), 1},
                        {ResourceId("Secret", text, text), 1}};
    change.dependent_count = 1;
    change.origin = Origin::kBranch;
    if (action == Action::kRotate) {
      change.rotation = RotationOutlook{{}, text, {text}, text, text, {text}};
    }
    plan.changes.push_back(change);
  }
  return plan;
}

}  // namespace writ::engine::testing
