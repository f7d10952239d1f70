// Policies as users meet them: what they say of a plan, who may let it pass,
// and the commands that test, list and explain them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNow = "2026-12-01T00:00:00Z";

class Policies : public Workbench {
 protected:
  void SetUp() override {
    fs::copy(
        Example(), repository(),
        fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    fs::remove_all(repository() / "golden");
    git_.Commit("Copy the example");
  }

  static fs::path Example() {
    return fs::path(WRIT_SOURCE_DIR) / "examples/policies";
  }

  // Compares with a file of the example; UPDATE_GOLDEN=1 rewrites it.
  void ExpectGolden(const std::string& name, const std::string& text) {
    const fs::path file = Example() / "golden" / name;
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      std::ofstream(file, std::ios::binary) << text;
      GTEST_SKIP() << "rewritten";
    }
    std::ifstream in(file, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text)
        << file;
  }

  // The token has a team, so that only what can be let pass is against it.
  void AddTeam() {
    Edit("manifests/import.yaml", "{name: import}",
         "{name: import, labels: {team: crm}}");
    git_.Commit("Name the team");
  }

  std::vector<json> Audit(const std::string& action) {
    std::vector<json> found;
    const json list = ExpectJson(0, {"audit", "show", "--json"});
    for (const json& entry : list["entries"]) {
      if (entry["action"] == action) found.push_back(entry);
    }
    return found;
  }
};

const Arguments kOverride = {"--override", "tokens-have-networks", "--reason",
                             "OPS-123"};

Arguments operator+(Arguments a, const Arguments& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST_F(Policies, ExampleIsValid) {
  Expect(0, {"validate"});
  Expect(0, {"fmt", "--check"});
}

TEST_F(Policies, PlanIsAsKept) {
  const Arguments plan = {"plan", "--working-tree", "--now", kNow};
  ExpectGolden("plan.txt", Expect(4, plan + kOverride).out);
}

TEST_F(Policies, PlanJsonIsAsKept) {
  const Arguments plan = {"plan", "--working-tree", "--json", "--now", kNow};
  json shown = json::parse(Expect(4, plan + kOverride).out);
  shown["context"].erase("writ_version");
  ExpectGolden("plan.json", shown.dump(2) + "\n");
}

TEST_F(Policies, TestsAreAsKept) {
  ExpectGolden("test.txt", Expect(0, {"policy", "test", "--verbose"}).out);
}

TEST_F(Policies, ExplanationIsAsKept) {
  ExpectGolden("explain.txt",
               Expect(0, {"policy", "explain", "tokens-have-networks",
                          "--working-tree", "--now", kNow})
                   .out);
}

TEST_F(Policies, DenyAPlanAndItsApply) {
  const Ran plan = Expect(4, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "✗ tokens-have-a-team/team: give it a label"));
  EXPECT_TRUE(Holds(plan.out, "1 denied."));
  EXPECT_TRUE(Holds(plan.out, "writ policy explain "));
  const Ran apply = Expect(4, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(apply, "policies deny this plan"));
  EXPECT_FALSE(fs::exists(state("production") / "state.db"));
}

TEST_F(Policies, AreOverriddenByNameAndReason) {
  AddTeam();
  const json denied = ExpectJson(4, {"plan", "--json"});
  const std::string digest = denied["digest"];
  EXPECT_TRUE(denied["context"]["denied"]);
  Expect(4, {"apply", "--digest", digest});
  Expect(64, {"apply", "--auto-approve", "--override", "tokens-have-networks"});
  // The plan that was reviewed is the one that is applied.
  Expect(0, Arguments{"apply", "--digest", digest} + kOverride);
  const auto audit = Audit("policy.override");
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0]["subject"], "Policy/tokens-have-networks");
  EXPECT_TRUE(Holds(audit[0].dump(), "OPS-123"));
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

TEST_F(Policies, OfLevelDenyAreNotOverridden) {
  Expect(4, {"apply", "--auto-approve", "--override", "tokens-have-a-team",
             "--reason", "haste"});
}

