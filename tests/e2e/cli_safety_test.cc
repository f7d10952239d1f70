// What writ refuses to do by itself, and the flag or the manifest that lets it.
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

constexpr char kApp[] = "App/order-service";
constexpr char kSchema[] = "EventSchema/order-service/order.placed";

class Safety : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Expect(0, {"apply", "--auto-approve"});
  }

  json Show(const std::string& address) {
    return ExpectJson(0, {"state", "show", address, "--json"});
  }
  bool IsLive(const std::string& address) {
    return Writ({"state", "show", address}).code == 0;
  }
  // Twelve more resources beside the four of the shop.
  void ApplyTwelveSchemas() {
    git_.Write("manifests/many.yaml", SchemasText("many", 12));
    Apply();
  }
  // plan and apply agree about it.
  Ran ExpectUnsafe(Arguments more = {}) {
    Arguments plan = more;
    plan.insert(plan.begin(), "plan");
    Arguments apply = more;
    apply.insert(apply.begin(), {"apply", "--auto-approve"});
    const std::string serial =
        ExpectJson(0, {"state", "list", "--json"})["serial"].dump();
    Ran ran = Expect(5, plan);
    Expect(5, apply);
    EXPECT_EQ(ExpectJson(0, {"state", "list", "--json"})["serial"].dump(),
              serial);
    return ran;
  }
  void ExpectSettled() {
    EXPECT_TRUE(
        Holds(Expect(0, {"plan", "--detailed-exitcode"}).out, "No changes."));
    Expect(0, {"state", "verify"});
  }
};

TEST_F(Safety, ManyDeletesWantTheirNumber) {
  ApplyTwelveSchemas();
  git_.Write("manifests/many.yaml", SchemasText("many", 4));
  git_.Commit("Delete eight of sixteen");
  const Ran plan = ExpectUnsafe();
  EXPECT_TRUE(Holds(plan.out, "--allow-deletes 8"));
  ExpectUnsafe({"--allow-deletes", "7"});
  Expect(0, {"plan", "--allow-deletes", "8"});
  Expect(0, {"apply", "--auto-approve", "--allow-deletes", "8"});
  EXPECT_TRUE(
      Holds(Expect(0, {"audit", "show", "-n", "0"}).out, "--allow-deletes 8"));
  ExpectSettled();
}

TEST_F(Safety, FewDeletesWantNothing) {
  ApplyTwelveSchemas();
  git_.Write("manifests/many.yaml", SchemasText("many", 9));
  Apply();
  ExpectSettled();
}

TEST_F(Safety, ASmallStateHasNoLimit) {
  git_.Write("manifests/few.yaml", SchemasText("few", 2));
  Apply();
  std::filesystem::remove(repository() / "manifests/few.yaml");
  Apply();
  ExpectSettled();
}

TEST_F(Safety, ManyUpdatesWantTheirNumber) {
  ApplyTwelveSchemas();
  git_.Write("manifests/many.yaml", SchemasText("many", 12, "Changed"));
  git_.Commit("Change twelve of sixteen");
  EXPECT_TRUE(Holds(ExpectUnsafe().out, "--allow-updates 12"));
  Expect(0, {"apply", "--auto-approve", "--allow-updates", "12"});
  ExpectSettled();
}

TEST_F(Safety, ARepositoryThatDeclaresNothingWantsAllowEmpty) {
  git_.Git({"rm", "--quiet", "-r", "manifests", "environments"});
  Edit("writ.yaml", "      overlays: [environments/production]\n", "");
  git_.Commit("Empty");
  EXPECT_TRUE(Holds(ExpectUnsafe().out, "--allow-empty"));
  Expect(0, {"apply", "--auto-approve", "--allow-empty"});
  EXPECT_EQ(Expect(0, {"state", "list"}).out, "");
  ExpectSettled();
}

TEST_F(Safety, AnEmptyStateAndAnEmptyRepositoryAreAtPeace) {
  git_.Git({"rm", "--quiet", "-r", "manifests"});
  git_.Commit("Empty");
  Expect(3, {"plan", "-e", "production"});  // its patch matches nothing
  std::filesystem::remove(repository() / "environments/production/orders.yaml");
  git_.Write("environments/production/none.yaml", "# nothing yet\n");
  git_.Commit("No patch either");
  EXPECT_TRUE(
      Holds(Expect(0, {"plan", "-e", "production"}).out, "No changes."));
}

