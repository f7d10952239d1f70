#include "engine/plan/render_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/plan/plan_words.h"
#include "schema/json.h"
#include "tests/support/hostile_texts.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::PlanModel;
using testing::World;

Plan Framed() {
  Plan plan;
  plan.environment = "production";
  plan.owner = "acme";
  plan.lineage = "l";
  plan.commit.id = "3f9c2e1d5a6b7c8d9e0f3f9c2e1d5a6b7c8d9e0f";
  plan.planned_at = ParseTimestamp("2026-11-21T12:00:00Z");
  plan.resource_count = 100'000;
  return plan;
}

Change Of(Action action, const std::string& address) {
  Change change;
  change.id = Id(address);
  change.action = action;
  change.reason =
      action == Action::kDelete ? Reason::kNotDeclared : Reason::kNotLive;
  return change;
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// T-05: nobody is told how to apply what isn't trusted.
TEST(PlanText, WhatIsNotTrustedComesFirst) {
  PlanTextOptions options;
  Plan plan = Framed();
  for (int i = 0; i < 12; ++i) {
    plan.untrusted.push_back("commit " + std::to_string(i) + " isn't\x1b[2J");
  }
  std::string text = RenderPlanText(plan, options);
  EXPECT_TRUE(Has(text, "No changes."));
  EXPECT_TRUE(Has(text, "\nNot trusted\n  ✗ commit 0 isn't"));
  EXPECT_EQ(Count(text, "✗ commit"), 10u);
  EXPECT_TRUE(Has(text, "… 2 more reasons, --verbose shows them"));
  EXPECT_FALSE(Has(text, "\x1b"));
  plan.changes.push_back(Of(Action::kCreate, "App/orders"));
  text = RenderPlanText(plan, options);
  EXPECT_LT(text.find("Not trusted"), text.find("App/orders"));
  EXPECT_TRUE(Has(text, "Can't be applied: it isn't trusted"));
  EXPECT_FALSE(Has(text, "Apply it"));
  options.verbose = true;
  EXPECT_EQ(Count(RenderPlanText(plan, options), "✗ commit"), 12u);
}

TEST(PlanText, EmptySaysWhatItLookedAt) {
  PlanTextOptions options;
  EXPECT_EQ(RenderPlanText(Framed(), options),
            "No changes. Live state matches manifests at 3f9c2e1 "
            "(100,000 resources).\n");
  options.seconds = 0.0412;
  EXPECT_EQ(RenderPlanText(Framed(), options),
            "No changes. Live state matches manifests at 3f9c2e1 "
            "(100,000 resources, 0.04 s).\n");
}

TEST(PlanText, NamesAWorkingTree) {
  Plan plan = Framed();
  plan.commit = {};
  EXPECT_TRUE(Has(RenderPlanText(plan), "manifests at working tree"));
}

TEST(PlanText, FoldsLongListsAndKeepsTheTotals) {
  Plan plan = Framed();
  for (int i = 0; i < 5000; ++i) {
    plan.changes.push_back(Of(Action::kCreate, "App/a" + std::to_string(i)));
  }
  const std::string text = RenderPlanText(plan);
  EXPECT_LT(Count(text, "\n"), 30U);
  EXPECT_TRUE(Has(text, "… 4,990 more creates, --verbose shows them"));
  EXPECT_TRUE(Has(text, "Plan: 5,000 to add."));
  PlanTextOptions verbose;
  verbose.verbose = true;
  EXPECT_GT(Count(RenderPlanText(plan, verbose), "\n"), 5000U);
}

// T-17: totals, deletes, widened permissions and guards survive any cut.
TEST(PlanText, NeverFoldsWhatIsDangerous) {
  Plan plan = Framed();
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    plan.changes.push_back(Of(Action::kDelete, "App/deleted-" + n));
    plan.changes.push_back(Of(Action::kReplace, "App/replaced-" + n));
    plan.changes.push_back(Of(Action::kCreate, "App/created-" + n));
    Change guarded = Of(Action::kUpdate, "App/guarded-" + n);
    guarded.guards = {{GuardKind::kForeignOwner, guarded.id, "no", "", false}};
    plan.changes.push_back(guarded);
    Change widened = Of(Action::kUpdate, "App/widened-" + n);
    widened.alarms = {{AlarmKind::kWidened, "spec.scopes", "gains x"}};
    plan.changes.push_back(widened);
    Change weakened = Of(Action::kUpdate, "Policy/weakened-" + n);
    weakened.alarms = {{AlarmKind::kWeakensGuard, "", "weakens a guard"}};
    plan.changes.push_back(weakened);
    Change breaking = Of(Action::kUpdate, "EventSchema/a/breaking-" + n);
    breaking.compatibility = Compatibility{true, {}};
    plan.changes.push_back(breaking);
    Change sends = Of(Action::kUpdate, "Destination/a/sends-" + n);
    sends.alarms = {{AlarmKind::kRecipient, "spec.url", "will be sent to x"}};
    plan.changes.push_back(sends);
  }
  const std::string text = RenderPlanText(plan);
  for (const char* word : {"deleted-", "replaced-", "guarded-", "widened-",
                           "weakened-", "breaking-"}) {
    EXPECT_EQ(Count(text, word), 300U) << word;
  }
  EXPECT_EQ(Count(text, "sends-"), 20U);
  EXPECT_TRUE(Has(text, "280 more changes send a value somewhere new"));
  EXPECT_EQ(Count(text, "created-"), 10U);
  EXPECT_LT(text.find("deleted-299"), text.find("replaced-0 "));
  EXPECT_LT(text.find("Read these first"), text.find("\nChanges\n"));
}