// T-04: the commit that removes a policy is judged by it.
TEST_F(Policies, JudgeTheCommitThatRemovesThem) {
  fs::remove(repository() / "manifests/import.yaml");
  git_.Commit("Begin without the import");
  Expect(0, {"apply", "--auto-approve"});
  Edit("policies/tokens.yaml", "enforcement: deny-overridable",
       "enforcement: audit");
  Edit("manifests/platform.yaml", "\"inbox:read\"", "\"inbox:write\"");
  git_.Commit("Relax, and use it at once");
  const Ran plan = Expect(4, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "weakens a guard"));
  EXPECT_TRUE(Holds(plan.out, "(as applied last)"));
}

TEST_F(Policies, CheckWhatIsLive) {
  fs::remove(repository() / "manifests/import.yaml");
  git_.Commit("Begin without the import");
  Expect(0, {"apply", "--auto-approve"});
  Expect(0, {"policy", "check"});
  git_.Write("policies/more.yaml", R"(apiVersion: writ/v1
kind: Policy
metadata: {name: no-dashboards}
spec:
  match: {kinds: [Token], actions: [delete]}
  validations:
    - {name: name, expression: "change.name != 'dashboard'", message: no more}
)");
  // Before it is merged.
  const Ran check = Expect(4, {"policy", "check"});
  EXPECT_TRUE(Holds(check.out, "Token/acme/dashboard"));
  EXPECT_TRUE(Holds(check.out, "✗ no-dashboards/name: no more"));
  EXPECT_EQ(ExpectJson(4, {"policy", "check", "--json"})["findings"].size(),
            1U);
}

TEST_F(Policies, ListNamesPacksAndExceptions) {
  const Ran list = Expect(0, {"policy", "list"});
  EXPECT_TRUE(Holds(list.out, "no-admin-all"));
  EXPECT_TRUE(Holds(list.out, "pack rotation"));
  EXPECT_TRUE(Holds(list.out, "import-2026"));
  EXPECT_EQ(ExpectJson(0, {"policy", "list", "--json"})["exceptions"].size(),
            1U);
}

TEST_F(Policies, ATestThatFailsEndsOne) {
  Edit("policies.test.yaml", "expect: {team: pass}",
       "expect: {team: violation}");
  const Ran test = Expect(1, {"policy", "test", "tokens-have-a-team"});
  EXPECT_TRUE(Holds(test.out, "✗ a token with one passes"));
  EXPECT_TRUE(Holds(test.out, "1 failed."));
}

TEST_F(Policies, AWrongFieldIsAMistakeAtItsPlace) {
  Edit("policies/tokens.yaml", "resource.spec.?ipAllowlist",
       "resource.spec.?ipAllowlst");
  const Ran validate = Expect(3, {"validate"});
  EXPECT_TRUE(Says(validate, "policies/tokens.yaml:27:29"));
  EXPECT_TRUE(Says(validate, "did you mean"));
  git_.Commit("Misspell");
  Expect(3, {"plan"});
}

TEST_F(Policies, ARulesConditionIsCheckedByItsEvent) {
  git_.Write("manifests/app.yaml", R"(apiVersion: writ/v1
kind: App
metadata: {name: orders}
spec: {workspace: acme}
---
apiVersion: writ/v1
kind: EventSchema
metadata: {name: order.placed}
spec:
  app: orders
  fields: [{name: amountCents, type: number}]
---
apiVersion: writ/v1
kind: Destination
metadata: {name: mail}
spec: {app: orders, channel: email, email: {to: [a@acme.example], from: b@acme.example, smtp: {host: localhost, port: 25, tls: none}}}
---
apiVersion: writ/v1
kind: NotificationRule
metadata: {name: large}
spec:
  app: orders
  event: order.placed
  when: data.amountCent > 10000
  actions: [{destination: mail}]
)");
  EXPECT_TRUE(Says(Expect(3, {"validate"}), "amountCents"));
}

}  // namespace
}  // namespace writ::e2e