TEST_F(Safety, ProtectionIsEndedByItsManifestFirst) {
  Edit("manifests/orders.yaml", "metadata: {name: order.placed}",
       "metadata: {name: order.placed}\nlifecycle: {protect: true}");
  Apply();
  EXPECT_EQ(Show(kSchema)["protect"], true);
  const std::string with_schema = Read("manifests/orders.yaml");
  const std::string without = with_schema.substr(0, with_schema.find("---\n"));
  git_.Write("manifests/orders.yaml", without);
  git_.Commit("Delete what is protected");
  EXPECT_TRUE(
      Holds(ExpectUnsafe().out, std::string("--allow-protected ") + kSchema));
  EXPECT_TRUE(IsLive(kSchema));
  // The block is gone, the protection isn't: it lives in the live state.
  git_.Write("manifests/orders.yaml", with_schema);
  Edit("manifests/orders.yaml", "protect: true", "protect: false");
  Apply();
  git_.Write("manifests/orders.yaml", without);
  Apply();
  EXPECT_FALSE(IsLive(kSchema));
  ExpectSettled();
}

TEST_F(Safety, ProtectionIsEndedByHandOrPassedOnce) {
  git_.Write("manifests/a.yaml", AppText("a", "protect: true"));
  git_.Write("manifests/b.yaml", AppText("b", "protect: true"));
  Apply();
  std::filesystem::remove(repository() / "manifests/a.yaml");
  std::filesystem::remove(repository() / "manifests/b.yaml");
  git_.Commit("Delete both");
  ExpectUnsafe();
  EXPECT_TRUE(Says(Expect(64, {"state", "unprotect", "App/a"}), "--reason"));
  Expect(0, {"state", "unprotect", "App/a", "--reason", "OPS-1"});
  ExpectUnsafe();
  ExpectUnsafe({"--allow-protected", "App/a"});
  Expect(0, {"apply", "--auto-approve", "--allow-protected", "App/b"});
  EXPECT_FALSE(IsLive("App/a") || IsLive("App/b"));
  ExpectSettled();
}

TEST_F(Safety, AForeignOwnersResourceIsRefusedUntilAdopted) {
  Expect(0, {"state", "transfer", kSchema, "--to", "other", "--reason", "x"});
  EXPECT_TRUE(Holds(ExpectUnsafe().out, "other"));
  Edit("manifests/orders.yaml", "metadata: {name: order.placed}",
       "metadata: {name: order.placed}\nlifecycle: {adopt: {from: wrong}}");
  git_.Commit("Adopt from the wrong one");
  ExpectUnsafe();
  Edit("manifests/orders.yaml", "from: wrong", "from: other");
  git_.Commit("Adopt from the right one");
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, std::string("<= ") + kSchema));
  Apply();
  EXPECT_EQ(Show(kSchema)["owner"], "shop");
  ExpectSettled();
}

TEST_F(Safety, ForgottenResourcesStayAndAreAdoptedAgain) {
  git_.Write("manifests/a.yaml", AppText("a", "onDelete: forget"));
  Apply();
  const std::string uid = Show("App/a")["uid"];
  std::filesystem::remove(repository() / "manifests/a.yaml");
  Apply();
  EXPECT_TRUE(Show("App/a")["owner"].is_null());
  EXPECT_TRUE(Holds(Expect(0, {"drift"}).out, "App/a"));
  EXPECT_TRUE(Holds(Expect(0, {"state", "list"}).out, "App/a  (unmanaged)"));
  ExpectSettled();
  // Unmanaged: never updated, taken over only by adopt.
  git_.Write("manifests/a.yaml", AppText("a", "", "7d"));
  git_.Commit("Declare it again");
  EXPECT_TRUE(Holds(ExpectUnsafe().out, "adopt"));
  git_.Write("manifests/a.yaml", AppText("a", "adopt: true", "7d"));
  git_.Commit("Adopt it");
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "<= App/a"));
  Apply();
  EXPECT_EQ(Show("App/a")["uid"], uid);
  EXPECT_EQ(Show("App/a")["content"]["spec"]["retention"], "7d");
  ExpectSettled();
}

TEST_F(Safety, SuspendedChangesAreShownAndNotApplied) {
  git_.Write("manifests/a.yaml", AppText("a"));
  Apply();
  git_.Write("manifests/a.yaml", AppText("a", "suspend: true", "7d"));
  git_.Commit("Change and suspend");
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "suspend"));
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_EQ(Show("App/a")["content"]["spec"]["retention"], "90d");
  git_.Write("manifests/a.yaml", AppText("a", "", "7d"));
  Apply();
  EXPECT_EQ(Show("App/a")["content"]["spec"]["retention"], "7d");
  ExpectSettled();
}

