// --merge-base: what a pull request will do, not what its stale branch would;
// and that exactly this plan is what is applied after the merge.
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class MergeBase : public Workbench {
 protected:
  // Applied: the shop. On main since: another app, and a change to a file that
  // the branch changes too, some lines away.
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/cart.yaml", AppText("cart", "", "90d"));
    git_.Commit("Add cart");
    Expect(0, {"apply", "--auto-approve"});
    git_.Git({"checkout", "--quiet", "-b", "feature"});
    Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
    git_.Commit("Shorten retention");
    git_.Git({"checkout", "--quiet", "main"});
    Edit("manifests/orders.yaml", "name: amountCents, type: number",
         "name: amount, type: number");
    git_.Write("manifests/refunds.yaml", AppText("refunds"));
    git_.Commit("Add refunds");
  }

  json PlanOfMerge(int code = 0) {
    return ExpectJson(
        code, {"plan", "--ref", "feature", "--merge-base", "main", "--json"});
  }
};

TEST_F(MergeBase, PlansTheMergeAndSaysWhoseWorkItIs) {
  const json plan = PlanOfMerge();
  EXPECT_EQ(plan["context"]["merged_with"], "main");
  const json& origins = plan["context"]["origins"];
  EXPECT_EQ(origins["branch"], 1) << plan["context"];
  EXPECT_GE(origins["merged"], 2);
  EXPECT_EQ(plan["context"]["counts"]["delete"], 0)
      << "a stale branch would delete what main added";
  const Ran text =
      Expect(0, {"plan", "--ref", "feature", "--merge-base", "main"});
  EXPECT_TRUE(Holds(text.out, "This branch: 1 change. Already merged: "));
  EXPECT_TRUE(Holds(text.out, "merged with main"));
  EXPECT_TRUE(Holds(text.out, "Apply it: writ apply --env staging\n"));
}

// The digest covers the decision alone: whose work it is isn't in it.
TEST_F(MergeBase, GivesWhatASquashGives) {
  const std::string digest = PlanOfMerge()["digest"];
  git_.Git({"merge", "--quiet", "--squash", "feature"});
  git_.Commit("Shorten retention (#7)");
  EXPECT_EQ(ExpectJson(0, {"plan", "--json"})["digest"], digest);
  Expect(0, {"apply", "--digest", digest});
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

TEST_F(MergeBase, GivesWhatAMergeCommitGives) {
  const std::string digest = PlanOfMerge()["digest"];
  git_.Git({"merge", "--quiet", "--no-ff", "--message", "Merge", "feature"});
  Expect(0, {"apply", "--digest", digest});
}

TEST_F(MergeBase, IsStaleOnceSomethingElseWasMerged) {
  const std::string digest = PlanOfMerge()["digest"];
  git_.Git({"merge", "--quiet", "--squash", "feature"});
  Edit("manifests/refunds.yaml", "retention: 90d", "retention: 10d");
  git_.Commit("More than was reviewed");
  Expect(6, {"apply", "--digest", digest});
}

TEST_F(MergeBase, TellsDriftFromTheBranch) {
  Expect(0, {"apply", "--auto-approve"});
  git_.Git({"checkout", "--quiet", "-b", "other"});
  Edit("manifests/cart.yaml", "retention: 90d", "retention: 60d");
  git_.Commit("Change cart");
  const json plan = ExpectJson(0, {"plan", "--merge-base", "main", "--json"});
  EXPECT_EQ(plan["context"]["origins"]["branch"], 1);
  EXPECT_EQ(plan["context"]["origins"]["merged"], 0);
}

TEST_F(MergeBase, NamesTheFilesThatConflict) {
  git_.Git({"checkout", "--quiet", "-b", "clash", "feature"});
  Edit("manifests/orders.yaml", "name: amountCents, type: number",
       "name: cents, type: number");
  git_.Commit("Rename a field as well");
  const Ran ran = Expect(3, {"plan", "--ref", "clash", "--merge-base", "main"});
  EXPECT_TRUE(Says(ran, "clash and main conflict in manifests/orders.yaml"));
}

TEST_F(MergeBase, WritesNothingToTheRepository) {
  const std::string before = git_.Git({"count-objects", "--verbose"});
  PlanOfMerge();
  EXPECT_EQ(git_.Git({"count-objects", "--verbose"}), before);
  EXPECT_EQ(git_.Git({"status", "--porcelain", "--untracked-files=no"}), "");
}

TEST_F(MergeBase, NeedsTheHistoryThatBothShare) {
  git_.Git({"checkout", "--quiet", "--orphan", "stranger"});
  git_.Commit("From nothing");
  EXPECT_TRUE(
      Says(Expect(64, {"plan", "--merge-base", "main"}), "share no history"));
  git_.GitIn(git_.root(),
             {"clone", "--quiet", "--depth", "1", "--no-single-branch",
              "file://" + repository().string(), "shallow"});
  Invocation call =
      Call({"plan", "--source", (git_.root() / "shallow").string(), "--ref",
            "origin/feature", "--merge-base", "origin/main"});
  const Ran ran = RunWrit(call);
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_TRUE(Says(ran, "fetch-depth: 0"));
}

TEST_F(MergeBase, IsOfCommitsAlone) {
  EXPECT_TRUE(
      Says(Expect(64, {"plan", "--working-tree", "--merge-base", "main"}),
           "only a commit can"));
}

}  // namespace
}  // namespace writ::e2e
