#include "engine/policy/policy_test.h"

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

const char* const kGuards = R"yaml(---
apiVersion: writ/v1
kind: Policy
metadata: {name: no-admin}
spec:
  match: {kinds: [Token], environments: [production]}
  params: {forbidden: "admin:all"}
  validations:
    - name: least
      expression: "!(params.forbidden in resource.spec.scopes)"
      messageExpression: "'asks for ' + params.forbidden"
    - name: ends
      expression: timestamp(resource.spec.expiresAt) > now
---
apiVersion: writ/v1
kind: PolicyException
metadata: {name: e}
spec:
  policy: no-admin
  validation: least
  subject: {address: Token/acme/free}
  reason: why
  expiresAt: 2026-12-02T00:00:00Z
)yaml";

struct Ran {
  PolicyTestResult result;
  std::vector<std::string> failures;  // "case: sentence"
  std::vector<std::string> diagnostics;
};

Ran RunYaml(const std::string& cases, const std::string& head = {},
            const PlanOfManifests& plan = {}) {
  World guards(kGuards);
  World test(
      "apiVersion: writ/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n" +
      (head.empty() ? "  policy: no-admin\n  now: 2026-12-01T00:00:00Z\n"
                    : head) +
      "  cases:\n" + cases);
  PolicyTestOptions options;
  options.policies = guards.Guards("Policy");
  options.exceptions = guards.Guards("PolicyException");
  options.plan = plan;
  Ran ran;
  ran.result = RunPolicyTest(test.resources.at(0), test.files, options,
                             test.diagnostics);
  for (const PolicyTestCase& each : ran.result.cases) {
    for (const std::string& failure : each.failures) {
      ran.failures.push_back(each.name + ": " + failure);
    }
  }
  ran.diagnostics = test.Lines();
  return ran;
}

// A case about a token of these scopes.
std::string Case(const std::string& name, const std::string& scopes,
                 const std::string& expect, const std::string& more = {},
                 const std::string& token = "x") {
  return "    - name: " + name +
         "\n      change: {action: create, environment: production, after: "
         "{kind: Token, metadata: {name: " +
         token + "}, spec: {type: workspaceToken, workspace: acme, scopes: [" +
         scopes + "], expiresAt: 2027-01-01T00:00:00Z}}}\n      expect: {" +
         expect + "}\n" + more;
}

TEST(PolicyTest, PassesWhereAllIsAsExpected) {
  const Ran ran =
      RunYaml(Case("refused", "\"admin:all\"", "least: violation, ends: pass",
                   "      message: asks for admin\n") +
              Case("let off", "\"admin:all\"", "least: exempt", "", "free") +
              Case("fine", "\"inbox:read\"", "least: pass"));
  EXPECT_THAT(ran.failures, IsEmpty());
  EXPECT_THAT(ran.diagnostics, IsEmpty());
  EXPECT_TRUE(ran.result.passed());
  EXPECT_THAT(ran.result.cases, SizeIs(3));
  EXPECT_EQ(ran.result.cases[0].at.line, 8U);
  EXPECT_EQ(ran.result.policy, "no-admin");
}

TEST(PolicyTest, SaysWhatIsDifferent) {
  const Ran ran = RunYaml(Case("a", "\"admin:all\"", "least: pass") +
                          Case("b", "\"inbox:read\"", "least: violation") +
                          Case("c", "\"admin:all\"", "leest: violation") +
                          Case("d", "\"admin:all\"", "least: violation",
                               "      message: something else\n"));
  EXPECT_THAT(
      ran.failures,
      ElementsAre("a: least: expected pass, got violation (asks for admin:all)",
                  "b: least: expected violation, got pass",
                  "c: Policy/no-admin has no validation \"leest\"; did you "
                  "mean \"least\"?",
                  "d: no message holds \"something else\"; one is \"asks for "
                  "admin:all\""));
  EXPECT_FALSE(ran.result.passed());
}

TEST(PolicyTest, SaysWhenThePolicyDoesNotJudge) {
  const Ran ran = RunYaml(
      "    - name: elsewhere\n      change: {action: create, environment: "
      "staging, after: {kind: Token, metadata: {name: x}, spec: {type: "
      "workspaceToken, workspace: acme, scopes: [\"admin:all\"]}}}\n"
      "      expect: {least: violation}\n");
  EXPECT_THAT(ran.failures,
              ElementsAre("elsewhere: least: expected violation, got pass, "
                          "since the policy doesn't judge this"));
}

TEST(PolicyTest, ErrorsAreAResultOfTheirOwn) {
  const Ran ran = RunYaml(
      "    - name: no end\n      change: {action: create, environment: "
      "production, after: {kind: Token, metadata: {name: x}, spec: {type: "
      "workspaceToken, workspace: acme}}}\n"
      "      expect: {least: pass, ends: error}\n      message: no such key\n");
  EXPECT_THAT(ran.failures, IsEmpty());
}

TEST(PolicyTest, ParametersStandOverThePolicys) {
  const Ran ran =
      RunYaml(Case("a", "\"inbox:read\"", "least: violation") +
                  Case("b", "\"admin:all\"", "least: pass"),
              "  policy: no-admin\n  params: {forbidden: \"inbox:read\"}\n");
  EXPECT_THAT(ran.failures, IsEmpty());
}

TEST(PolicyTest, TimeIsTheTests) {
  const Ran ran = RunYaml(Case("a", "\"admin:all\"",
                               "least: violation, ends: violation", "", "free"),
                          "  policy: no-admin\n  now: 2028-01-01T00:00:00Z\n");
  EXPECT_THAT(ran.failures, IsEmpty());
}

