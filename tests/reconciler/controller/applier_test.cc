#include "reconciler/controller/applier.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/plan/plan.h"
#include "reconciler/store/audit_chain.h"
#include "schema/json.h"
#include "tests/reconciler/controller/controller_fixture.h"
#include "tests/support/faulty_store.h"

namespace writ::reconciler {
namespace {

using testing::FaultPlan;
using testing::FaultyStore;
using testing::Files;

const char kRepository[] =
    "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\nspec:\n"
    "  include: [\"m/*.yaml\"]\n"
    "  defaultEnvironment: production\n"
    "  environments: {production: {state: \"sqlite:state\"}}\n";

std::string Document(const std::string& kind, const std::string& name,
                     const std::string& spec,
                     const std::string& lifecycle = "") {
  return "apiVersion: writ/v1\nkind: " + kind + "\nmetadata: {name: " + name +
         "}\n" + (lifecycle.empty() ? "" : "lifecycle: {" + lifecycle + "}\n") +
         "spec: {" + spec + "}\n";
}

Files Shop() {
  return {
      {"writ.yaml", kRepository},
      {"m/acme.yaml", Document("Workspace", "acme", "displayName: Acme")},
      {"m/cart.yaml", Document("App", "cart", "workspace: acme")},
      {"m/placed.yaml",
       Document("EventSchema", "placed",
                "app: cart, fields: [{name: id, type: string}]")},
  };
}

std::string Destination(const std::string& app, const std::string& name,
                        const std::string& lifecycle = "") {
  return Document(
      "Destination", name,
      "app: " + app + ", channel: webhook, url: \"https://hooks.example.org\"",
      lifecycle);
}

class Applier : public ::testing::Test, public ControllerFixture {
 protected:
  std::vector<std::string> Live() {
    std::vector<std::string> addresses;
    const auto live = store_->ReadAll(/*contents=*/false);
    EXPECT_TRUE(live.has_value());
    for (const auto& row : live->resources) {
      addresses.push_back(row.id.address());
    }
    return addresses;
  }
  StoredResource Stored(const std::string& address) {
    const auto stored = store_->ReadStored(*ResourceId::Parse(address));
    EXPECT_TRUE(stored.has_value() && stored->has_value()) << address;
    return **stored;
  }
};

TEST_F(Applier, LeavesNothingToPlan) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  EXPECT_EQ(Live(),
            (std::vector<std::string>{"App/cart", "EventSchema/cart/placed",
                                      "Token/cart/default", "Workspace/acme"}));
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_TRUE(planned->plan.empty());
  EXPECT_EQ(planned->path, PlanPath::kUnchanged);
}

TEST_F(Applier, GivesComputedFieldsAValueOnce) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  const Value first = *ParseJson(Stored("Workspace/acme").live.content);
  EXPECT_EQ(first.FindPath("spec.workspaceId")->AsString().size(), 24u);
  Files files = Shop();
  files["m/acme.yaml"] = Document("Workspace", "acme", "displayName: New");
  source_.Commit(files);
  ASSERT_TRUE(Apply());
  const Value second = *ParseJson(Stored("Workspace/acme").live.content);
  EXPECT_EQ(*first.FindPath("spec.workspaceId"),
            *second.FindPath("spec.workspaceId"));
  EXPECT_EQ(second.FindPath("spec.displayName")->AsString(), "New");
}

TEST_F(Applier, KeepsIdentityThroughAMove) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  const std::string app = Stored("App/cart").live.uid;
  const std::string schema = Stored("EventSchema/cart/placed").live.uid;
  Files files = Shop();
  files["m/cart.yaml"] =
      Document("App", "basket", "workspace: acme", "moved: [App/cart]");
  files["m/placed.yaml"] =
      Document("EventSchema", "placed",
               "app: basket, fields: [{name: id, type: string}]");
  source_.Commit(files);
  ASSERT_TRUE(Apply());
  EXPECT_EQ(Stored("App/basket").live.uid, app);
  EXPECT_EQ(Stored("EventSchema/basket/placed").live.uid, schema);
  ASSERT_TRUE(Plan());
  EXPECT_TRUE(Plan()->plan.empty());
}

