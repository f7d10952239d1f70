#include "engine/plan/planner.h"

#include <gtest/gtest.h>

#include "engine/plan/render_json.h"
#include "engine/plan/render_text.h"
#include "tests/support/plan_model.h"

namespace writ::engine {
namespace {

using testing::PlanModel;
using testing::Shop;
using testing::World;

TEST(Planner, NothingLiveIsAllCreates) {
  World world = Shop();
  PlanModel model;
  const Plan plan = model.Reach(world);
  EXPECT_EQ(plan.counts().create, 11);
  std::fputs(RenderPlanText(plan).c_str(), stdout);
  std::fputs(RenderPlanJson(plan).substr(0, 3000).c_str(), stdout);
  const Plan again = model.Reach(world);
  EXPECT_TRUE(again.empty());
  std::fputs(RenderPlanText(again).c_str(), stdout);
}

}  // namespace
}  // namespace writ::engine