TEST(PlanText, PutsTheDangerousFirst) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/c"), Of(Action::kReplace, "App/r"),
                  Of(Action::kDelete, "App/d")};
  const std::string text = RenderPlanText(plan);
  EXPECT_LT(text.find("App/d"), text.find("App/r"));
  EXPECT_LT(text.find("App/r"), text.find("App/c"));
}

TEST(PlanText, ListsWhatASchedulesCauses) {
  Plan plan = Framed();
  Change rotation = Of(Action::kRotate, "Token/a/t");
  rotation.cause = Cause::kSchedule;
  plan.scheduled = {rotation};
  const std::string text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text, "↻ Token/a/t   rotation due"));
  EXPECT_TRUE(Has(text, "Plan: 1 to rotate."));
  EXPECT_TRUE(Has(text, "Schedule: 1 change."));
}

TEST(PlanText, SaysWhatARotationWillDo) {
  Plan plan = Framed();
  Change rotation = Of(Action::kRotate, "Token/a/t");
  rotation.cause = Cause::kSchedule;
  RotationOutlook& outlook = rotation.rotation.emplace();
  outlook.due_since = ParseTimestamp("2026-11-19T03:00:00Z").value();
  outlook.schedule = "every-90-days";
  outlook.targets = {"github-ci", "checkout-env"};
  outlook.evidence = "usage";
  outlook.quiet_for = "1h";
  outlook.revokes = {"vela_live_Ab3x"};
  plan.scheduled = {rotation};
  std::string text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text, "rotation due since 2026-11-19 (every-90-days)"));
  EXPECT_TRUE(Has(text,
                  "      create → deploy github-ci, checkout-env → verify by "
                  "use, quiet 1h → revoke vela_live_Ab3x…\n"));
  outlook.evidence.clear();
  outlook.targets.assign(9, "target");
  plan.scheduled.assign(50, rotation);
  text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text, " and 4 more → revoke"));
  EXPECT_TRUE(Has(text, "Plan: 50 to rotate."));
}

TEST(PlanText, OffersEveryFlagThatIsMissing) {
  Plan plan = Framed();
  Change change = Of(Action::kDelete, "Token/a/t");
  change.guards = {{GuardKind::kProtected, change.id, "m",
                    "--allow-protected Token/a/t", false},
                   {GuardKind::kDataLoss, change.id, "n",
                    "--allow-data-loss Token/a/t", true}};
  plan.changes = {change};
  const std::string text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text,
                  "allow it for one run: writ apply --env production "
                  "--allow-protected Token/a/t\n"));
  EXPECT_TRUE(Has(text, "✓ allowed: n"));
  plan.changes[0].guards[0].allowed = true;
  EXPECT_TRUE(Has(RenderPlanText(plan), "Apply it: writ apply"));
}

