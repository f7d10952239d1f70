#include "engine/policy/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/policy/policy_fixture.h"

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const char* const kNoAdmin = R"yaml(
  match: {kinds: [Token], actions: [create, update]}
  params: {forbidden: "admin:all"}
  variables: [{name: scopes, expression: "resource.spec.scopes"}]
  matchConditions: [{name: w, expression: "resource.spec.type == 'workspaceToken'"}]
  validations:
    - name: least-privilege
      expression: "!(params.forbidden in variables.scopes)"
      message: name the scopes
      messageExpression: "change.address + ' asks for ' + params.forbidden"
)yaml";

ChangeFacts Admin(const std::string& name = "x") {
  return ChangeOf("create", "", TokenYaml(name, "\"admin:all\""));
}

Judgement JudgeYaml(const std::string& yaml, const PlanFacts& facts,
                    const JudgeOptions& options = {},
                    PolicySetOptions set_options = {}) {
  World world(yaml);
  const PolicySet set = world.Compile(std::move(set_options));
  EXPECT_FALSE(world.diagnostics.HasErrors());
  return Judge(set, nullptr, facts, options);
}

TEST(Judge, TellsViolationsFromPasses) {
  const Judgement judgement = JudgeYaml(
      PolicyYaml("no-admin", kNoAdmin),
      FactsOf({Admin(),
               ChangeOf("create", "", TokenYaml("y", "\"inbox:read\"")),
               ChangeOf("delete", TokenYaml("z", "\"admin:all\""), "")}));
  EXPECT_THAT(LinesOf(judgement),
              ElementsAre("no-admin/least-privilege violation deny: "
                          "Token/acme/x asks for admin:all"));
  EXPECT_EQ(judgement.totals, (Totals{1, 0, 1, 0}));
  EXPECT_TRUE(judgement.denied());
  const Finding& finding = judgement.findings.front();
  EXPECT_EQ(finding.change, 0U);
  EXPECT_EQ(finding.subject.address(), "Token/acme/x");
  EXPECT_EQ(finding.subject_at.file, "m.yaml");
  EXPECT_EQ(finding.policy_at.file, "p.yaml");
  EXPECT_EQ(finding.policy_at.line, 13U);
  EXPECT_EQ(finding.policy_at.column, 19U);
  EXPECT_EQ(finding.guards, Guards::kBoth);
}

TEST(Judge, FallsBackFromAComputedMessage) {
  const auto message = [](const std::string& lines) {
    const Judgement judgement = JudgeYaml(
        PolicyYaml("p",
                   "  match: {kinds: [Token]}\n  validations:\n    - name: v\n"
                   "      expression: change.name == 'y'\n" +
                       lines),
        FactsOf({Admin()}));
    EXPECT_THAT(judgement.findings, SizeIs(1));
    return judgement.findings.front().message;
  };
  EXPECT_EQ(message("      messageExpression: \"'not ' + change.name\"\n"),
            "not x");
  EXPECT_EQ(message("      message: fixed\n"
                    "      messageExpression: \"'a' + string(1 / 0)\"\n"),
            "fixed");
  EXPECT_EQ(message("      message: fixed\n"
                    "      messageExpression: \"'  '\"\n"),
            "fixed");
  EXPECT_EQ(message(""), "does not hold: change.name == 'y'");
}

TEST(Judge, AnErrorFailsClosedUnlessToldOtherwise) {
  const auto line = [](const std::string& more) {
    return LinesOf(
        JudgeYaml(PolicyYaml("p",
                             "  match: {kinds: [Token]}\n  validations:\n    - "
                             "name: v\n      expression: "
                             "resource.spec.expiresAt != ''\n" +
                                 more),
                  FactsOf({Admin()})));
  };
  ASSERT_THAT(line(""), SizeIs(1));
  EXPECT_THAT(line("").front(), HasSubstr("p/v error deny: no such key"));
  EXPECT_THAT(line("").front(), HasSubstr("has()"));
  EXPECT_THAT(line("  enforcement: warn\n").front(), HasSubstr("error deny"));
  EXPECT_THAT(line("  onError: warn\n").front(), HasSubstr("error warn"));
  EXPECT_THAT(line("  onError: ignore\n").front(), HasSubstr("error audit"));
  EXPECT_THAT(line("  enforcement: deny-overridable\n").front(),
              HasSubstr("error deny-overridable"));
}

