// Moves by hand, in odd company.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/plan/made_plan.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::Id;
using testing::PlanModel;
using testing::World;

TEST(Moves, TakeTheFormerAddressAsTheParentsMoveLeavesIt) {
  World world = Apps(1);
  world.Declare("Token/a0/t", R"({"type": "apiKey", "app": "a0"})");
  PlanModel model;
  model.Reach(world);
  const std::string uid = model.at("Token/a0/t").uid;
  world.Remove("Token/a0/t");
  world.Remove("App/a0");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})",
                R"({"moved": ["App/a0"]})");
  world.Declare("Token/b/u", R"({"type": "apiKey", "app": "b"})",
                R"({"moved": ["Token/b/t"]})");
  const Plan plan = model.Reach(world);
  EXPECT_EQ(plan.counts().move, 2);
  EXPECT_EQ(model.at("Token/b/u").uid, uid);
  EXPECT_TRUE(model.Reach(world).changes.empty());
}

TEST(Moves, AreHistoryOnceTheResourceIsLive) {
  World world = Apps(2);
  PlanModel model;
  model.Reach(world);
  // a1 was a0 once, says its manifest; a0 is another one now.
  world.Declare("App/a1", R"({"workspace": "acme", "displayName": "x"})",
                R"({"moved": ["App/a0"]})");
  EXPECT_TRUE(Make(world, model.snapshot()).plan->changes.empty());
  // Where neither is live yet the two can't both be right.
  EXPECT_EQ(Make(world, {}).Codes(),
            std::vector<std::string>{"moved-still-declared"});
}

TEST(Moves, KeepTokensSecretsAndSchemasUnderTheirParent) {
  World world = Apps(2);
  world.Declare("EventSchema/a0/e", R"({"app": "a0", "fields": []})");
  PlanModel model;
  model.Reach(world);
  world.Remove("EventSchema/a0/e");
  world.Declare("EventSchema/a1/e", R"({"app": "a1", "fields": []})")
      .lifecycle.moved = {"EventSchema/a0/e"};
  EXPECT_EQ(Make(world, model.snapshot()).Codes(),
            std::vector<std::string>{"move-across-parents"});
}

TEST(Moves, LetOthersChangeTheirParent) {
  World world = Apps(2);
  const char* spec =
      R"("channel": "slack", "url": "https://hooks.slack.com/x"})";
  world.Declare("Destination/a0/d", std::string(R"({"app": "a0", )") + spec);
  PlanModel model;
  model.Reach(world);
  const std::string uid = model.at("Destination/a0/d").uid;
  world.Remove("Destination/a0/d");
  world.Declare("Destination/a1/d", std::string(R"({"app": "a1", )") + spec)
      .lifecycle.moved = {"Destination/a0/d"};
  const Plan plan = model.Reach(world);
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].action, Action::kMove);
  EXPECT_EQ(plan.changes[0].cause, Cause::kGit);
  EXPECT_EQ(model.at("Destination/a1/d").uid, uid);
  EXPECT_TRUE(model.Reach(world).changes.empty());
}

TEST(Moves, ReplaceACarriedChildWhereItIsCarriedTo) {
  World world = Apps(1);
  world.Declare("Project/a0", R"({"workspace": "acme"})");
  world.Declare("Token/a0/t", R"({"type": "projectKey", "project": "a0"})");
  PlanModel model;
  model.Reach(world);
  world.Remove("Project/a0");
  world.Remove("Token/a0/t");
  world.Declare("Project/b", R"({"workspace": "acme"})",
                R"({"moved": ["Project/a0"]})");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})");
  const Made made = [&] {
    World wrong = world;
    wrong.Declare("Token/b/t", R"({"type": "apiKey", "app": "b"})");
    return Make(wrong, model.snapshot());
  }();
  // Under another parent of that name it is another token.
  ASSERT_TRUE(made.plan.has_value());
  EXPECT_EQ(made.Find("Token/b/t")->action, Action::kCreate);
  EXPECT_EQ(made.Find("Token/a0/t")->action, Action::kDelete);
  EXPECT_EQ(made.Find("Token/a0/t")->carried_to, Id("Token/b/t"));
}

TEST(Moves, RefuseAnotherKindAndTheirOwnAddress) {
  World world = Apps(1);
  world.Find("App/a0");
  world.Declare("App/b", R"({"workspace": "acme", "displayName": "x"})")
      .lifecycle.moved = {"Project/a0", "App/b", "nonsense"};
  EXPECT_EQ(Make(world, {}).Codes(),
            (std::vector<std::string>{"moved-kind", "moved-still-declared"}));
}

}  // namespace
}  // namespace writ::engine
