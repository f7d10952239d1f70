// What goldens and laws don't say: odd live rows, other owners, targets.
#include "engine/plan/planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/engine/plan/made_plan.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::Json;
using testing::PlanModel;
using testing::Shop;
using testing::World;

TEST(Planner, LiveContentThatDoesNotParseIsWrittenAgain) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.at("App/cart").content = "{broken";
  model.at("App/cart").content_digest = Sha256("{broken");
  const Made made = Make(world, model.snapshot());
  ASSERT_NE(made.Find("App/cart"), nullptr);
  EXPECT_EQ(*made.Find("App/cart")->after, *world.Find("App/cart")->content);
}

// A default that an older table didn't know is no difference.
TEST(Planner, OlderContentIsBroughtToThisTable) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  LiveResource& live = model.at("App/cart");
  Value content = Json(live.content);
  ASSERT_TRUE(content.Find("spec")->Erase("managementWrites"));
  live.content = CanonicalJson(content);
  live.content_digest = Sha256(live.content);
  EXPECT_TRUE(Make(world, model.snapshot()).plan->changes.empty());
}

TEST(Planner, ContentsThatAreEqualNeedNotBeThere) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  Snapshot live = model.snapshot();
  for (LiveResource& row : live.resources) {
    const Resource* desired = world.Find(row.id.address());
    if (row.content_digest == desired->digest) row.content.clear();
  }
  EXPECT_TRUE(Make(world, live).plan->changes.empty());
}

TEST(Planner, RecordsTheGenerationsItSpeaksOf) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.at("Destination/cart/slack").generation = 17;
  world.Declare("NotificationRule/cart/large", R"({"app": "cart",
      "event": "order.placed", "enabled": false,
      "actions": [{"destination": "slack"}]})");
  const Made made = Make(world, model.snapshot());
  const Change& change = *made.Find("NotificationRule/cart/large");
  EXPECT_EQ(change.generation, 1);
  ASSERT_EQ(change.refers_to.size(), 3U);
  EXPECT_EQ(change.refers_to[0], (Touched{Id("App/cart"), 1}));
  EXPECT_EQ(change.refers_to[1], (Touched{Id("Destination/cart/slack"), 17}));
}

TEST(Planner, NamesTheFirstDependentsAndCountsAll) {
  World world = Apps(30);
  PlanModel model;
  model.Reach(world);
  world.Declare("Workspace/acme", R"({"displayName": "Other"})");
  const Made made = Make(world, model.snapshot());
  const Change& change = *made.Find("Workspace/acme");
  EXPECT_EQ(change.dependent_count, 30);
  ASSERT_EQ(change.dependents.size(), 20U);
  EXPECT_EQ(change.dependents[0], Id("App/a0"));
  EXPECT_EQ(change.dependents[1], Id("App/a1"));
  EXPECT_EQ(change.dependents[2], Id("App/a10"));
}

TEST(Planner, OneAddressUnderTwoKindsOfParentsIsAnError) {
  World world = Shop();
  world.Declare("App/pay", R"({"workspace": "acme", "displayName": "x"})");
  const Resource first =
      world.Declare("Token/pay/t", R"({"type": "apiKey", "app": "pay"})");
  world.Declare("Token/pay/t", R"({"type": "projectKey", "project": "pay"})");
  world.resources.push_back(first);
  std::sort(world.resources.begin(), world.resources.end(),
            [](const Resource& a, const Resource& b) { return a.id < b.id; });
  const Made made = Make(world, {});
  EXPECT_FALSE(made.plan.has_value());
  ASSERT_EQ(made.Codes(), std::vector<std::string>{"duplicate-address"});
  const Diagnostic& error = made.diagnostics.items()[0];
  EXPECT_EQ(error.locations.size(), 2U);
  EXPECT_NE(error.summary.find("App/pay"), std::string::npos);
  EXPECT_NE(error.summary.find("Project/pay"), std::string::npos);
}

TEST(Planner, AnotherOwnersResourceMayBeReferredTo) {
  World theirs = Shop();
  PlanModel model;
  model.Reach(theirs);
  for (const char* address : {"Workspace/acme", "App/cart"}) {
    model.at(address).owner = "platform";
  }
  World ours;
  ours.Declare("EventSchema/cart/mine", R"({"app": "cart", "fields": []})");
  PlanOptions options;
  options.prune = false;
  const Made made = Make(ours, model.snapshot(), options);
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_EQ(made.plan->counts().create, 1);
}

struct EvidenceCase {
  const char* schedule;
  bool refused;
};