// The same schema and defaults as a real run.
TEST(PolicyTest, RefusesResourcesThatNoManifestCouldHold) {
  const Ran ran = RunYaml(
      "    - name: bad\n      change: {action: create, after: {kind: Token, "
      "metadata: {name: x}, spec: {type: workspaceToken, workspace: acme, "
      "scope: []}}}\n      expect: {least: pass}\n"
      "    - name: none\n      change: {action: create}\n"
      "      expect: {least: pass}\n");
  EXPECT_THAT(ran.failures,
              ElementsAre("bad: what is written as after is no sound resource",
                          "none: a change needs before or after"));
  ASSERT_THAT(ran.diagnostics, SizeIs(1));
  EXPECT_THAT(ran.diagnostics.front(), HasSubstr("9:120 "));
}

TEST(PolicyTest, JudgesSeveralChangesTogether) {
  const std::string token =
      "{action: create, environment: production, after: {kind: Token, "
      "metadata: {name: x}, spec: {type: workspaceToken, workspace: acme, "
      "scopes: [\"inbox:read\"], expiresAt: 2027-01-01T00:00:00Z}}}";
  const std::string admin =
      "{action: create, after: {kind: Token, metadata: {name: y}, spec: {type: "
      "workspaceToken, workspace: acme, scopes: [\"admin:all\"], expiresAt: "
      "2027-01-01T00:00:00Z}}}";
  const Ran ran = RunYaml("    - name: both\n      plan:\n        - " + token +
                          "\n        - " + admin +
                          "\n      expect: {least: violation, ends: pass}\n");
  EXPECT_THAT(ran.failures, IsEmpty());
}

TEST(PolicyTest, ReadsEveryFactOfACase) {
  World guards(PolicyYaml(
      "p",
      "  match: {kinds: [App]}\n  validations:\n    - name: v\n"
      "      expression: >-\n"
      "        change.address == 'App/a' && change.cause == 'drift' &&\n"
      "        change.reason == 'drifted' && change.paths == "
      "['spec.retention'] &&\n"
      "        change.labels.team == 'x' && change.usage.count7d == 3 &&\n"
      "        change.usage.lastUsedAt == '2026-01-01T00:00:00Z' &&\n"
      "        change.compatibility.breaking && "
      "change.compatibility.reasons == ['r'] &&\n"
      "        change.missingValues == ['prod'] && commit.id == 'c' &&\n"
      "        commit.author == 'a@b.example' && commit.signedBy == 's' "
      "&&\n"
      "        graph.dependents == ['Token/a/t'] && graph.references == "
      "[] &&\n"
      "        change.before.spec.retention == '30d' &&\n"
      "        change.after.spec.retention == '90d'\n"));
  World test(
      "apiVersion: writ/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n"
      "  policy: p\n  cases:\n    - name: all\n      change:\n"
      "        action: update\n        cause: drift\n        reason: drifted\n"
      "        paths: [spec.retention]\n        labels: {team: x}\n"
      "        usage: {count7d: 3, lastUsedAt: 2026-01-01T00:00:00Z}\n"
      "        compatibility: {breaking: true, reasons: [r]}\n"
      "        missingValues: [prod]\n"
      "        before: {kind: App, metadata: {name: a}, spec: {workspace: w, "
      "displayName: A, retention: 30d}}\n"
      "        after: {kind: App, metadata: {name: a}, spec: {workspace: w, "
      "displayName: A}}\n"
      "      commit: {id: c, author: a@b.example, signedBy: s}\n"
      "      graph: {dependents: [Token/a/t]}\n      expect: {v: pass}\n");
  PolicyTestOptions options;
  options.policies = guards.Guards("Policy");
  const PolicyTestResult result = RunPolicyTest(
      test.resources.at(0), test.files, options, test.diagnostics);
  ASSERT_THAT(result.cases, SizeIs(1));
  EXPECT_THAT(result.cases[0].failures, IsEmpty());
  EXPECT_THAT(result.cases[0].findings, SizeIs(1));
}

TEST(PolicyTest, AsksForThePlanOfManifests) {
  const std::string yaml =
      "    - name: files\n      manifests: {before: [a.yaml], after: "
      "[b.yaml]}\n      expect: {least: violation}\n";
  EXPECT_THAT(RunYaml(yaml).failures,
              ElementsAre("files: manifests can't be planned here"));
  std::string asked;
  const Ran ran = RunYaml(
      yaml, {}, [&](const ManifestsOfCase& manifests, const Location& at) {
        asked = manifests.before.at(0) + manifests.after.at(0) + at.file;
        return Result<PlanFacts>(
            FactsOf({ChangeOf("create", "", TokenYaml("x", "\"admin:all\""))}));
      });
  EXPECT_EQ(asked, "a.yamlb.yamlp.yaml");
  EXPECT_THAT(ran.failures, IsEmpty());
  EXPECT_THAT(RunYaml(yaml, {},
                      [](const ManifestsOfCase&, const Location&) {
                        return Result<PlanFacts>(
                            Fail(ErrorCode::kNotFound, "no such file"));
                      })
                  .failures,
              ElementsAre("files: no such file"));
}

TEST(PolicyTest, NeedsAPolicyThatCanBeRead) {
  EXPECT_THAT(RunYaml(Case("a", "", "least: pass"), "  policy: no-admim\n")
                  .result.failures,
              ElementsAre("there is no Policy/no-admim; did you mean "
                          "\"no-admin\"?"));
  // A parameter of another type makes another policy of it.
  const Ran ran = RunYaml(Case("a", "", "least: pass"),
                          "  policy: no-admin\n  params: {forbidden: 1}\n");
  ASSERT_THAT(ran.result.failures, SizeIs(1));
  EXPECT_THAT(ran.result.failures.front(), HasSubstr("can't be read"));
  EXPECT_FALSE(ran.result.passed());
}

}  // namespace
}  // namespace writ::engine
