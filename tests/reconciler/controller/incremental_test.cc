// The law of design section 4: the incremental plan equals the plan from
// nothing, for random edits of every input.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/plan/render_json.h"
#include "reconciler/controller/applier.h"
#include "reconciler/controller/planning.h"
#include "reconciler/store/state_store.h"
#include "schema/json.h"
#include "tests/reconciler/controller/acme_world.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

using testing::AcmeWorld;

// Everything that people see of a plan, or of why there is none.
struct Seen {
  std::string plan;
  std::string mistakes;

  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.plan << "\n" << seen.mistakes;
}

class IncrementalPlan : public ::testing::TestWithParam<std::uint32_t>,
                        public ControllerFixture {
 protected:
  Seen Look(PlanningOptions options, bool incremental,
            PlanPath* path = nullptr) {
    options.incremental = incremental;
    Diagnostics diagnostics;
    auto planned = PlanAgainst(source_, store_.get(), options, diagnostics);
    EXPECT_TRUE(planned.has_value()) << Describe(planned.error());
    Seen seen;
    diagnostics.Sort();
    for (const Diagnostic& diagnostic : diagnostics.items()) {
      seen.mistakes += diagnostic.summary + "\n";
    }
    if (planned && *planned) {
      seen.plan = engine::RenderPlanJson((*planned)->plan);
      if (path != nullptr) *path = (*planned)->path;
    }
    return seen;
  }

  // What somebody does outside of git.
  std::string Meddle(std::mt19937& random) {
    auto all = store_->ReadAll(/*contents=*/true);
    if (!all || all->resources.empty()) return "nothing";
    const auto& row = all->resources[random() % all->resources.size()];
    auto stored = store_->ReadStored(row.id);
    Value content = *ParseJson((*stored)->live.content);
    content.Find("metadata")->Set("labels", Value::Map{});
    engine::LiveResource& live = (*stored)->live;
    if (live.applied.empty()) live.applied = live.content;
    live.content = CanonicalJson(content);
    live.content_digest = Sha256(live.content);
    live.changed_by = "somebody";
    (*stored)->settled = false;
    auto transaction = store_->BeginWrite("");
    EXPECT_TRUE((*transaction)->Put(**stored, live.generation));
    EXPECT_TRUE((*transaction)->Commit());
    return "meddle with " + row.id.address();
  }
};

// What a command line may add to a plan.
PlanningOptions WithFlags(PlanningOptions options, std::mt19937& random) {
  switch (random() % 8) {
    case 0:
      options.plan.allow.deletes = 3;
      break;
    case 1:
      options.plan.allow.updates = 3;
      options.plan.allow.empty = true;
      break;
    case 2:
      options.plan.prune = false;
      break;
    case 3:
      options.plan.mode = engine::PlanMode::kDestroy;
      break;
    case 4:
      options.load.variables = {{"alertChannel", "by-hand"}};
      break;
    default:
      break;
  }
  return options;
}

// Past the limits on how much may go at once, so that worlds go on.
PlanningOptions Allowing(PlanningOptions options) {
  options.plan.allow.deletes = 1000;
  options.plan.allow.updates = 1000;
  return options;
}

TEST_P(IncrementalPlan, EqualsThePlanFromNothing) {
  AcmeWorld world(GetParam());
  std::mt19937 random(GetParam() + 1);
  source_.Commit(world.Render());
  ASSERT_TRUE(Apply()) << mistakes_;
  int incremental = 0;
  std::string story;
  for (int step = 0; step < 30; ++step) {
    const AcmeWorld before = world;
    const int edits = 1 + static_cast<int>(random() % 3);
    for (int i = 0; i < edits; ++i) story += world.Edit() + "; ";
    source_.Commit(world.Render());
    if (random() % 5 == 0) story += Meddle(random) + "; ";
    if (random() % 7 == 0) clock_.Advance(std::chrono::hours(20));
    if (random() % 20 == 0) source_.ForgetEarlierTrees();
    const PlanningOptions options = WithFlags(Options(), random);
    PlanPath path = PlanPath::kComplete;
    const Seen from_base = Look(options, true, &path);
    ASSERT_EQ(from_base, Look(options, false)) << story;
    if (path != PlanPath::kComplete) ++incremental;
    if (from_base.plan.empty()) {
      world.TakeBack(before);  // somebody mends it
      story += "take back; ";
    } else if (random() % 2 == 0 && Apply(Allowing(Options()))) {
      story += "apply; ";
    }
  }
  if (!world.has_overlays()) {
    EXPECT_GT(incremental, 0) << "the law was never put to the test: " << story;
  }
}

class Adoption : public ::testing::Test, public ControllerFixture {};

// What was forgotten and is declared again is compared with what is live, on
// both ways.
TEST_F(Adoption, OfWhatIsLiveAlreadyShowsNoField) {
  const auto files = [](bool declared) {
    testing::Files all;
    all["writ.yaml"] =
        "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
        "spec: {include: [\"m/*.yaml\"], defaultEnvironment: production, "
        "environments: {production: {state: \"sqlite:state\"}}}\n";
    all["m/acme.yaml"] =
        "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: acme}\n"
        "spec: {displayName: Acme}\n";
    if (declared) {
      all["m/cart.yaml"] =
          "apiVersion: writ/v1\nkind: Project\nmetadata: {name: cart}\n"
          "lifecycle: {onDelete: forget, adopt: true}\n"
          "spec: {workspace: acme, environments: [live]}\n";
    }
    return all;
  };
  for (const bool declared : {true, false}) {
    source_.Commit(files(declared));
    ASSERT_TRUE(Apply()) << mistakes_;
  }
  source_.Commit(files(true));
  for (const bool incremental : {true, false}) {
    PlanningOptions options = Options();
    options.incremental = incremental;
    const auto planned = Plan(options);
    ASSERT_TRUE(planned) << mistakes_;
    ASSERT_EQ(planned->plan.changes.size(), 1u);
    EXPECT_EQ(planned->plan.changes[0].action, engine::Action::kAdopt);
    EXPECT_TRUE(planned->plan.changes[0].fields.empty()) << incremental;
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, IncrementalPlan, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace writ::reconciler