TEST_F(Safety, IgnoredPathsAreLeftAlone) {
  git_.Write("manifests/a.yaml", AppText("a", "ignore: [spec.retention]"));
  git_.Write("manifests/b.yaml", AppText("b"));
  Apply();
  for (const char* name : {"App/a", "App/b"}) {
    ChangeOutsideOfGit(state("staging"), *ResourceId::Parse(name), "retention",
                       "7d");
  }
  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Lacks(plan.out, "App/a"));
  EXPECT_TRUE(Holds(plan.out, "~ App/b"));
  EXPECT_TRUE(Holds(plan.out, "7d → 90d"));
  EXPECT_TRUE(Holds(plan.out, "console/ben"));
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_EQ(Show("App/a")["content"]["spec"]["retention"], "7d");
  EXPECT_EQ(Show("App/b")["content"]["spec"]["retention"], "90d");
  ExpectSettled();
}

TEST_F(Safety, AMoveKeepsIdentityAndCarriesTheChildren) {
  json before = Show(kApp);
  json child = Show(kSchema);
  Edit("manifests/orders.yaml", "metadata: {name: order-service}",
       "metadata: {name: orders}\nlifecycle: {moved: [App/order-service]}");
  Edit("manifests/orders.yaml", "app: order-service", "app: orders");
  Edit("environments/production/orders.yaml", "App/order-service",
       "App/orders");
  git_.Commit("Rename the app");
  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "→ App/orders"));
  EXPECT_TRUE(Holds(plan.out, "moved from App/order-service"));
  EXPECT_TRUE(Lacks(plan.out, "- App/order-service"));
  Apply();
  EXPECT_FALSE(IsLive(kApp));
  json after = Show("App/orders");
  EXPECT_EQ(after["uid"], before["uid"]);
  EXPECT_GT(after["generation"], before["generation"]);
  EXPECT_EQ(Show("EventSchema/orders/order.placed")["uid"], child["uid"]);
  ExpectSettled();
}

TEST_F(Safety, ARenameWithoutMovedIsSuggested) {
  Edit("manifests/orders.yaml", "metadata: {name: order.placed}",
       "metadata: {name: order.made}");
  git_.Commit("Rename a schema");
  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Holds(plan.out, std::string("- ") + kSchema));
  EXPECT_TRUE(Holds(plan.out, "moved"));
}

TEST_F(Safety, AParentDoesNotGoFromUnderItsChildren) {
  git_.Write("other/writ.yaml", R"(apiVersion: writ/v1
kind: Repository
metadata: {name: other}
spec:
  defaultEnvironment: staging
  environments: {staging: {state: "sqlite:state/staging"}}
)");
  git_.Write("other/reports.yaml", R"(apiVersion: writ/v1
kind: EventSchema
metadata: {name: report.made}
spec:
  app: order-service
  fields:
    - {name: id, type: string}
)");
  git_.Commit("Another repository's child");
  const std::string shared = "sqlite:" + state("staging").string();
  const Ran other = Expect(
      0, {"apply", "--auto-approve", "--source", "other", "--state", shared});
  EXPECT_TRUE(Holds(other.out, "EventSchema/order-service/report.made"));
  std::filesystem::remove(repository() / "manifests/orders.yaml");
  std::filesystem::remove(repository() / "environments/production/orders.yaml");
  git_.Write("environments/production/none.yaml", "# nothing\n");
  git_.Commit("Delete the app");
  const Ran plan = ExpectUnsafe();
  EXPECT_TRUE(Holds(plan.out, "report.made"));
  EXPECT_TRUE(IsLive(kApp));
}

TEST_F(Safety, DestroyWantsWhatProtectsToBePassed) {
  git_.Write("manifests/a.yaml", AppText("a", "protect: true"));
  Apply();
  ExpectUnsafe({"--destroy"});
  const Ran plan =
      Expect(0, {"plan", "--destroy", "--allow-protected", "App/a"});
  EXPECT_TRUE(Holds(plan.out, " to destroy"));
  Expect(0, {"apply", "--destroy", "--allow-protected", "App/a",
             "--auto-approve"});
  EXPECT_EQ(Expect(0, {"state", "list"}).out, "");
  Expect(0, {"state", "verify"});
}

TEST_F(Safety, AnImmutableFieldMeansReplace) {
  git_.Write("manifests/other.yaml",
             "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: sand}\n"
             "spec: {displayName: Sand}\n");
  git_.Write("manifests/a.yaml", AppText("a"));
  Apply();
  const std::string uid = Show("App/a")["uid"];
  Edit("manifests/a.yaml", "workspace: acme", "workspace: sand");
  git_.Commit("Move it to another workspace");
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "-/+ App/a"));
  Apply();
  EXPECT_NE(Show("App/a")["uid"], uid);
  ExpectSettled();
}

}  // namespace
}  // namespace writ::e2e
