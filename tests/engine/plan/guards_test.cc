// What a plan refuses to do without being told to: too much at once, what is
// protected, what can't be had back.
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/engine/plan/made_plan.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::PlanModel;
using testing::Shop;
using testing::World;

std::vector<GuardKind> Kinds(const std::vector<Guard>& guards) {
  std::vector<GuardKind> kinds;
  for (const Guard& guard : guards) kinds.push_back(guard.kind);
  return kinds;
}

struct LimitCase {
  int apps;  // with the workspace: apps + 1 exist
  int deletes;
  bool refused;
};

TEST(Safety, RefusesStrictlyMoreThanTheLimitOfTenOrMore) {
  const LimitCase cases[] = {{9, 3, false},   {9, 4, true},  {8, 8, false},
                             {19, 6, false},  {19, 7, true}, {9, 0, false},
                             {99, 30, false}, {99, 31, true}};
  for (const LimitCase& c : cases) {
    World world = Apps(c.apps);
    PlanModel model;
    model.Reach(world);
    for (int i = 0; i < c.deletes; ++i) {
      world.Remove("App/a" + std::to_string(i));
    }
    const Made made = Make(world, model.snapshot());
    ASSERT_TRUE(made.plan.has_value());
    EXPECT_EQ(made.plan->unsafe(), c.refused)
        << c.deletes << " of " << c.apps + 1;
    PlanOptions options;
    options.allow.deletes = c.deletes;
    EXPECT_FALSE(Make(world, model.snapshot(), options).plan->unsafe());
    options.allow.deletes = c.deletes - 1;
    EXPECT_EQ(Make(world, model.snapshot(), options).plan->unsafe(), c.refused);
  }
}

TEST(Safety, CountsUpdatesByThemselves) {
  World before = Apps(9, "x");
  PlanModel model;
  model.Reach(before);
  World after = Apps(9, "x");
  for (int i = 0; i < 3; ++i) {
    after.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": "y"})");
  }
  for (int i = 3; i < 6; ++i) after.Remove("App/a" + std::to_string(i));
  EXPECT_FALSE(Make(after, model.snapshot()).plan->unsafe());
  PlanOptions options;
  options.safety.max_update_percent = 20;
  const Made made = Make(after, model.snapshot(), options);
  EXPECT_EQ(Kinds(made.plan->guards),
            std::vector<GuardKind>{GuardKind::kUpdatesOverLimit});
  EXPECT_EQ(made.plan->guards[0].flag, "--allow-updates 3");
}

struct LossCase {
  const char* name;
  const char* address;
  std::int64_t items;
  std::int64_t uses;
  const char* last_used;
  bool guarded;
};

// T-12
TEST(Safety, KnowsWhatWouldBeLost) {
  const LossCase cases[] = {
      {"an app with events", "App/cart", 1, 0, "", true},
      {"an app without", "App/cart", 0, 0, "", false},
      {"a secret with values", "Secret/pay/GITHUB", 2, 0, "", true},
      {"a project with values", "Project/pay", 2, 0, "", true},
      {"a token used this week", "Token/acme/zapier", 0, 1, "", true},
      {"a token used 6 days ago", "Token/acme/zapier", 0, 0,
       "2026-11-15T12:00:00Z", true},
      {"a token used 8 days ago", "Token/acme/zapier", 0, 0,
       "2026-11-13T11:00:00Z", false},
      {"a token never used", "Token/acme/zapier", 0, 0, "", false},
      {"a schedule with anything", "RotationSchedule/acme/monthly", 9, 9, "",
       false}};
  for (const LossCase& c : cases) {
    World world = Shop();
    PlanModel model;
    model.Reach(world);
    model.at(c.address).stored_items = c.items;
    model.at(c.address).usage = Usage{c.uses, ParseTimestamp(c.last_used)};
    PlanOptions options;
    options.mode = PlanMode::kDestroy;
    const Made made = Make(world, model.snapshot(), options);
    EXPECT_EQ(made.plan->unsafe(), c.guarded) << c.name;
    if (!c.guarded) continue;
    EXPECT_EQ(Kinds(made.Find(c.address)->guards),
              std::vector<GuardKind>{GuardKind::kDataLoss})
        << c.name;
    options.allow.data_loss_addresses = {c.address};
    EXPECT_FALSE(Make(world, model.snapshot(), options).plan->unsafe());
  }
}

TEST(Safety, ProtectionHoldsAgainstAReplacementThatDropsIt) {
  World world = Shop();
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "clientSecret"})",
                R"({"protect": true})");
  PlanModel model;
  model.Reach(world);
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken"})");
  const Made made = Make(world, model.snapshot());
  EXPECT_EQ(made.Find("Token/acme/t")->action, Action::kReplace);
  EXPECT_EQ(Kinds(made.Find("Token/acme/t")->guards),
            std::vector<GuardKind>{GuardKind::kProtected});
}

// A rotation ends the old one of a Token that is delivered; any other's ends at
// once, whoever uses it.
TEST(Safety, AReplacedTokenThatIsDeliveredNowhereBreaksItsUsers) {
  World world = Shop();
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "clientSecret"})");
  PlanModel model;
  model.Reach(world);
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken"})");
  EXPECT_FALSE(Make(world, model.snapshot()).plan->unsafe());
  model.at("Token/acme/t").stored_items = 2;
  model.at("Token/acme/t").usage = Usage{3, std::nullopt};
  const Made breaks = Make(world, model.snapshot());
  ASSERT_EQ(Kinds(breaks.Find("Token/acme/t")->guards),
            std::vector<GuardKind>{GuardKind::kDataLoss});
  EXPECT_EQ(breaks.Find("Token/acme/t")->guards[0].message,
            "Token/acme/t is replaced by one that is delivered nowhere, so "
            "that whoever uses its 2 credentials is refused from then on; it "
            "was used 3 times in 7 days");
  world.Declare("Token/acme/t",
                R"({"workspace": "acme", "type": "accountToken",
                    "deliverTo": [{"target": "ci", "name": "T"}]})");
  EXPECT_FALSE(Make(world, model.snapshot()).plan->unsafe());
}

TEST(Safety, ASuspendedChangeIsNotCounted) {
  World world = Apps(9);
  PlanModel model;
  model.Reach(world);
  for (int i = 0; i < 9; ++i) {
    world.Declare("App/a" + std::to_string(i),
                  R"({"workspace": "acme", "displayName": "y"})",
                  R"({"suspend": true})");
  }
  const Made made = Make(world, model.snapshot());
  EXPECT_FALSE(made.plan->unsafe());
  EXPECT_EQ(made.plan->counts().suspended, 9);
  EXPECT_EQ(made.plan->counts().update, 0);
}

}  // namespace
}  // namespace writ::engine