TEST(Judge, AnErrorPointsAtThePartThatFailed) {
  const Judgement judgement = JudgeYaml(
      PolicyYaml("p",
                 "  match: {kinds: [Token]}\n  validations:\n    - name: v\n"
                 "      expression: |\n        change.name != '' &&\n"
                 "          resource.spec.expiresAt != ''\n"),
      FactsOf({Admin()}));
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_EQ(judgement.findings.front().policy_at.line, 11U);
  EXPECT_EQ(judgement.findings.front().policy_at.column, 25U);
  EXPECT_EQ(judgement.totals.error, 1);
}

TEST(Judge, AnErrorOfAVariableNamesIt) {
  const Judgement judgement = JudgeYaml(
      PolicyYaml("p",
                 "  match: {kinds: [Token]}\n  variables: [{name: end, "
                 "expression: resource.spec.expiresAt}]\n  validations:\n"
                 "    - {name: v, expression: variables.end != ''}\n"),
      FactsOf({Admin()}));
  ASSERT_THAT(judgement.findings, SizeIs(1));
  EXPECT_THAT(judgement.findings.front().message,
              HasSubstr("variables.end: no such key"));
}

TEST(Judge, AFailingConditionIsAnErrorOfThePolicy) {
  const Judgement judgement = JudgeYaml(
      PolicyYaml("p",
                 "  match: {kinds: [Token]}\n  matchConditions: [{name: c, "
                 "expression: resource.spec.expiresAt != ''}]\n  validations:\n"
                 "    - {name: v, expression: change.name != ''}\n"),
      FactsOf({Admin()}));
  ASSERT_THAT(LinesOf(judgement), SizeIs(1));
  EXPECT_THAT(LinesOf(judgement).front(),
              HasSubstr("p/ error deny: matchCondition c: no such key"));
}

// A guard that can't be read is no absence of a guard.
TEST(Judge, APolicyWithMistakesAnswersWithErrors) {
  World world(PolicyYaml("p",
                         "  match: {kinds: [Token]}\n  validations:\n    - "
                         "{name: v, expression: change.nam != ''}\n"));
  const PolicySet set = world.Compile();
  EXPECT_TRUE(world.diagnostics.HasErrors());
  const ChangeFacts app = ChangeOf(
      "create", "",
      "kind: App\nmetadata: {name: a}\nspec: {workspace: acme, displayName: "
      "A}\n");
  const Judgement judgement = Judge(set, nullptr, FactsOf({Admin(), app}));
  ASSERT_THAT(LinesOf(judgement), SizeIs(1));
  EXPECT_THAT(LinesOf(judgement).front(),
              HasSubstr("p/ error deny: can't be read: "));
}

TEST(Judge, MatchesByPlainData) {
  const auto judged = [](const std::string& match, ChangeFacts change) {
    return JudgeYaml(
               PolicyYaml("p", "  match: {" + match +
                                   "}\n  validations:\n    - {name: v, "
                                   "expression: \"change.name == ''\"}\n"),
               FactsOf({std::move(change)}))
               .totals.violation > 0;
  };
  EXPECT_TRUE(judged("", Admin()));
  EXPECT_TRUE(judged("kinds: [Token, App]", Admin()));
  EXPECT_FALSE(judged("kinds: [App]", Admin()));
  EXPECT_TRUE(judged("actions: [create]", Admin()));
  EXPECT_FALSE(judged("actions: [delete]", Admin()));
  EXPECT_TRUE(judged("environments: [production]", Admin()));
  EXPECT_FALSE(judged("environments: [staging]", Admin()));
  EXPECT_TRUE(judged("parents: [ac*]", Admin()));
  EXPECT_FALSE(judged("parents: [other]", Admin()));
  EXPECT_TRUE(judged("names: [y, \"*\"]", Admin()));
  EXPECT_FALSE(judged("names: [y]", Admin()));
  const std::string labelled =
      "kind: App\nmetadata: {name: a, labels: {team: pay}}\nspec: {workspace: "
      "acme, displayName: A}\n";
  const std::string plain =
      "kind: App\nmetadata: {name: a}\nspec: {workspace: acme, displayName: "
      "A}\n";
  EXPECT_TRUE(judged("labels: {team: pay}", ChangeOf("create", "", labelled)));
  EXPECT_FALSE(judged("labels: {team: x}", ChangeOf("create", "", labelled)));
  // Nobody slips away by taking the label off in the same change.
  EXPECT_TRUE(
      judged("labels: {team: pay}", ChangeOf("update", labelled, plain)));
  EXPECT_TRUE(judged("names: [old]", ChangeOf("move", TokenYaml("old", ""),
                                              TokenYaml("new", ""))));
}

