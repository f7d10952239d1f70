// lifecycle.ignore through plan and apply: drift at a path is left alone for as
// long as git says nothing new of it.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "engine/plan/plan.h"
#include "schema/json.h"
#include "tests/reconciler/controller/controller_fixture.h"

namespace writ::reconciler {
namespace {

using testing::Files;

Files Cart(const std::string& spec, const std::string& ignore) {
  return {
      {"writ.yaml",
       "apiVersion: writ/v1\nkind: Repository\nmetadata: {name: acme}\n"
       "spec: {include: [\"m/*.yaml\"], defaultEnvironment: production, "
       "environments: {production: {state: \"sqlite:state\"}}}\n"},
      {"m/acme.yaml",
       "apiVersion: writ/v1\nkind: Workspace\nmetadata: {name: acme}\n"
       "spec: {displayName: Acme}\n"},
      {"m/cart.yaml",
       "apiVersion: writ/v1\nkind: App\nmetadata: {name: cart}\n"
       "lifecycle: {ignore: [" +
           ignore + "]}\nspec: {workspace: acme, " + spec + "}\n"},
  };
}

class IgnoredPaths : public ::testing::Test, public ControllerFixture {
 protected:
  // Somebody gives App/cart another retention outside of git.
  void Drift(const std::string& retention) {
    auto stored = store_->ReadStored(*ResourceId::Parse("App/cart"));
    ASSERT_TRUE(stored && *stored);
    engine::LiveResource& live = (*stored)->live;
    Value content = *ParseJson(live.content);
    content.Find("spec")->Set("retention", retention);
    if (live.applied.empty()) live.applied = live.content;
    live.content = CanonicalJson(content);
    live.content_digest = Sha256(live.content);
    (*stored)->settled = false;
    auto transaction = store_->BeginWrite("");
    ASSERT_TRUE((*transaction)->Put(**stored, live.generation));
    ASSERT_TRUE((*transaction)->Commit());
  }

  // "retention 90d > 1d" of every change of App/cart, on both ways.
  std::string Planned() {
    std::string seen;
    for (const bool incremental : {true, false}) {
      PlanningOptions options = Options();
      options.incremental = incremental;
      const auto planned = Plan(options);
      EXPECT_TRUE(planned) << mistakes_;
      if (!planned) return mistakes_;
      std::string now;
      for (const engine::Change& change : planned->plan.changes) {
        for (const engine::FieldChange& field : change.fields) {
          now += field.path + " " + CanonicalJson(*field.before) + " > " +
                 CanonicalJson(*field.after) + "; ";
        }
      }
      EXPECT_TRUE(incremental || now == seen) << now << " is not " << seen;
      seen = now;
    }
    return seen;
  }

  void Reach(const std::string& spec,
             const std::string& ignore = "spec.retention") {
    source_.Commit(Cart(spec, ignore));
    ASSERT_TRUE(Apply()) << mistakes_;
  }
};

TEST_F(IgnoredPaths, LeaveDriftAloneAndPlanWhatGitChanges) {
  Reach("retention: 90d");
  Drift("1d");
  EXPECT_EQ(Planned(), "");
  source_.Commit(Cart("retention: 365d", "spec.retention"));
  EXPECT_EQ(Planned(), R"(spec.retention "1d" > "365d"; )");
  ASSERT_TRUE(Apply()) << mistakes_;
  EXPECT_EQ(Planned(), "");
  Drift("2d");
  EXPECT_EQ(Planned(), "");
}

// What another change wrote along isn't what git said.
TEST_F(IgnoredPaths, LeaveDriftAloneAfterAnotherFieldWasApplied) {
  Reach("retention: 90d");
  Drift("1d");
  Reach("retention: 90d, displayName: Cart");
  EXPECT_EQ(Planned(), "");
  source_.Commit(Cart("retention: 365d, displayName: Cart", "spec.retention"));
  EXPECT_EQ(Planned(), R"(spec.retention "1d" > "365d"; )");
}

TEST_F(IgnoredPaths, LeaveDriftAloneAfterGitCameToWhatIsLive) {
  Reach("retention: 90d");
  Drift("1d");
  Reach("retention: 1d");
  Drift("2d");
  EXPECT_EQ(Planned(), "");
}

TEST_F(IgnoredPaths, NoLongerIgnoredAreHealed) {
  Reach("retention: 90d");
  Drift("1d");
  Reach("retention: 90d, displayName: Cart");
  source_.Commit(Cart("retention: 90d, displayName: Cart", ""));
  EXPECT_EQ(Planned(), R"(spec.retention "1d" > "90d"; )");
}

}  // namespace
}  // namespace writ::reconciler
