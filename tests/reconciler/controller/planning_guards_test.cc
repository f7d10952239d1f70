// T-04: what writ.yaml said of guards when it was last applied judges the next
// commit as well.
#include <gtest/gtest.h>

#include <string>

#include "reconciler/controller/configured_guards.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

class PlanningGuards : public ::testing::Test, public ControllerFixture {
 protected:
  // Twelve apps, but for the first `gone`, under a limit on deletes.
  void Commit(int gone, int max_delete_percent) {
    testing::Files files;
    files["writ.yaml"] =
        "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
        "spec:\n  environments: {production: {}}\n"
        "  safety: {maxDeletePercent: " +
        std::to_string(max_delete_percent) + "}\n";
    std::string text =
        "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: acme}\n"
        "spec: {displayName: Acme}\n";
    for (int i = gone; i < 12; ++i) {
      text += "---\napiVersion: writ/v1\nkind: Project\nmetadata: {name: p" +
              std::to_string(i) + "}\nspec: {workspace: acme}\n";
    }
    files["all.yaml"] = text;
    source_.Commit(files);
  }
};

TEST_F(PlanningGuards, ARelaxedLimitTakesEffectOneApplyLater) {
  Commit(0, 10);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit(3, 90);
  auto planned = Plan();
  ASSERT_TRUE(planned);
  EXPECT_TRUE(planned->plan.unsafe());
  ASSERT_EQ(planned->plan.alarms.size(), 1U);
  EXPECT_EQ(planned->plan.alarms[0].path, "safety.maxDeletePercent");

  // The relaxation alone, then what it allows.
  Commit(0, 90);
  planned = Plan();
  EXPECT_TRUE(planned->plan.changes.empty());
  EXPECT_EQ(planned->plan.alarms.size(), 1U);
  ASSERT_TRUE(Apply());
  EXPECT_TRUE(Plan()->plan.alarms.empty());
  Commit(3, 90);
  EXPECT_TRUE(Apply());
}

TEST_F(PlanningGuards, AStricterLimitTakesEffectAtOnce) {
  Commit(0, 90);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit(3, 10);
  const auto planned = Plan();
  EXPECT_TRUE(planned->plan.unsafe());
  EXPECT_TRUE(planned->plan.alarms.empty());
}

TEST_F(PlanningGuards, StandAsTheyWereAfterAnApplyOfAPart) {
  Commit(0, 10);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit(1, 90);
  PlanningOptions options = Options();
  options.plan.targets = {ResourceId::Parse("Project/p0").value()};
  ASSERT_TRUE(Apply(options));
  EXPECT_EQ(Plan()->plan.alarms.size(), 1U);
}

TEST_F(PlanningGuards, AreInTheAuditWhenTheyChange) {
  Commit(0, 20);
  ASSERT_TRUE(Apply()) << mistakes_;
  Commit(0, 10);
  ASSERT_TRUE(Apply()) << mistakes_;
  int found = 0;
  const auto audit = store_->ReadAudit(1, 100).value();
  for (const AuditEntry& entry : audit) {
    if (entry.action != "apply.guards") continue;
    ++found;
    EXPECT_EQ(ParseKeptGuards(entry.details)->guards.safety.max_delete_percent,
              10);
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace writ::reconciler
