// Partial inputs by hand: what was read of the desired state is not all of it.
#include <gtest/gtest.h>

#include <string>

#include "tests/engine/plan/made_plan.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::PlanModel;
using testing::Shop;
using testing::World;

// A partial input by hand: a file lost its rule, nothing else was read.
TEST(PartialInput, DeletesOnlyWhatItSaysIsUndeclared) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  Snapshot live = model.snapshot();
  World part;
  DesiredInput& input = part.Input();
  input.complete = false;
  input.desired_count = 10;
  input.undeclared = {Id("NotificationRule/cart/large")};
  Diagnostics diagnostics;
  const auto plan = MakePlan(input, live, {}, diagnostics);
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->changes.size(), 1U);
  EXPECT_EQ(plan->changes[0].action, Action::kDelete);
}

TEST(PartialInput, SeesWhoIsLeftBehind) {
  World world = Shop();
  PlanModel model;
  model.Reach(world);
  World part;
  DesiredInput& input = part.Input();
  input.complete = false;
  input.undeclared = {Id("Destination/cart/slack")};
  Diagnostics diagnostics;
  EXPECT_FALSE(MakePlan(input, model.snapshot(), {}, diagnostics).has_value());
  ASSERT_EQ(diagnostics.error_count(), 1U);
  EXPECT_EQ(diagnostics.items()[0].summary,
            "NotificationRule/cart/large refers to Destination/cart/slack, "
            "which isn't declared");
}

std::string FromVault(const std::string& key) {
  return R"({"project": "pay", "source": {"vault": {
      "address": "https://vault.example.org", "mount": "kv", "path": "a",
      "field": "b", "token": {"secretRef": {"project": "pay", "key": ")" +
         key + "\"}}}}}";
}

TEST(PartialInput, SeesACycleThroughWhatWasNotRead) {
  World world = Shop();
  world.Declare("Secret/pay/C", R"({"project": "pay"})");
  world.Declare("Secret/pay/B", FromVault("C"));
  world.Declare("Secret/pay/A", FromVault("B"));
  PlanModel model;
  model.Reach(world);
  World part;
  part.Declare("Secret/pay/C", FromVault("A"));
  DesiredInput& input = part.Input();
  input.complete = false;
  Diagnostics diagnostics;
  EXPECT_FALSE(MakePlan(input, model.snapshot(), {}, diagnostics).has_value());
  ASSERT_EQ(diagnostics.error_count(), 1U);
  const Diagnostic& cycle = diagnostics.items()[0];
  EXPECT_EQ(cycle.code, "dependency-cycle");
  ASSERT_EQ(cycle.locations.size(), 3U);
}

TEST(PartialInput, DropsADefaultTokenWhenAnotherIsDeclared) {
  World world = Apps(1);
  world.Declare("Token/a0/default", R"({"type": "apiKey", "app": "a0"})")
      .implied = true;
  PlanModel model;
  model.Reach(world);
  World part;
  part.Declare("Token/a0/own", R"({"type": "apiKey", "app": "a0"})");
  DesiredInput& input = part.Input();
  input.complete = false;
  Diagnostics diagnostics;
  const auto plan = MakePlan(input, model.snapshot(), {}, diagnostics);
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->changes.size(), 2U);
  EXPECT_EQ(plan->changes[1].reason, Reason::kSupersededByToken);
}

}  // namespace
}  // namespace writ::engine
