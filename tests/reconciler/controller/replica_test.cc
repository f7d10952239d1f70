// The law of remote state: a plan against a replica is the plan against the
// state, digest for digest, for random edits of manifests and of what is live.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <string>

#include "engine/plan/render_json.h"
#include "reconciler/store/plan_rows.h"
#include "tests/reconciler/controller/acme_world.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

using testing::AcmeWorld;

class ReplicaPlan : public ::testing::TestWithParam<std::uint32_t>,
                    public ControllerFixture {
 protected:
  // As a gateway and its client do it: deltas where they can be.
  void Follow() {
    auto reader = PlanRowsReader::Open(folder_ / "state");
    ASSERT_TRUE(reader) << Describe(reader.error());
    const PlanCopy copy = (*reader)->Read({}).value();
    const std::string version = copy.Version();
    const std::string text =
        known_ ? known_->DeltaText(copy, version) : copy.Text(version);
    auto replica = PlanReplica::Open(folder_ / "replica");
    ASSERT_TRUE(replica) << Describe(replica.error());
    const Status written = (*replica)->Write(*ParsePlanCopy(text));
    ASSERT_TRUE(written) << Describe(written.error());
    known_.emplace(version, copy);
  }

  std::string PlanOver(StateStore& store, bool incremental) {
    PlanningOptions options = Options();
    options.incremental = incremental;
    Diagnostics diagnostics;
    const auto planned = PlanAgainst(source_, &store, options, diagnostics);
    EXPECT_TRUE(planned) << Describe(planned.error());
    if (!planned || !*planned) return "";
    return engine::RenderPlanJson((*planned)->plan);
  }

  std::optional<PlanCopyMarks> known_;
};

TEST_P(ReplicaPlan, EqualsThePlanWhereTheStateIs) {
  AcmeWorld world(GetParam());
  std::mt19937 random(GetParam());
  source_.Commit(world.Render());
  ASSERT_TRUE(Apply()) << mistakes_;
  for (int step = 0; step < 6; ++step) {
    const AcmeWorld before = world;
    const std::string edit = world.Edit();
    source_.Commit(world.Render());
    ASSERT_NO_FATAL_FAILURE(Follow()) << edit;
    OpenOptions options;
    options.folder = folder_ / "replica";
    options.clock = &clock_;
    options.random = &random_;
    const auto replica = StateStore::Open(options);
    ASSERT_TRUE(replica) << Describe(replica.error());
    const std::string here = PlanOver(*store_, true);
    ASSERT_EQ(PlanOver(**replica, true), here) << edit;
    ASSERT_EQ(PlanOver(**replica, false), here) << edit;
    if (here.empty()) {
      world.TakeBack(before);
    } else if (random() % 2 == 0) {
      PlanningOptions applying = Options();
      applying.plan.allow.deletes = 1000;
      applying.plan.allow.updates = 1000;
      Apply(applying);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, ReplicaPlan, ::testing::Range(1u, 7u));

}  // namespace
}  // namespace writ::reconciler
