#include "reconciler/controller/missing_values.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

class MissingValues : public ::testing::Test, public ControllerFixture {
 protected:
  void Commit(const std::string& secret, const std::string& more = {}) {
    testing::Files files;
    files["writ.yaml"] =
        "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
        "spec: {environments: {production: {}}}\n";
    files["project.yaml"] = Manifest("Workspace", "acme", "{displayName: A}") +
                            Manifest("Project", "payments",
                                     "{workspace: acme, environments: "
                                     "[dev, prod]}");
    files["secret.yaml"] =
        Manifest("Secret", "KEY", "{project: payments, " + secret + "}") + more;
    source_.Commit(files);
  }

  std::vector<std::string> Missing(const std::optional<Planned>& planned) {
    if (!planned) {
      ADD_FAILURE() << mistakes_;
      return {};
    }
    for (const engine::Change& change : planned->plan.changes) {
      if (change.id.kind() == "Secret") return change.missing_values;
    }
    return {};
  }

  void Give(const std::string& environment) {
    const ResourceId id("Secret", "payments", "KEY");
    SecretPointer pointer;
    pointer.secret = id;
    pointer.secret_uid = store_->ReadStored(id).value()->live.uid;
    pointer.environment = environment;
    pointer.version = 1;
    pointer.key_generation = 1;
    pointer.moved_at = clock_.Now();
    pointer.moved_by = "ana";
    auto transaction = store_->BeginWrite("").value();
    KeyGeneration generation;
    generation.generation = 1;
    generation.lineage = "lineage";
    generation.created_at = clock_.Now();
    ASSERT_TRUE(store_->secrets().WriteKeyGeneration(generation));
    ASSERT_TRUE(store_->secrets().MovePointer(pointer, 0));
    ASSERT_TRUE(transaction->Commit());
  }

 private:
  static std::string Manifest(const std::string& kind, const std::string& name,
                              const std::string& spec) {
    return "apiVersion: writ/v1\nkind: " + kind + "\nmetadata: {name: " + name +
           "}\nspec: " + spec + "\n---\n";
  }
};

using Names = std::vector<std::string>;

TEST_F(MissingValues, StandBesideARequiredSecret) {
  Commit("required: true");
  const auto planned = Plan();
  EXPECT_EQ(Missing(planned), (Names{"dev", "prod"}));
  Commit("required: true, environments: [prod]");
  EXPECT_EQ(Missing(Plan()), Names{"prod"});
  Commit("required: false");
  EXPECT_EQ(Missing(Plan()), Names{});
}

TEST_F(MissingValues, AreNoneOfOutsideSources) {
  Commit("required: true, source: {env: {name: KEY}}");
  EXPECT_EQ(Missing(Plan()), Names{});
}

TEST_F(MissingValues, GoAsValuesAreSetAndLeaveTheDigestAlone) {
  Commit("required: true");
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit("required: true, description: changed");
  const auto before = Plan();
  EXPECT_EQ(Missing(before), (Names{"dev", "prod"}));
  Give("dev");
  const auto after = Plan();
  EXPECT_EQ(Missing(after), Names{"prod"});
  EXPECT_EQ(before->plan.digest, after->plan.digest);
}

// What the policies of a repository may ask for.
TEST_F(MissingValues, AreFactsOfPolicies) {
  Commit("required: true", R"(apiVersion: writ/v1
kind: Policy
metadata: {name: values-first}
spec:
  match: {kinds: [Secret]}
  validations:
    - name: values
      expression: "change.missingValues == null"
      message: has no value
)");
  const auto planned = Plan();
  ASSERT_TRUE(planned) << mistakes_;
  EXPECT_TRUE(planned->plan.denied());
}

}  // namespace
}  // namespace writ::reconciler
