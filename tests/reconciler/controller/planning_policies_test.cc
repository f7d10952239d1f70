// Policies judge plans, those of the last applied commit as well (T-04).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "schema/json.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

constexpr const char* kPolicy = R"(apiVersion: writ/v1
kind: Policy
metadata: {name: no-admin}
spec:
  match: {kinds: [Token]}
  validations:
    - name: scopes
      expression: |
        !('admin:all' in
          resource.spec.?scopes.orValue([]))
      message: asks for everything
)";

constexpr const char* kException = R"(---
apiVersion: writ/v1
kind: PolicyException
metadata: {name: import}
spec:
  policy: no-admin
  subject: {address: Token/acme/ci}
  reason: an import
  expiresAt: 2040-01-01T00:00:00Z
)";

class PlanningPolicies : public ::testing::Test, public ControllerFixture {
 protected:
  std::string Manifest(const std::string& kind, const std::string& name,
                       const std::string& spec) {
    return "apiVersion: writ/v1\nkind: " + kind + "\nmetadata: {name: " + name +
           "}\nspec: " + spec + "\n---\n";
  }

  // A workspace, a token with these scopes, and these guards.
  void Commit(const std::string& token, const std::string& guards) {
    testing::Files files;
    files["writ.yaml"] =
        "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
        "spec: {environments: {production: {" +
        environment_ + "}}" + repository_ + "}\n";
    files["workspace.yaml"] =
        Manifest("Workspace", "acme", "{displayName: Acme}") +
        Manifest("ScopeSet", "all", "{workspace: acme, scopes: ['admin:all']}");
    files["token.yaml"] =
        Manifest("Token", "ci",
                 "{type: workspaceToken, workspace: acme, " + token + "}");
    if (!guards.empty()) files["guards.yaml"] = guards;
    source_.Commit(files);
  }

  std::vector<engine::Finding> Findings(
      const std::optional<Planned>& planned,
      const std::string& address = "Token/acme/ci") {
    if (!planned) {
      ADD_FAILURE() << mistakes_;
      return {};
    }
    for (const engine::Change& change : planned->plan.changes) {
      if (change.id.address() == address) return change.findings;
    }
    return {};
  }

  std::string environment_;
  std::string repository_;
};

TEST_F(PlanningPolicies, DenyAChangeAtItsPlaceAndTheirs) {
  Commit("scopes: ['admin:all']", kPolicy);
  const auto planned = Plan();
  const auto findings = Findings(planned);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_TRUE(planned->plan.denied());
  EXPECT_EQ(findings[0].verdict, engine::Verdict::kViolation);
  EXPECT_EQ(findings[0].message, "asks for everything");
  EXPECT_EQ(findings[0].policy_at.file, "guards.yaml");
  EXPECT_EQ(findings[0].policy_at.line, 8U);
  EXPECT_EQ(findings[0].subject_at.file, "token.yaml");
}

TEST_F(PlanningPolicies, SeeTheScopesOfSets) {
  Commit("scopeSets: [all]", kPolicy);
  EXPECT_EQ(Findings(Plan()).size(), 1U);
}

TEST_F(PlanningPolicies, PointIntoTheirFileOnBothPaths) {
  Commit("scopes: ['inbox:read']", kPolicy);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("scopes: ['admin:all']", kPolicy);
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->path, PlanPath::kIncremental);
  const auto findings = Findings(planned);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].guards, engine::Guards::kBoth);
  EXPECT_EQ(findings[0].policy_at.line, 8U);
}

// T-04
TEST_F(PlanningPolicies, StillDenyInTheCommitThatRemovesThem) {
  Commit("scopes: ['inbox:read']", kPolicy);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("scopes: ['admin:all']", "");
  const auto findings = Findings(Plan());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].guards, engine::Guards::kApplied);
  EXPECT_TRUE(findings[0].denies());
  // First the policy, then what it was against.
  Commit("scopes: ['inbox:read']", "");
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("scopes: ['admin:all']", "");
  EXPECT_FALSE(Plan()->plan.denied());
}