TEST(Judge, SeesAllFacts) {
  ChangeFacts change =
      ChangeOf("update", TokenYaml("x", ""), TokenYaml("x", "\"inbox:read\""));
  change.reason = "manifest_changed";
  change.paths = {"spec.scopes"};
  change.usage = Usage{412, ParseTimestamp("2026-11-30T21:00:00Z")};
  change.compatibility = Compatibility{true, {"why"}};
  change.missing_values = std::vector<std::string>{"prod"};
  change.dependents = {"App/a"};
  change.references = {"Workspace/acme"};
  const std::vector<std::string> expressions = {
      "change.address == 'Token/acme/x' && change.kind == 'Token'",
      "change.name == 'x' && change.parent == 'acme'",
      "change.action == 'update' && change.cause == 'git'",
      "change.reason == 'manifest_changed' && change.paths == ['spec.scopes']",
      "change.before.spec.scopes == [] && resource.spec.scopes.size() == 1",
      "resource.kind == 'Token' && resource.metadata.name == 'x'",
      "change.labels == {} && resource.metadata.labels == {}",
      "resource.lifecycle.protect == false",
      "change.usage.count7d == 412",
      "now - timestamp(change.usage.lastUsedAt) == duration('3h')",
      "change.compatibility.breaking && "
      "change.compatibility.reasons == ['why']",
      "'prod' in change.missingValues",
      "graph.dependents == ['App/a'] && graph.references.size() == 1",
      "plan.changes.size() == 1 && plan.changes[0].address == change.address",
      "plan.counts.update == 1 && plan.counts.delete == 0",
      "commit.id == '3f9c2e1' && commit.author.endsWith('@acme.example')",
      "commit.signedBy == null",
      "environment == 'production' && params.n == 3",
      "now == timestamp('2026-12-01T00:00:00Z')",
      "span('90d') == duration('2160h')",
  };
  std::string yaml =
      "  params: {n: 3}\n  match: {kinds: [Token]}\n"
      "  validations:\n";
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    yaml += "    - name: v" + std::to_string(i) + "\n      expression: \"" +
            expressions[i] + "\"\n";
  }
  EXPECT_THAT(LinesOf(JudgeYaml(PolicyYaml("p", yaml), FactsOf({change}))),
              IsEmpty());
}

TEST(Judge, JudgesThePlanAsAWhole) {
  const std::string yaml = PolicyYaml(
      "few",
      "  scope: plan\n  match: {environments: [production]}\n"
      "  params: {most: 1}\n  validations:\n    - name: count\n"
      "      expression: \"plan.counts.create <= params.most\"\n"
      "      messageExpression: \"string(plan.counts.create) + ' new'\"\n");
  const Judgement judgement =
      JudgeYaml(yaml, FactsOf({Admin("a"), Admin("b")}));
  EXPECT_THAT(LinesOf(judgement),
              ElementsAre("few/count violation deny: 2 new"));
  EXPECT_TRUE(judgement.findings.front().subject.empty());
  EXPECT_EQ(judgement.findings.front().change, std::nullopt);
  EXPECT_THAT(LinesOf(JudgeYaml(yaml, FactsOf({Admin()}))), IsEmpty());
  EXPECT_EQ(JudgeYaml(yaml, FactsOf({})).totals, Totals());
}

TEST(Judge, EnforcementIsSetApartFromThePolicy) {
  PolicySetOptions options;
  options.enforcement["no-admin"] = Enforcement::kWarn;
  const Judgement judgement = JudgeYaml(PolicyYaml("no-admin", kNoAdmin),
                                        FactsOf({Admin()}), {}, options);
  EXPECT_FALSE(judgement.denied());
  EXPECT_EQ(judgement.totals.violation, 1);
}