// Its parent's move has taken it elsewhere by the time of its own.
TEST_F(Applier, MovesAChildThatItsParentCarries) {
  Files files = Shop();
  files["m/a.yaml"] = Destination("cart", "a");
  files["m/b.yaml"] = Destination("cart", "b");
  source_.Commit(files);
  ASSERT_TRUE(Apply());
  const std::string a = Stored("Destination/cart/a").live.uid;
  files["m/cart.yaml"] =
      Document("App", "basket", "workspace: acme", "moved: [App/cart]");
  files["m/placed.yaml"] =
      Document("EventSchema", "placed",
               "app: basket, fields: [{name: id, type: string}]");
  files["m/a.yaml"] = Destination("basket", "c", "moved: [Destination/cart/a]");
  files.erase("m/b.yaml");
  source_.Commit(files);
  ASSERT_TRUE(Apply()) << mistakes_;
  EXPECT_EQ(Stored("Destination/basket/c").live.uid, a);
  EXPECT_EQ(Live(), (std::vector<std::string>{
                        "App/basket", "Destination/basket/c",
                        "EventSchema/basket/placed", "Token/basket/default",
                        "Workspace/acme"}));
  ASSERT_TRUE(Plan());
  EXPECT_TRUE(Plan()->plan.empty());
}

TEST_F(Applier, RenamesAWorkspaceUnderItsApps) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  const std::string app = Stored("App/cart").live.uid;
  Files files = Shop();
  files["m/acme.yaml"] = Document("Workspace", "umbrella", "displayName: Acme",
                                  "moved: [Workspace/acme]");
  files["m/cart.yaml"] = Document("App", "cart", "workspace: umbrella");
  source_.Commit(files);
  ASSERT_TRUE(Apply()) << mistakes_;
  EXPECT_EQ(Stored("App/cart").live.uid, app);
  EXPECT_EQ(Stored("App/cart").live.parent.address(), "Workspace/umbrella");
  ASSERT_TRUE(Plan());
  EXPECT_TRUE(Plan()->plan.empty());
}

TEST_F(Applier, DeletesIntoTheTrash) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  Files files = Shop();
  files.erase("m/placed.yaml");
  source_.Commit(files);
  ASSERT_TRUE(Apply());
  const auto deleted = store_->ReadDeleted();
  ASSERT_TRUE(deleted.has_value());
  ASSERT_EQ(deleted->size(), 1u);
  EXPECT_EQ((*deleted)[0].resource.live.id.address(),
            "EventSchema/cart/placed");
}

TEST_F(Applier, FailsAChangeThatMeetsANewerGenerationAndSkipsWhatFollows) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  Files files = Shop();
  files["m/cart.yaml"] =
      Document("App", "cart", "workspace: acme, retention: 30d");
  files["m/placed.yaml"] =
      Document("EventSchema", "placed",
               "app: cart, fields: [{name: id, type: string}], mode: observe");
  files["m/acme.yaml"] = Document("Workspace", "acme", "displayName: New");
  source_.Commit(files);
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  StoredResource app = Stored("App/cart");
  auto transaction = store_->BeginWrite("");
  ASSERT_TRUE((*transaction)->Put(app, app.live.generation));
  ASSERT_TRUE((*transaction)->Commit());
  transaction->reset();

  std::vector<std::string> outcomes;
  ApplyOptions options;
  options.progress = [&](const ChangeReport& report) {
    outcomes.push_back(report.change->id.address() + " " +
                       std::to_string(static_cast<int>(report.outcome)));
  };
  const auto report = ApplyPlanned(*planned, options);
  ASSERT_TRUE(report.has_value()) << Describe(report.error());
  EXPECT_EQ(report->outcome, ApplyOutcome::kPartial);
  EXPECT_EQ(outcomes,
            (std::vector<std::string>{"Workspace/acme 0", "App/cart 1",
                                      "EventSchema/cart/placed 2"}));
  EXPECT_EQ(ParseJson(Stored("App/cart").live.content)
                ->FindPath("spec.retention")
                ->AsString(),
            "90d");
}

