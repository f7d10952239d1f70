#include "engine/policy/policy_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/policy/policy.h"
#include "tests/engine/policy/policy_fixture.h"

namespace writ::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// "4:7 summary (hint)" of what is wrong with a policy for these kinds.
std::vector<std::string> Mistakes(const std::string& kinds,
                                  const std::string& validation) {
  World world(PolicyYaml("p", "  match: {kinds: [" + kinds +
                                  "]}\n  validations:\n    - name: v\n"
                                  "      expression: " +
                                  validation + "\n"));
  PolicySetOptions options;
  options.lints = false;
  options.places = world.places();
  PolicySet(world.Guards("Policy"), {}, options, world.diagnostics);
  return world.Lines();
}

TEST(PolicySet, TakesThePolicyOfTheLanguageAsItIs) {
  World world(PolicyYaml("no-admin-all", R"yaml(
  description: Full access is for people in an emergency.
  scope: change
  match: {kinds: [Token], actions: [create, update, replace], environments: [production], parents: [], names: [], labels: {}}
  params: {forbidden: "admin:all"}
  variables: [{name: scopes, expression: "resource.?spec.?scopes.orValue([])"}]
  matchConditions: [{name: workspace-tokens, expression: "resource.spec.type == 'workspaceToken'"}]
  validations:
    - name: least-privilege
      expression: "!(params.forbidden in variables.scopes)"
      message: workspace tokens must name the scopes they need
      messageExpression: "change.address + ' asks for ' + params.forbidden"
  enforcement: deny
  onError: deny
)yaml"));
  const PolicySet set = world.Compile();
  EXPECT_THAT(world.Lines(), IsEmpty());
  const Policy* policy = set.Find("no-admin-all");
  ASSERT_NE(policy, nullptr);
  EXPECT_EQ(policy->fault, "");
  EXPECT_THAT(policy->validations, SizeIs(1));
  EXPECT_NE(policy->Find("least-privilege"), nullptr);
  EXPECT_EQ(policy->Find("other"), nullptr);
  EXPECT_EQ(set.Find("no-admin"), nullptr);
  EXPECT_EQ(set.Find("zzz"), nullptr);
}

TEST(PolicySet, RefusesAWrongFieldNameAtItsPlace) {
  EXPECT_THAT(Mistakes("Token", "resource.spec.scope.size() < 3"),
              ElementsAre(HasSubstr("9:33 ")));
  EXPECT_THAT(Mistakes("Token", "resource.spec.scope.size() < 3").front(),
              HasSubstr("did you mean \"scopes\"?"));
  EXPECT_THAT(Mistakes("Token", "resource.spec.scope.size() < 3").front(),
              HasSubstr("spec.validations[v].expression of Policy/p"));
  EXPECT_THAT(Mistakes("Token", "resource.spec.scopes.size() < 3"), IsEmpty());
  EXPECT_THAT(Mistakes("Token", "change.adress == ''").front(),
              HasSubstr("did you mean \"address\"?"));
  EXPECT_THAT(Mistakes("Token", "plan.counts.deletes < 3").front(),
              HasSubstr("did you mean \"delete\"?"));
  EXPECT_THAT(Mistakes("Token", "param.x == 1").front(),
              HasSubstr("did you mean \"params\"?"));
  EXPECT_THAT(Mistakes("Token", "variables.x == 1"), SizeIs(1));
}

TEST(PolicySet, MapsPlacesThroughABlockScalar) {
  const std::vector<std::string> lines =
      Mistakes("Token",
               "|\n        resource.spec.type == 'apiKey' ||\n"
               "          resource.spec.scopez == []");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines.front(), HasSubstr("11:25 "));
}

TEST(PolicySet, KnowsTheFieldsOfSeveralKindsTogether) {
  EXPECT_THAT(Mistakes("Token, App",
                       "resource.spec.retention == '90d' || "
                       "resource.spec.scopes == []"),
              IsEmpty());
  EXPECT_THAT(Mistakes("Token, App", "resource.spec.fields == []"), SizeIs(1));
  // Without kinds any field of any kind is known.
  EXPECT_THAT(Mistakes("", "resource.spec.fields.size() == 0"), IsEmpty());
  EXPECT_THAT(Mistakes("", "resource.spec.filds.size() == 0"), SizeIs(1));
}

TEST(PolicySet, ComparesWhatMayBeAbsentWithNull) {
  EXPECT_THAT(Mistakes("Token",
                       "change.before == null || change.usage == null || "
                       "change.usage.count7d == 0 || "
                       "change.missingValues == null || commit.signedBy == "
                       "null || change.compatibility == null"),
              IsEmpty());
}

TEST(PolicySet, RefusesWhatIsNeitherTrueNorFalse) {
  EXPECT_THAT(Mistakes("Token", "resource.spec.type"),
              ElementsAre(HasSubstr("is of type string, not true or false")));
}

TEST(PolicySet, ShowsSyntaxErrorsAtTheirPlace) {
  EXPECT_THAT(Mistakes("Token", "\"change.name ==\""), SizeIs(1));
  EXPECT_THAT(Mistakes("Token", "\"change.name == (1\"").front(),
              HasSubstr("9:"));
}