TEST(Judge, OverridesOnlyWhatMayBeOverridden) {
  JudgeOptions options;
  options.overridden = {"no-admin"};
  const std::string policy = PolicyYaml("no-admin", kNoAdmin);
  EXPECT_TRUE(JudgeYaml(policy, FactsOf({Admin()}), options).denied());
  const std::string overridable = policy + "  enforcement: deny-overridable\n";
  EXPECT_TRUE(JudgeYaml(overridable, FactsOf({Admin()})).denied());
  const Judgement judgement =
      JudgeYaml(overridable, FactsOf({Admin()}), options);
  EXPECT_FALSE(judgement.denied());
  EXPECT_THAT(LinesOf(judgement).front(), HasSubstr("overridden"));
}

std::string ExceptionYaml(const std::string& name, const std::string& spec) {
  return "---\napiVersion: writ/v1\nkind: PolicyException\nmetadata: {name: " +
         name + "}\nspec:\n  policy: no-admin\n  reason: why\n" + spec;
}

TEST(Judge, ExemptsWhatAnExceptionNamesUntilItEnds) {
  const auto lines = [](const std::string& spec) {
    return LinesOf(
        JudgeYaml(PolicyYaml("no-admin", kNoAdmin) + ExceptionYaml("e", spec),
                  FactsOf({Admin()})));
  };
  const std::string until = "  expiresAt: 2026-12-01T00:00:01Z\n";
  const std::string subject = "  subject: {address: Token/acme/x}\n";
  EXPECT_THAT(lines(until + subject),
              ElementsAre("no-admin/least-privilege exempt deny by e: "
                          "Token/acme/x asks for admin:all"));
  const auto is_violation = [&](const std::string& spec) {
    return lines(spec).front().find(" violation ") != std::string::npos;
  };
  // The very moment of its end is after it.
  EXPECT_TRUE(is_violation("  expiresAt: 2026-12-01T00:00:00Z\n" + subject));
  EXPECT_TRUE(is_violation(until + "  subject: {address: Token/acme/y}\n"));
  EXPECT_TRUE(is_violation(
      until + "  subject: {address: Token/acme/x, actions: [update]}\n"));
  EXPECT_FALSE(is_violation(
      until + "  subject: {address: Token/acme/x, actions: [create]}\n"));
  EXPECT_FALSE(
      is_violation(until +
                   "  subject: {address: Token/acme/x, when: \"'admin:all' in "
                   "resource.spec.scopes && params.forbidden != ''\"}\n"));
  EXPECT_TRUE(
      is_violation(until +
                   "  subject: {address: Token/acme/x, when: \"1 / 0 == 0 || "
                   "resource.spec.scopes.size() > 1\"}\n"));
  EXPECT_FALSE(
      is_violation(until + subject + "  validation: least-privilege\n"));
}

TEST(Judge, ReportsExceptionsThatNeedCare) {
  const Judgement judgement = JudgeYaml(
      PolicyYaml("no-admin", kNoAdmin) +
          ExceptionYaml("a-expired",
                        "  expiresAt: 2026-11-30T00:00:00Z\n"
                        "  subject: {address: Token/acme/x}\n") +
          ExceptionYaml("b-soon",
                        "  expiresAt: 2026-12-10T00:00:00Z\n"
                        "  subject: {address: Token/acme/x}\n") +
          ExceptionYaml("c-unused",
                        "  expiresAt: 2027-12-10T00:00:00Z\n"
                        "  subject: {address: Token/acme/y}\n") +
          ExceptionYaml("d-not-asked",
                        "  expiresAt: 2027-12-10T00:00:00Z\n"
                        "  subject: {address: Token/acme/z}\n"),
      FactsOf(
          {Admin(), ChangeOf("create", "", TokenYaml("y", "\"inbox:read\""))}));
  std::vector<std::string> notices;
  for (const ExceptionNotice& notice : judgement.exceptions) {
    notices.push_back(notice.exception + " " + std::string(Name(notice.state)));
  }
  EXPECT_THAT(notices, ElementsAre("a-expired expired", "b-soon soon-expiring",
                                   "c-unused unused"));
  EXPECT_FALSE(judgement.denied());
}

TEST(Judge, AnExceptionOfAPlanNamesThePolicyItself) {
  const std::string yaml =
      PolicyYaml("no-admin",
                 "  scope: plan\n  validations:\n    - {name: few, expression: "
                 "\"plan.counts.create == 0\"}\n") +
      ExceptionYaml("e",
                    "  expiresAt: 2027-12-10T00:00:00Z\n"
                    "  subject: {address: Policy/no-admin}\n");
  EXPECT_EQ(JudgeYaml(yaml, FactsOf({Admin()})).totals, (Totals{0, 1, 0, 0}));
}

