#include "engine/report/picture.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "tests/engine/report/sample_plan.h"
#include "tests/support/hostile_texts.h"

namespace writ::engine {
namespace {

using testing::ChangeOf;
using testing::IdOf;

const PictureNode* FindNode(const Picture& picture,
                            const std::string& address) {
  for (const PictureNode& node : picture.nodes) {
    if (node.id.address() == address) return &node;
  }
  return nullptr;
}

TEST(Picture, LayersWhatIsNeededBeforeWhatDepends) {
  const Plan plan = testing::SamplePlan();
  const Picture picture = LayOut(plan);
  for (const PictureEdge& edge : picture.edges) {
    EXPECT_LT(picture.nodes[edge.from].layer, picture.nodes[edge.to].layer)
        << picture.nodes[edge.from].id.address() << " "
        << picture.nodes[edge.to].id.address();
  }
  const PictureNode* hit =
      FindNode(picture, "NotificationRule/order-service/large-payment");
  ASSERT_NE(hit, nullptr);
  EXPECT_TRUE(hit->depends);
  EXPECT_EQ(hit->change, nullptr);
  EXPECT_EQ(FindNode(picture, "App/checkout"), nullptr)
      << "linked with nothing";
}

TEST(Picture, PutsNoTwoNodesOnOneSpot) {
  const Plan plan = testing::SamplePlan();
  std::set<std::pair<std::size_t, std::size_t>> spots;
  const Picture picture = LayOut(plan);
  for (const PictureNode& node : picture.nodes) {
    EXPECT_TRUE(spots.insert({node.layer, node.row}).second);
  }
}

TEST(Picture, DrawsNoMoreThanFits) {
  Plan plan = testing::FramedPlan();
  for (int i = 0; i < 3'000; ++i) {
    Change change = ChangeOf(Action::kCreate, "App/a" + std::to_string(i));
    change.dependents = {IdOf("Destination/b/d" + std::to_string(i))};
    plan.changes.push_back(std::move(change));
  }
  plan.changes.push_back(ChangeOf(Action::kDelete, "App/z"));
  plan.changes.back().dependents = {IdOf("Destination/z/z")};
  const Picture picture = LayOut(plan);
  EXPECT_LE(picture.nodes.size(), 90U);
  EXPECT_EQ(picture.changes_left_out, 2'961U);
  EXPECT_NE(FindNode(picture, "App/z"), nullptr) << "the dangerous first";
}

// A plan that was read from a file may say anything.
TEST(Picture, EndsOnACycle) {
  Plan plan = testing::FramedPlan();
  for (const char* pair : {"ab", "bc", "ca", "aa"}) {
    Change change = ChangeOf(Action::kUpdate, "App/" + std::string(1, pair[0]));
    change.refers_to = {{IdOf("App/" + std::string(1, pair[1])), 1}};
    plan.changes.push_back(change);
  }
  EXPECT_FALSE(RenderSvg(LayOut(plan)).empty());
}

TEST(Picture, IsTheSameForTheSamePlan) {
  EXPECT_EQ(RenderSvg(LayOut(testing::SamplePlan())),
            RenderSvg(LayOut(testing::SamplePlan())));
}

TEST(Picture, HoldsHostileTexts) {
  for (const auto& hostile : writ::testing::kHostileTexts) {
    const std::string svg =
        RenderSvg(LayOut(testing::HostilePlan(std::string(hostile.text))));
    EXPECT_TRUE(writ::testing::IsHarmless(svg, "\n")) << hostile.name;
    EXPECT_EQ(svg.find("<script"), std::string::npos) << hostile.name;
  }
}

}  // namespace
}  // namespace writ::engine