TEST(PlanText, HasNoDigestLineWithoutADigest) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a")};
  EXPECT_TRUE(Has(RenderPlanText(plan), "\ndigest " + plan.digest.Hex()));
  plan.has_digest = false;
  EXPECT_FALSE(Has(RenderPlanText(plan), "digest"));
}

TEST(PlanText, UsesColoursOnlyWhenAsked) {
  Plan plan = Framed();
  Change change = Of(Action::kDelete, "App/a");
  change.guards = {{GuardKind::kProtected, change.id, "m", "--f", false}};
  plan.changes = {change};
  EXPECT_FALSE(Has(RenderPlanText(plan), "\x1b"));
  PlanTextOptions colored;
  colored.color = true;
  EXPECT_TRUE(Has(RenderPlanText(plan, colored), "\x1b[31m-\x1b[0m"));
}

TEST(PlanText, PutsPlacesAtTheRightEdge) {
  Plan plan = Framed();
  Change change = Of(Action::kCreate, "App/a");
  change.written_at = {"a.yaml", 3, 4, 0, ""};
  plan.changes = {change};
  PlanTextOptions options;
  options.width = 40;
  EXPECT_TRUE(Has(RenderPlanText(plan, options),
                  "\n  + App/a                     a.yaml:3:4\n"))
      << RenderPlanText(plan, options);
  options.width = 5;  // as if it were 40
  EXPECT_TRUE(Has(RenderPlanText(plan, options),
                  "\n  + App/a                     a.yaml:3:4\n"));
}

// T-17: whatever others wrote drives nothing, wherever it is shown.
TEST(PlanText, EscapesHostileTexts) {
  for (const testing::HostileText& hostile : testing::kHostileTexts) {
    const std::string text(hostile.text);
    Plan plan = Framed();
    plan.environment = plan.owner = plan.commit.subject = text;
    plan.commit.author_name = text;
    plan.targets = {text};
    plan.notices = {text};
    plan.guards = {{GuardKind::kEmptyDesired, {}, text, text, false}};
    for (Action action :
         {Action::kCreate, Action::kUpdate, Action::kReplace, Action::kDelete,
          Action::kAdopt, Action::kMove, Action::kForget}) {
      Change change;
      change.id = ResourceId("App", text);
      change.action = action;
      change.moved_from = ResourceId("App", text + text);
      change.fields = {{text,
                        Value(text),
                        Value(Value::List{Value(text)}),
                        false,
                        false,
                        false,
                        Cause::kDrift,
                        {text, 1, 1, 1, text}}};
      change.cause = Cause::kDrift;
      change.guards = {{GuardKind::kProtected, change.id, text, text, true}};
      change.alarms = {{AlarmKind::kWidened, text, text}};
      change.compatibility = Compatibility{true, {text}};
      change.status = change.drifted_by = text;
      change.missing_values = change.patches = {text};
      change.written_at = {text, 1, 1, 1, text};
      change.dependents = {change.id};
      change.dependent_count = 1;
      plan.changes.push_back(change);
    }
    PlanTextOptions options;
    options.verbose = true;
    const std::string shown = RenderPlanText(plan, options);
    EXPECT_TRUE(testing::IsHarmless(shown, "\n")) << hostile.name;
    EXPECT_FALSE(Has(shown, "\nerror: 0 errors")) << hostile.name;
  }
}

TEST(PlanWords, Numbers) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
  EXPECT_EQ(WithCommas(-1234), "-1,234");
  EXPECT_EQ(Counted(1, "change", "changes"), "1 change");
  EXPECT_EQ(Counted(2000, "change", "changes"), "2,000 changes");
}

TEST(PlanWords, ValuesAreCutBetweenCharacters) {
  EXPECT_EQ(ValueInWords("ééééé", 3), "ééé…");
  EXPECT_EQ(ValueInWords("abc", 3), "abc");
  EXPECT_EQ(ValueInWords("abcdef", 0), "abcdef");
  EXPECT_EQ(ValueInWords("", 3), "\"\"");
  EXPECT_EQ(ValueInWords(true, 9), "true");
}