// T-04
TEST_F(PlanningPolicies, LetAnExceptionHoldOneApplyLater) {
  Commit("scopes: ['inbox:read']", kPolicy);
  ASSERT_TRUE(Apply()) << mistakes_;
  const std::string guards = std::string(kPolicy) + kException;
  Commit("scopes: ['admin:all']", guards);
  EXPECT_TRUE(Plan()->plan.denied());
  Commit("scopes: ['inbox:read']", guards);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("scopes: ['admin:all']", guards);
  const auto planned = Plan();
  EXPECT_FALSE(planned->plan.denied());
  ASSERT_EQ(Findings(planned).size(), 1U);
  EXPECT_EQ(Findings(planned)[0].verdict, engine::Verdict::kExempt);
  EXPECT_EQ(Findings(planned)[0].exception, "import");
}

// T-04
TEST_F(PlanningPolicies, KeepTheEnforcementOfTheLastApply) {
  Commit("scopes: ['inbox:read']", kPolicy);
  ASSERT_TRUE(Apply()) << mistakes_;
  environment_ = "enforcement: {no-admin: warn}";
  Commit("scopes: ['admin:all']", kPolicy);
  auto planned = Plan();
  EXPECT_TRUE(planned->plan.denied());
  ASSERT_EQ(planned->plan.alarms.size(), 1U);
  EXPECT_EQ(planned->plan.alarms[0].path, "enforcement.no-admin");
  Commit("scopes: ['inbox:read']", kPolicy);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("scopes: ['admin:all']", kPolicy);
  planned = Plan();
  EXPECT_FALSE(planned->plan.denied());
  EXPECT_EQ(Findings(planned).at(0).enforcement, engine::Enforcement::kWarn);
}

// T-04
TEST_F(PlanningPolicies, KeepThePacksOfTheLastApply) {
  repository_ = ", policyPacks: [least-privilege]";
  Commit("scopes: ['inbox:read']", "");
  ASSERT_TRUE(Apply()) << mistakes_;
  repository_.clear();
  Commit("scopes: ['admin:all']", "");
  const auto planned = Plan();
  EXPECT_TRUE(planned->plan.denied());
  ASSERT_FALSE(Findings(planned).empty());
  EXPECT_EQ(Findings(planned)[0].pack, "least-privilege");
  ASSERT_EQ(planned->plan.alarms.size(), 1U);
  EXPECT_EQ(planned->plan.alarms[0].path, "policyPacks");
}

TEST_F(PlanningPolicies, AreJudgedAgainAtAnotherTime) {
  const std::string guards = std::string(kPolicy) + kException;
  Commit("scopes: ['admin:all']", guards);
  auto planned = Plan();
  ASSERT_FALSE(planned->plan.denied());
  const Digest digest = planned->plan.digest;
  Judge(*planned->policing, ParseTimestamp("2041-01-01T00:00:00Z").value(),
        planned->plan);
  EXPECT_TRUE(planned->plan.denied());
  EXPECT_NE(planned->plan.digest, digest);
}

TEST_F(PlanningPolicies, OverridesAreAuditedAndLeaveTheDigest) {
  std::string guards = kPolicy;
  guards += "  enforcement: deny-overridable\n";
  Commit("scopes: ['admin:all']", guards);
  PlanningOptions options = Options();
  const auto denied = Plan(options);
  EXPECT_TRUE(denied->plan.denied());
  options.overridden = {"no-admin"};
  const auto planned = Plan(options);
  ASSERT_FALSE(planned->plan.denied());
  EXPECT_EQ(planned->plan.digest, denied->plan.digest);
  ApplyOptions apply;
  apply.override_reason = "an emergency";
  ASSERT_TRUE(ApplyPlanned(*planned, apply));
  const auto audit = store_->ReadAudit(1, 100).value();
  const auto entry = std::find_if(
      audit.begin(), audit.end(),
      [](const AuditEntry& each) { return each.action == "policy.override"; });
  ASSERT_NE(entry, audit.end());
  EXPECT_EQ(entry->subject, "Policy/no-admin");
  const Value details = ParseJson(entry->details).value();
  EXPECT_EQ(details.FindString("reason"), "an emergency");
  EXPECT_EQ(CanonicalJson(*details.Find("subjects")), R"(["Token/acme/ci"])");
}

TEST_F(PlanningPolicies, AMistakeInOneIsAMistakeInAManifest) {
  std::string guards = kPolicy;
  guards.replace(guards.find("resource.spec"), 13, "resource.spex");
  Commit("scopes: ['inbox:read']", guards);
  EXPECT_FALSE(Plan());
  EXPECT_NE(mistakes_.find("spex"), std::string::npos) << mistakes_;
}

}  // namespace
}  // namespace writ::reconciler