// T-04: who weakens a guard is still judged by it.
TEST(Judge, TheStricterOfTwoRevisionsStands) {
  const std::string strict = PolicyYaml("no-admin", kNoAdmin);
  const std::string weak = strict + "  enforcement: warn\n";
  const std::string exempting =
      strict + ExceptionYaml("e",
                             "  expiresAt: 2027-12-10T00:00:00Z\n"
                             "  subject: {address: Token/acme/x}\n");
  const std::string other = PolicyYaml(
      "other",
      "  validations:\n    - {name: v, expression: \"change.name != ''\"}\n");
  struct Case {
    std::string applied;
    std::string desired;
    std::string want;
    Guards guards;
  };
  const std::vector<Case> cases = {
      {strict, strict, "violation deny", Guards::kBoth},
      {strict, weak, "violation deny", Guards::kApplied},
      {weak, strict, "violation deny", Guards::kDesired},
      {strict, other, "violation deny", Guards::kApplied},
      {other, strict, "violation deny", Guards::kDesired},
      {strict, exempting, "violation deny", Guards::kApplied},
      {exempting, strict, "violation deny", Guards::kDesired},
      {exempting, exempting, "exempt deny", Guards::kBoth},
  };
  for (const Case& c : cases) {
    World applied(c.applied);
    World desired(c.desired);
    const PolicySet old_set = applied.Compile();
    const PolicySet new_set = desired.Compile();
    const Judgement judgement = Judge(new_set, &old_set, FactsOf({Admin()}));
    ASSERT_THAT(judgement.findings, SizeIs(1)) << c.desired;
    EXPECT_THAT(Line(judgement.findings.front()), HasSubstr(c.want));
    EXPECT_EQ(judgement.findings.front().guards, c.guards) << c.desired;
  }
}

TEST(Judge, ASpentBudgetIsAnError) {
  JudgeOptions options;
  options.max_steps = 50;
  const std::string yaml = PolicyYaml(
      "p",
      "  match: {kinds: [Token]}\n  validations:\n    - {name: v, "
      "expression: \"[1,2,3,4,5,6,7,8].all(x, [1,2,3,4,5,6,7,8].all(y, "
      "x + y < change.name.size() + 100))\"}\n");
  EXPECT_EQ(JudgeYaml(yaml, FactsOf({Admin()})).totals.pass, 1);
  EXPECT_EQ(JudgeYaml(yaml, FactsOf({Admin()}), options).totals.error, 1);
  options = {};
  options.max_run_steps = 1'000;
  const Totals totals =
      JudgeYaml(yaml, FactsOf({Admin("a"), Admin("b"), Admin("c")}), options)
          .totals;
  EXPECT_GE(totals.error, 1);
  EXPECT_LT(totals.error, 3);
}

TEST(Judge, JudgesWhateverActionWhenAsked) {
  JudgeOptions options;
  options.any_action = true;
  ChangeFacts live = Admin();
  live.action = "no-op";
  EXPECT_EQ(JudgeYaml(PolicyYaml("no-admin", kNoAdmin), FactsOf({live})).totals,
            Totals());
  EXPECT_EQ(
      JudgeYaml(PolicyYaml("no-admin", kNoAdmin), FactsOf({live}), options)
          .totals.violation,
      1);
  // What an exception let be created may go on to live.
  const std::string exempting =
      PolicyYaml("no-admin", kNoAdmin) +
      ExceptionYaml("e",
                    "  expiresAt: 2026-12-10T00:00:00Z\n"
                    "  subject: {address: Token/acme/x, actions: [create]}\n");
  EXPECT_EQ(JudgeYaml(exempting, FactsOf({live}), options).totals.exempt, 1);
}

TEST(Judge, KeepsWhatPassedWhenAsked) {
  JudgeOptions options;
  options.keep_passed = true;
  EXPECT_THAT(
      LinesOf(JudgeYaml(
          PolicyYaml("no-admin", kNoAdmin),
          FactsOf({ChangeOf("create", "", TokenYaml("y", "\"inbox:read\""))}),
          options)),
      ElementsAre("no-admin/least-privilege pass deny"));
}

}  // namespace
}  // namespace writ::engine
