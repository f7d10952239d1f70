// Drift that an environment doesn't heal: told, left as it is, while what git
// changes is applied all the same; and put back later as if nothing had been.
#include <gtest/gtest.h>

#include <string>

#include "reconciler/controller/planning.h"
#include "schema/json.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

constexpr char kRepository[] =
    "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
    "spec: {environments: {production: {}}}\n";

std::string App(const std::string& fields) {
  return "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: acme}\n"
         "spec: {displayName: Acme}\n---\n"
         "apiVersion: writ/v1\nkind: App\nmetadata: {name: cart}\n"
         "spec: {workspace: acme, " +
         fields + "}\n";
}

class LeftDrift : public ControllerFixture, public ::testing::Test {
 protected:
  LeftDrift() {
    Declare("retention: 90d");
    EXPECT_TRUE(Apply()) << mistakes_;
  }

  void Declare(const std::string& fields) {
    source_.Commit({{"app.yaml", App(fields)}, {"writ.yaml", kRepository}});
  }

  PlanningOptions Leaving() const {
    PlanningOptions options = Options();
    options.plan.leave_drift = true;
    return options;
  }

  // As a write over HTTP would.
  void ChangeOutsideOfGit(const std::string& field, const std::string& text) {
    auto write = store_->BeginWrite("");
    auto stored = *store_->ReadStored(kCart);
    ASSERT_TRUE(write && stored);
    engine::LiveResource& live = stored->live;
    Value content = *ParseJson(live.content);
    content.Find("spec")->Set(field, text);
    if (live.applied.empty()) live.applied = live.content;
    live.content = CanonicalJson(content);
    live.content_digest = Sha256(live.content);
    live.changed_by = "ben";
    stored->settled = false;
    ASSERT_TRUE((*write)->Put(*stored, live.generation));
    ASSERT_TRUE((*write)->Commit());
  }

  std::string Live(const std::string& field) {
    const Value content =
        *ParseJson((*store_->ReadStored(kCart))->live.content);
    return std::string(content.Find("spec")->FindString(field));
  }

  const ResourceId kCart{"App", "cart"};
};

TEST_F(LeftDrift, IsToldAndNotPlanned) {
  ChangeOutsideOfGit("retention", "7d");
  const auto planned = Plan(Leaving());
  ASSERT_TRUE(planned);
  EXPECT_TRUE(planned->plan.changes.empty());
  ASSERT_EQ(planned->plan.left_drift.size(), 1U);
  const engine::Change& left = planned->plan.left_drift[0];
  EXPECT_EQ(left.id, kCart);
  ASSERT_EQ(left.fields.size(), 1U);
  EXPECT_EQ(left.fields[0].path, "spec.retention");
  EXPECT_EQ(left.drifted_by, "ben");
  EXPECT_FALSE(planned->next_base) << "it would hide the drift";
}

TEST_F(LeftDrift, IsNoneWithoutAskingForIt) {
  ChangeOutsideOfGit("retention", "7d");
  const auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->plan.changes.size(), 1U);
  EXPECT_TRUE(planned->plan.left_drift.empty());
}

TEST_F(LeftDrift, OutlivesAChangeOfTheSameResource) {
  ChangeOutsideOfGit("retention", "7d");
  Declare("retention: 90d, displayName: Cart");
  ASSERT_TRUE(Apply(Leaving()));
  EXPECT_EQ(Live("retention"), "7d");
  EXPECT_EQ(Live("displayName"), "Cart");
  const auto again = Plan(Leaving());
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->plan.changes.empty());
  ASSERT_EQ(again->plan.left_drift.size(), 1U);
  EXPECT_EQ(again->plan.left_drift[0].drifted_by, "ben");
  ASSERT_TRUE(Apply()) << "and is put back when asked to";
  EXPECT_EQ(Live("retention"), "90d");
  EXPECT_TRUE(Plan()->plan.changes.empty());
  EXPECT_TRUE(store_->Verify()->empty());
}

// What git says of a drifted field is no drift any more.
TEST_F(LeftDrift, GivesWayToGit) {
  ChangeOutsideOfGit("retention", "7d");
  Declare("retention: 30d");
  const auto planned = Plan(Leaving());
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->plan.changes.size(), 1U);
  EXPECT_TRUE(planned->plan.left_drift.empty());
  ASSERT_TRUE(Apply(Leaving()));
  EXPECT_EQ(Live("retention"), "30d");
}

}  // namespace
}  // namespace writ::reconciler