// GitHub never shows a secret's value again; see schema/evidence.h.
TEST(Planner, ATargetThatCantGiveTheEvidenceAskedForIsAnError) {
  const EvidenceCase cases[] = {
      {R"("evidence": "usage")", false},
      {R"("evidence": "readback")", true},
      {R"("evidence": "probe")", true},
      {R"("evidence": "readback", "strategy": "immediate")", false},
  };
  for (const EvidenceCase& each : cases) {
    World world = Shop();
    world.Declare("RotationSchedule/acme/daily",
                  std::string(R"({"workspace": "acme", "every": "1d", )") +
                      each.schedule + "}");
    world.Declare("Token/acme/zap", R"({"workspace": "acme",
        "type": "workspaceToken", "scopes": ["inbox:read"],
        "rotation": "daily", "deliverTo": [{"target": "ci", "name": "Z"}]})");
    const Made made = Make(world, Snapshot());
    EXPECT_EQ(made.plan.has_value(), !each.refused) << each.schedule;
    if (!each.refused) continue;
    ASSERT_EQ(made.Codes(), std::vector<std::string>{"evidence-unavailable"});
    const Diagnostic& found = made.diagnostics.items()[0];
    EXPECT_EQ(found.summary.find("DeployTarget/acme/ci can't be "), 0u);
    EXPECT_NE(found.hint.find("RotationSchedule/acme/daily waits for "),
              std::string::npos);
  }
}

// T-02: a live secret of another owner admits whom its own content names.
TEST(Planner, ALiveSecretAdmitsWhomItNames) {
  World theirs = Shop();
  PlanModel model;
  model.Reach(theirs);
  for (const Resource& resource : theirs.resources) {
    model.at(resource.id.address()).owner = "platform";
  }
  const char* spec = R"({"app": "cart", "channel": "slack",
      "url": {"secretRef": {"project": "pay", "key": "SLACK_URL"}}})";
  World ours;
  ours.Declare("Destination/cart/other", spec);
  EXPECT_EQ(Make(ours, model.snapshot()).Codes(),
            std::vector<std::string>{"secret-not-admitted"});
  // What isn't known admits nobody.
  model.at("Secret/pay/SLACK_URL").content.clear();
  EXPECT_EQ(Make(ours, model.snapshot()).Codes(),
            std::vector<std::string>{"secret-not-admitted"});
  World admitted = Shop();
  admitted.Declare("Secret/pay/SLACK_URL", R"({"project": "pay",
      "usableBy": ["Destination/cart/other"]})");
  model.at("Secret/pay/SLACK_URL").content =
      CanonicalJson(*admitted.Find("Secret/pay/SLACK_URL")->content);
  EXPECT_TRUE(Make(ours, model.snapshot()).plan.has_value());
}

TEST(Targets, AndExcludesMayBothBeGiven) {
  World world = Shop();
  PlanOptions options;
  options.targets = {Id("NotificationRule/cart/large"),
                     Id("Token/acme/zapier")};
  options.excludes = {Id("DeployTarget/acme/ci")};
  const Made made = Make(world, {}, options);
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_NE(made.Find("NotificationRule/cart/large"), nullptr);
  EXPECT_NE(made.Find("Secret/pay/SLACK_URL"), nullptr);
  EXPECT_EQ(made.Find("Token/acme/zapier"), nullptr);
  EXPECT_EQ(made.Find("DeployTarget/acme/ci"), nullptr);
  EXPECT_EQ(made.plan->targets,
            (std::vector<std::string>{"NotificationRule/cart/large",
                                      "Token/acme/zapier"}));
}

TEST(Targets, AChildThatIsKeptHoldsItsParent) {
  World world = Apps(1);
  world.Declare("EventSchema/a0/e", R"({"app": "a0", "fields": []})");
  PlanModel model;
  model.Reach(world);
  world.Remove("EventSchema/a0/e");
  world.Remove("App/a0");
  PlanOptions options;
  options.excludes = {Id("EventSchema/a0/e")};
  // What comes after the excluded one is left out with it.
  EXPECT_TRUE(Make(world, model.snapshot(), options).plan->changes.empty());
}

TEST(RefreshOnly, LeavesIgnoredPathsAlone) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  model.Drift("App/cart", "spec.retention", "1d");
  world.Declare("App/cart", R"({"workspace": "acme", "displayName": "Cart"})",
                R"({"ignore": ["spec.retention"]})");
  PlanOptions options;
  options.mode = PlanMode::kRefreshOnly;
  EXPECT_TRUE(Make(world, model.snapshot(), options).plan->changes.empty());
}

}  // namespace
}  // namespace writ::engine