TEST(PolicySet, HidesSingleChangesFromPlans) {
  World world(PolicyYaml("p",
                         "  scope: plan\n  validations:\n    - {name: v, "
                         "expression: \"change.action == 'create'\"}\n"));
  world.Compile();
  ASSERT_THAT(world.Lines(), SizeIs(1));
  EXPECT_THAT(world.Lines().front(), HasSubstr("change"));
}

TEST(PolicySet, VariablesSeeThoseBeforeThemAlone) {
  const auto lines = [](const std::string& variables) {
    World world(
        PolicyYaml("p", "  match: {kinds: [App]}\n  variables:\n" + variables +
                            "  validations:\n    - {name: v, expression: "
                            "\"variables.a && variables.b\"}\n"));
    world.Compile();
    return world.Lines();
  };
  EXPECT_THAT(lines("    - {name: a, expression: change.name == 'x'}\n"
                    "    - {name: b, expression: \"!variables.a\"}\n"),
              IsEmpty());
  EXPECT_THAT(lines("    - {name: b, expression: \"!variables.a\"}\n"
                    "    - {name: a, expression: change.name == 'x'}\n"),
              SizeIs(1));
}

TEST(PolicySet, WarnsOfWhatIsProbablyAMistake) {
  World world(PolicyYaml("p", R"yaml(
  match: {kinds: [Token], actions: [create, update], environments: [production]}
  params: {most: 3}
  variables:
    - {name: used, expression: "resource.spec.scopes.size()"}
    - {name: unused, expression: "variables.used + 1"}
  matchConditions:
    - {name: a, expression: "change.action == 'delete'"}
    - {name: b, expression: "environment == 'production'"}
    - {name: c, expression: "1 > 2"}
    - {name: d, expression: "resource.spec.type == 'workspacetoken'"}
    - {name: e, expression: "resource.spec.type == 'apiKey'"}
  validations:
    - {name: a, expression: "1 == 1"}
    - {name: b, expression: "false && variables.used > params.most"}
    - {name: c, expression: "resource.kind in ['Token', 'App']"}
    - {name: d, expression: "variables.used > params.most"}
)yaml"));
  world.Compile();
  EXPECT_THAT(
      world.Lines(),
      ElementsAre(
          "11:34 warning: variables.unused of Policy/p isn't used",
          HasSubstr("warning: change.action is never \"delete\" in "
                    "spec.matchConditions[a].expression of Policy/p"),
          HasSubstr("warning: spec.matchConditions[b].expression of Policy/p "
                    "always holds"),
          HasSubstr("warning: spec.matchConditions[c].expression of Policy/p "
                    "can't hold"),
          HasSubstr("(did you mean \"workspaceToken\"?)"),
          HasSubstr("spec.validations[a].expression of Policy/p is always "
                    "true"),
          HasSubstr("spec.validations[b].expression of Policy/p is always "
                    "false"),
          HasSubstr("spec.validations[c].expression of Policy/p is always "
                    "true")));
  EXPECT_FALSE(world.diagnostics.HasErrors());
}

TEST(PolicySet, WarnsOfAPolicyThatMatchesNoKind) {
  World world(PolicyYaml("p",
                         "  match: {kinds: [App, Workspace], parents: [acme]}\n"
                         "  validations:\n    - {name: v, expression: "
                         "\"change.name != 'x'\"}\n"));
  world.Compile();
  EXPECT_THAT(world.Lines(), ElementsAre(HasSubstr("matches no kind")));
}

std::string ExceptionYaml(const std::string& spec) {
  return "---\napiVersion: writ/v1\nkind: PolicyException\nmetadata: {name: "
         "e}\nspec:\n  reason: why\n  expiresAt: 2027-01-01T00:00:00Z\n" +
         spec;
}

TEST(PolicySet, ChecksExceptionsAgainstTheirPolicy) {
  const auto lines = [](const std::string& spec) {
    World world(
        PolicyYaml("p",
                   "  match: {kinds: [Token]}\n  validations:\n    - {name: "
                   "least, expression: \"change.name != 'x'\"}\n") +
        PolicyYaml("whole",
                   "  scope: plan\n  validations:\n    - {name: few, "
                   "expression: \"plan.changes.size() < 9\"}\n") +
        ExceptionYaml(spec));
    world.Compile();
    return world.Lines();
  };
  EXPECT_THAT(lines("  policy: p\n  subject: {address: Token/acme/x}\n"),
              IsEmpty());
  EXPECT_THAT(lines("  policy: q\n  subject: {address: Token/acme/x}\n"),
              ElementsAre(HasSubstr("Policy/q, which isn't declared")));
  EXPECT_THAT(lines("  policy: p\n  validation: lest\n  subject: {address: "
                    "Token/acme/x}\n"),
              ElementsAre(HasSubstr("(did you mean \"least\"?)")));
  EXPECT_THAT(lines("  policy: p\n  subject: {address: App/x}\n"),
              ElementsAre(HasSubstr("doesn't judge resources of kind App")));
  EXPECT_THAT(lines("  policy: whole\n  subject: {address: App/x}\n"),
              ElementsAre(HasSubstr("(name Policy/whole as the subject)")));
  EXPECT_THAT(lines("  policy: whole\n  subject: {address: Policy/whole}\n"),
              IsEmpty());
  EXPECT_THAT(lines("  policy: p\n  subject: {address: Token/acme/x, when: "
                    "\"resource.spec.typ == ''\"}\n"),
              ElementsAre(HasSubstr("did you mean \"type\"?")));
}

}  // namespace
}  // namespace writ::engine
