// writ export: what was made or changed outside of git becomes manifests.
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

const ResourceId kApp("App", "order-service");

class Export : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Apply();
  }

  // As what was made over HTTP is: live, and no repository's.
  void Disown(const ResourceId& id) {
    OwnStore store(state("staging"));
    auto write = store->BeginWrite("");
    auto stored = store->ReadStored(id);
    ASSERT_TRUE(write && stored && *stored);
    (*stored)->live.owner.reset();
    (*stored)->live.provenance = {};
    ASSERT_TRUE((*write)->Put(**stored, (*stored)->live.generation));
    ASSERT_TRUE((*write)->Commit());
  }

  void ApplyPatch(const std::string& text) {
    const std::filesystem::path file = git_.root() / "drift.patch";
    std::ofstream(file) << text;
    git_.Git({"apply", file.string()});
  }
};

TEST_F(Export, OfWhatIsUnmanagedLeavesItsAdoptionAlone) {
  git_.Write("manifests/more.yaml",
             "apiVersion: writ/v1\nkind: App\n"
             "metadata: {name: checkout, labels: {team: \"yes\"}}\n"
             "spec: {workspace: acme, displayName: \"Check: out\"}\n---\n"
             "apiVersion: writ/v1\nkind: EventSchema\n"
             "metadata: {name: cart.paid}\nspec:\n  app: checkout\n"
             "  fields:\n    - {name: id, type: string, required: true, "
             "validation: {min: 5, pattern: \"^c_\"}}\n"
             "    - {name: currency, type: enum, enumValues: [EUR, NO]}\n");
  Apply();
  Disown(ResourceId("App", "checkout"));
  Disown(ResourceId("EventSchema", "checkout", "cart.paid"));
  const Ran exported = Expect(0, {"export"});
  EXPECT_TRUE(Holds(exported.out, "kind: App\n"));
  EXPECT_TRUE(Holds(exported.out, "adopt: true"));
  EXPECT_TRUE(Lacks(exported.out, "order-service")) << "git declares it";
  git_.Write("manifests/more.yaml", exported.out);
  git_.Commit("Adopt what is there");
  Expect(0, {"validate"});
  Expect(0, {"fmt", "--check", "manifests/more.yaml"});
  const json plan = ExpectJson(0, {"plan", "--json"});
  ASSERT_EQ(plan["decision"]["changes"].size(), 2U) << plan["decision"];
  for (const json& change : plan["decision"]["changes"]) {
    EXPECT_EQ(change["action"], "adopt");
    EXPECT_TRUE(change["fields"].empty()) << change;
  }
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(Holds(Expect(0, {"export"}).err, "declared by a repository"));
}

TEST_F(Export, TakesAddressesAndRefusesThoseOfGit) {
  EXPECT_TRUE(Says(Expect(1, {"export", "App/order-service"}),
                   "manifests/orders.yaml"));
  Expect(1, {"export", "App/nothing"});
}

TEST_F(Export, ShowsNoSensitiveValueUnasked) {
  git_.Write("manifests/alerts.yaml",
             "apiVersion: writ/v1\nkind: Destination\n"
             "metadata: {name: alerts}\nspec: {app: order-service, channel: "
             "webhook, label: alerts, url: \"https://x.example/canary\"}\n");
  Apply();
  Disown(ResourceId("Destination", "order-service", "alerts"));
  const Ran hidden = Expect(0, {"export"});
  EXPECT_TRUE(Lacks(hidden.all(), "canary"));
  EXPECT_TRUE(Holds(hidden.err, "--show-sensitive"));
  EXPECT_TRUE(Holds(Expect(0, {"export", "--show-sensitive"}).out, "canary"));
}

// What drifted stands in its file: the patch changes that value alone.
TEST_F(Export, OfDriftIsAPatchThatApplies) {
  const std::string before = Read("manifests/orders.yaml");
  ChangeOutsideOfGit(state("staging"), kApp, "retention", "7d");
  const Ran patch = Expect(0, {"export", "--drift"});
  EXPECT_TRUE(Holds(patch.out, "--- a/manifests/orders.yaml\n"));
  EXPECT_TRUE(Holds(patch.out, "\n-  retention: 90d\n+  retention: 7d\n"));
  ApplyPatch(patch.out);
  std::string want = before;
  want.replace(want.find("90d"), 3, "7d");
  EXPECT_EQ(Read("manifests/orders.yaml"), want);
  git_.Commit("Adopt the drift");
  Expect(0, {"plan", "--detailed-exitcode"});
  Expect(0, {"apply", "--auto-approve"});
  Expect(0, {"drift", "--detailed-exitcode"});
  EXPECT_TRUE(Holds(Expect(0, {"export", "--drift"}).err, "No drift"));
}

// What isn't written anywhere goes into a Patch of the environment's own.
TEST_F(Export, OfDriftOfADefaultIsAPatchDocument) {
  Expect(0, {"apply", "--auto-approve", "-e", "production"});
  ChangeOutsideOfGit(state("production"), kApp, "displayName", "Orders: new");
  const Ran patch = Expect(0, {"export", "--drift", "-e", "production"});
  EXPECT_TRUE(Holds(patch.out, "new file mode 100644"));
  ApplyPatch(patch.out);
  git_.Commit("Adopt the drift");
  Expect(0, {"plan", "--detailed-exitcode", "-e", "production"});
  // Staging has no overlay folder to put one in.
  ChangeOutsideOfGit(state("staging"), kApp, "displayName", "Orders: new");
  EXPECT_TRUE(Holds(Expect(8, {"export", "--drift"}).err,
                    "to be edited by hand: App/order-service"));
}

}  // namespace
}  // namespace writ::e2e