TEST(PlanWords, Fields) {
  FieldChange field;
  field.before = Value(Value::List{Value("a"), Value("b")});
  field.after = Value(Value::List{Value("b"), Value("c")});
  EXPECT_EQ(FieldInWords(field, false), "+c -a");
  field.after = Value(Value::List{Value("b"), Value("a")});
  EXPECT_EQ(FieldInWords(field, false), "in another order");
  field.before = Value(1);
  field.after.reset();
  EXPECT_EQ(FieldInWords(field, false), "1 → (none)");
  field.known_after_apply = true;
  EXPECT_EQ(FieldInWords(field, false), "1 → (known after apply)");
  field.sensitive = true;
  field.forces_replacement = true;
  EXPECT_EQ(FieldInWords(field, false),
            "(sensitive) changed   forces replacement");
}

TEST(PlanWords, Totals) {
  Counts counts;
  EXPECT_EQ(CountsInWords(counts), "nothing to do");
  counts = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(CountsInWords(counts),
            "1 to add, 2 to change, 3 to replace, 4 to destroy, 7 to move, "
            "6 to adopt, 5 to let go, 8 to rotate, 9 suspended");
}

Finding Against(const std::string& policy, Enforcement enforcement) {
  Finding finding;
  finding.policy = policy;
  finding.validation = "v";
  finding.verdict = Verdict::kViolation;
  finding.enforcement = enforcement;
  finding.message = "no good";
  finding.policy_at = {"policies/p.yaml", 12, 7, 0, ""};
  return finding;
}

TEST(PlanText, ShowsAFindingAtItsChange) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a"), Of(Action::kCreate, "App/b")};
  plan.changes[1].findings = {Against("strict", Enforcement::kDeny)};
  const std::string text = RenderPlanText(plan);
  const auto at = text.find("✗ strict/v: no good");
  ASSERT_NE(at, std::string::npos) << text;
  EXPECT_GT(at, text.find("App/b"));
  EXPECT_LT(at, text.find("App/a")) << "what is denied stands at the head";
  EXPECT_TRUE(Has(text, "policies/p.yaml:12:7\n"));
  EXPECT_TRUE(Has(text, "Plan: 2 to add. 1 denied."));
  EXPECT_TRUE(Has(text,
                  "Can't be applied: 1 change is denied. Mend it, or see: "
                  "writ policy explain strict --env " +
                      plan.environment + "\n"));
  EXPECT_FALSE(Has(text, "--override"));
  EXPECT_FALSE(Has(text, "Apply it"));
}

TEST(PlanText, SaysHowToOverride) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a")};
  plan.changes[0].findings = {Against("one", Enforcement::kDenyOverridable)};
  plan.findings = {Against("two", Enforcement::kDenyOverridable)};
  EXPECT_TRUE(Has(RenderPlanText(plan),
                  "Can't be applied: 1 change is denied, and the plan as a "
                  "whole. "));
  EXPECT_TRUE(Has(RenderPlanText(plan),
                  "writ apply --env production --override two --override one "
                  "--reason TEXT\n"));
  plan.changes[0].findings[0].overridden = true;
  plan.findings[0].overridden = true;
  EXPECT_TRUE(Has(RenderPlanText(plan), "✓ one/v: overridden: no good"));
  EXPECT_TRUE(Has(RenderPlanText(plan), "1 overridden."));
  EXPECT_TRUE(Has(RenderPlanText(plan), "Apply it: "));
}

TEST(PlanText, TellsVerdictsApart) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a")};
  Finding exempt = Against("exempted", Enforcement::kDeny);
  exempt.verdict = Verdict::kExempt;
  exempt.exception = "migration";
  Finding error = Against("broken", Enforcement::kDeny);
  error.verdict = Verdict::kError;
  error.validation.clear();
  error.guards = Guards::kApplied;
  plan.changes[0].findings = {exempt, error,
                              Against("soft", Enforcement::kWarn),
                              Against("quiet", Enforcement::kAudit)};
  const std::string text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text, "– exempted/v: exempt by migration: no good"));
  EXPECT_TRUE(
      Has(text, "✗ broken: can't be decided: no good (as applied last)"));
  EXPECT_TRUE(Has(text, "! soft/v: no good"));
  EXPECT_FALSE(Has(text, "quiet"));
  PlanTextOptions verbose;
  verbose.verbose = true;
  EXPECT_TRUE(Has(RenderPlanText(plan, verbose), "· quiet/v: no good"));
}

