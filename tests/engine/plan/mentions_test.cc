// References that order nothing: their target has to be there all the same.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/plan/planner.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::PlanModel;
using testing::Shop;
using testing::World;

std::string Mistakes(World& world, const Snapshot& live) {
  Diagnostics diagnostics;
  const auto plan = MakePlan(world.Input(), live, {}, diagnostics);
  EXPECT_EQ(plan.has_value(), !diagnostics.HasErrors());
  std::string text;
  for (const Diagnostic& each : diagnostics.items()) {
    text += each.summary + " (" + each.hint + ")\n";
  }
  return text;
}

void Admit(World& world, const std::string& users) {
  world.Declare("Secret/pay/SLACK_URL",
                R"({"project": "pay", "usableBy": [)" + users + "]}");
}

constexpr char kDangling[] =
    "Secret/pay/SLACK_URL refers to a Destination or DeployTarget or Secret "
    "that isn't declared";

TEST(Mentions, WantTheirTarget) {
  World world = Shop();
  Admit(world, R"("Destination/cart/slack", "Destination/cart/slak")");
  EXPECT_EQ(Mistakes(world, {}),
            std::string(kDangling) +
                " (did you mean \"Destination/cart/slack\" "
                "(manifests/all.yaml:44)?)\n");
}

TEST(Mentions, OrderNothingAndMakeNoCircle) {
  World world = Shop();
  PlanModel model;
  const Plan plan = model.Reach(world);
  for (const Change& change : plan.changes) {
    if (change.id.kind() != "Secret") continue;
    ASSERT_EQ(change.refers_to.size(), 1U);
    EXPECT_EQ(change.refers_to[0].id.address(), "Project/pay");
  }
}

TEST(Mentions, OfWhatGoesAreDangling) {
  World world = Shop();
  PlanModel model;
  Admit(world, R"("Destination/cart/slack", "Destination/cart/mail")");
  world.Declare("Destination/cart/mail", R"({"app": "cart",
      "channel": "slack", "url": "https://hooks.example.org/a"})");
  model.Reach(world);
  world.Remove("Destination/cart/mail");
  EXPECT_EQ(Mistakes(world, model.snapshot()),
            std::string(kDangling) +
                " (did you mean \"Destination/cart/slack\" "
                "(manifests/all.yaml:44)?)\n");
}

// Of two repositories that mention each other, one has to come first.
TEST(Mentions, WaitForWhatAnotherRepositorysParentLacks) {
  World theirs;
  theirs.input.owner = "other";
  theirs.Declare("Workspace/acme", R"({"displayName": "Acme"})");
  theirs.Declare("App/desk", R"({"workspace": "acme"})");
  PlanModel model;
  model.owner = "other";
  model.Reach(theirs);
  World ours;
  ours.Declare("Project/pay", R"({"workspace": "acme"})");
  Admit(ours, R"("Destination/desk/slack")");
  EXPECT_EQ(Mistakes(ours, model.snapshot()), "");
  Admit(ours, R"("Destination/dsk/slack")");
  EXPECT_EQ(Mistakes(ours, model.snapshot()), std::string(kDangling) + " ()\n");
}

TEST(Mentions, OfTheConfigurationWantTheirTarget) {
  static const std::vector<std::string_view> kKinds = {"Destination"};
  Reference notify;
  notify.path = "spec.environments.production.sync.notify";
  notify.kinds = &kKinds;
  notify.edge = ReferenceEdge::kMention;
  notify.range = {0, 7, 9, 4};
  World world = Shop();
  std::vector<Reference> mentions = {notify};
  world.input.mentions = &mentions;
  mentions[0].text = "Destination/cart/slack";
  EXPECT_EQ(Mistakes(world, {}), "");
  mentions[0].text = "slack";
  EXPECT_EQ(Mistakes(world, {}),
            "spec.environments.production.sync.notify names a Destination "
            "that isn't declared (did you mean \"Destination/cart/slack\" "
            "(manifests/all.yaml:44)?)\n");
}

}  // namespace
}  // namespace writ::engine