TEST_F(Applier, StopsBetweenTransactionsAndCanGoOn) {
  source_.Commit(Shop());
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  ApplyOptions options;
  options.stop = [] { return true; };
  const auto report = ApplyPlanned(*planned, options);
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->outcome, ApplyOutcome::kInterrupted);
  EXPECT_TRUE(Live().empty());
  EXPECT_TRUE(Apply());
  EXPECT_EQ(Live().size(), 4u);
}

TEST_F(Applier, AuditsEachChangeInAChain) {  // T-11
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  const auto entries = store_->ReadAudit(1, 100);
  ASSERT_TRUE(entries.has_value());
  std::vector<std::string> actions;
  for (const AuditEntry& entry : *entries) {
    if (entry.action.rfind("apply.", 0) == 0) actions.push_back(entry.action);
  }
  EXPECT_EQ(actions, (std::vector<std::string>{"apply.start", "apply.create",
                                               "apply.create", "apply.create",
                                               "apply.create", "apply.end"}));
  EXPECT_TRUE(VerifyAuditChain(*store_, std::nullopt).has_value());
}

TEST_F(Applier, NeverAppliesWhatIsSuspended) {
  Files files = Shop();
  files["m/placed.yaml"] = Document(
      "EventSchema", "placed", "app: cart, fields: [{name: id, type: string}]",
      "suspend: true");
  source_.Commit(files);
  ASSERT_TRUE(Apply());
  EXPECT_EQ(Live().size(), 3u);
  const auto again = Plan();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->plan.counts().suspended, 1);
}

// Every effect fails in turn; what is left is a state that the next apply
// brings to the same end.
TEST_F(Applier, SurvivesEveryEffectThatFails) {
  source_.Commit(Shop());
  ASSERT_TRUE(Apply());
  Files files = Shop();
  files["m/cart.yaml"] =
      Document("App", "basket", "workspace: acme", "moved: [App/cart]");
  files.erase("m/placed.yaml");
  files["m/more.yaml"] = Document("App", "more", "workspace: acme");
  const std::vector<std::string> wanted = {
      "App/basket", "App/more", "Token/basket/default", "Token/more/default",
      "Workspace/acme"};

  for (std::int64_t n = 1;; ++n) {
    ASSERT_LT(n, 500) << "no run without a fault";
    source_.Commit(Shop());
    ASSERT_TRUE(Apply()) << "before fault " << n;
    source_.Commit(files);
    const auto planned = Plan();
    ASSERT_TRUE(planned);
    auto lease =
        store_->AcquireLease("test", "apply", std::chrono::seconds(30), {});
    ASSERT_TRUE(lease.has_value());
    FaultPlan fault{n, 0, false};
    FaultyStore faulty(*store_, fault);
    ApplyOptions options;
    options.lease_token = lease->token;
    options.actor = "test";
    const auto report = ApplyPlan(faulty, *planned, options, clock_, random_);
    ASSERT_TRUE(store_->ReleaseLease(lease->token).has_value());
    EXPECT_EQ(report.has_value(), !fault.fired) << n;
    const auto faults = store_->Verify();
    ASSERT_TRUE(faults.has_value());
    ASSERT_TRUE(faults->empty()) << n << ": " << faults->front();
    ASSERT_TRUE(Apply()) << "after fault " << n;
    EXPECT_EQ(Live(), wanted) << n;
    ASSERT_TRUE(Plan());
    EXPECT_TRUE(Plan()->plan.empty()) << n;
    if (!fault.fired) return;
  }
}

}  // namespace
}  // namespace writ::reconciler