TEST(PlanText, VerboseShowsWhatACreateCreates) {
  Plan plan = Framed();
  Change change = Of(Action::kCreate, "Destination/shop/hook");
  const auto content = ParseJson(
      R"({"metadata": {"name": "hook", "labels": {"team": "a"}},)"
      R"( "spec": {"app": "shop", "type": "webhook", "events": ["a", "b"],)"
      R"( "url": "https://hooks.example.org/T0/kept-secret"}})");
  ASSERT_TRUE(content);
  change.after = std::make_shared<const Value>(*content);
  plan.changes = {change};
  EXPECT_FALSE(Has(RenderPlanText(plan), "spec.type"));
  PlanTextOptions verbose;
  verbose.verbose = true;
  const std::string text = RenderPlanText(plan, verbose);
  EXPECT_TRUE(Has(text, "metadata.labels.team")) << text;
  EXPECT_TRUE(Has(text, "spec.type")) << text;
  EXPECT_TRUE(Has(text, "webhook\n")) << text;
  EXPECT_TRUE(Has(text, "[\"a\",\"b\"]\n")) << text;
  EXPECT_FALSE(Has(text, "metadata.name")) << text;
  EXPECT_FALSE(Has(text, "kept-secret")) << text;
}

TEST(PlanText, SaysAnAlarmOnce) {
  Plan plan = Framed();
  Change change = Of(Action::kUpdate, "Policy/strict");
  for (const char* path : {"spec.a", "spec.b", "spec.c"}) {
    change.alarms.push_back({AlarmKind::kWeakensGuard, path, "may weaken it"});
  }
  plan.changes = {change};
  EXPECT_EQ(Count(RenderPlanText(plan), "may weaken it"), 1U);
}

TEST(PlanText, NamesNoCommandWhereItIsAppliedAtOnce) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a")};
  EXPECT_TRUE(Has(RenderPlanText(plan), "Apply it: "));
  PlanTextOptions options;
  options.applies = true;
  EXPECT_FALSE(Has(RenderPlanText(plan, options), "Apply it: "));
}

TEST(PlanText, FoldsManyFindingsButNotTheirCount) {
  Plan plan = Framed();
  for (int i = 0; i < 500; ++i) {
    plan.changes.push_back(Of(Action::kCreate, "App/a" + std::to_string(i)));
    plan.changes.back().findings = {Against("strict", Enforcement::kDeny)};
  }
  const std::string text = RenderPlanText(plan);
  EXPECT_LT(Count(text, "\n"), 60U);
  EXPECT_TRUE(Has(text, "… 480 more changes are denied, --verbose"));
  EXPECT_TRUE(Has(text, "Plan: 500 to add. 500 denied."));
}

// T-04: also where nothing else changes.
TEST(PlanText, SaysWhichGuardGivesWay) {
  Plan plan = Framed();
  plan.alarms = {{AlarmKind::kWeakensGuard, "safety.minExisting",
                  "weakens a guard: 10 → 99"}};
  const std::string line = "! safety.minExisting: weakens a guard: 10 → 99\n";
  EXPECT_TRUE(Has(RenderPlanText(plan), line));
  plan.changes = {Of(Action::kCreate, "App/a")};
  const std::string text = RenderPlanText(plan);
  EXPECT_LT(text.find(line), text.find("App/a"));
  EXPECT_TRUE(Has(text, "Read these first"));
}

TEST(PlanText, NamesExceptionsToBeLookedAfter) {
  Plan plan = Framed();
  plan.changes = {Of(Action::kCreate, "App/a")};
  const auto end = ParseTimestamp("2026-12-31T00:00:00Z").value();
  for (const ExceptionState state :
       {ExceptionState::kExpired, ExceptionState::kSoonExpiring,
        ExceptionState::kUnused}) {
    plan.exceptions.push_back({"x", "p", state, Id("App/a"), end, {}});
  }
  const std::string text = RenderPlanText(plan);
  EXPECT_TRUE(Has(text, "Note: exception x ended on 2026-12-31T00:00:00Z"));
  EXPECT_TRUE(Has(text, "Note: exception x ends soon"));
  EXPECT_TRUE(Has(text, "Note: exception x was not needed: App/a meets p"));
}

}  // namespace
}  // namespace writ::engine
