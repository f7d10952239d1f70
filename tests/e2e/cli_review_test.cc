// `writ review` as CI runs it, against a host that behaves like GitHub.
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/workbench.h"
#include "tests/reconciler/review/fake_code_host.h"

namespace writ::e2e {
namespace {

using reconciler::testing::FakeCodeHost;

class ReviewCommand : public Workbench {
 protected:
  ReviewCommand() : fake_("github") {}

  void SetUp() override {
    WriteShop();
    const std::filesystem::path path = git_.root() / "host.yaml";
    std::ofstream(path) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                           "  networks: [127.0.0.0/8]\n"
                           "  hosts: {github: \""
                        << fake_.url() << "\"}\n";
    std::filesystem::permissions(path, std::filesystem::perms(0644));
  }

  Ran Review(Arguments arguments, bool with_token = true) {
    arguments.insert(arguments.begin(), "review");
    arguments.insert(arguments.end(),
                     {"--host-config", (git_.root() / "host.yaml").string()});
    Invocation call = Call(std::move(arguments));
    call.variables = {{"GITHUB_ACTIONS", "true"},
                      {"GITHUB_REPOSITORY", "acme/shop"},
                      {"GITHUB_REF", "refs/pull/5/merge"}};
    if (with_token) {
      call.variables.emplace_back("GITHUB_TOKEN",
                                  reconciler::testing::kReviewToken);
    }
    return RunWrit(call);
  }

  FakeCodeHost fake_;
};

TEST_F(ReviewCommand, CommentsOnThePullRequestOfItsJob) {
  Ran ran = Review({});
  ASSERT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(ran.out, "Made the comment on acme/shop #5: "));
  ASSERT_EQ(fake_.comments().size(), 1U);
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "### writ plan · staging"));
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "--digest "));
  Expect(0, {"apply", "--auto-approve"});
  ran = Review({"--json"});
  ASSERT_EQ(ran.code, 0) << ran.all();
  EXPECT_EQ(json::parse(ran.out)["comment"], "updated");
  ASSERT_EQ(fake_.comments().size(), 1U);
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "**No changes.**"));
  const auto statuses = fake_.Posted("/f00d");
  ASSERT_EQ(statuses.size(), 2U);
  EXPECT_TRUE(
      Holds(std::string(statuses[1].FindString("description")), "audit "))
      << "T-11: the head of the audit, where it is known";
}

// The job that comments has no code of the branch: a plan file is enough.
TEST_F(ReviewCommand, TakesAPlanThatAnotherJobKept) {
  Expect(0, {"plan", "--out", "plan.json"});
  const std::string kept = Read(repository() / "plan.json");
  const std::filesystem::path elsewhere = git_.root() / "elsewhere";
  std::filesystem::create_directories(elsewhere);
  std::ofstream(elsewhere / "plan.json") << kept;
  const Ran ran = Review({(elsewhere / "plan.json").string()});
  ASSERT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(fake_.comments().at(0).body,
                    std::string(json::parse(kept)["digest"])));
}

TEST_F(ReviewCommand, TellsMistakesAndEndsThree) {
  Edit("manifests/orders.yaml", "retention: 90d", "retentoin: 90d");
  git_.Commit("Slip");
  const Ran ran = Review({"--env", "staging"});
  EXPECT_EQ(ran.code, 3) << ran.all();
  EXPECT_TRUE(Holds(fake_.comments().at(0).body, "Nothing was planned."));
  EXPECT_EQ(fake_.Posted("/f00d").at(0).FindString("state"), "failure");
  EXPECT_EQ(fake_.Posted("/check-runs").size(), 1U);
}

// Without --env: the comment that was there says what is wrong now.
TEST_F(ReviewCommand, UpdatesItsCommentWithMistakes) {
  ASSERT_EQ(Review({}).code, 0);
  Edit("manifests/orders.yaml", "retention: 90d", "retentoin: 90d");
  git_.Commit("Slip");
  EXPECT_EQ(Review({}).code, 3);
  ASSERT_EQ(fake_.comments().size(), 1U);
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "Nothing was planned."));
  const Value status = fake_.Posted("/f00d").back();
  EXPECT_EQ(status.FindString("state"), "failure");
  EXPECT_EQ(status.FindString("context"), "writ/staging");
  EXPECT_TRUE(Holds(std::string(status.FindString("description")),
                    "manifests/orders.yaml:6: unknown field \"retentoin\""));
}

TEST_F(ReviewCommand, UpdatesItsCommentWhenWritYamlIsWrong) {
  ASSERT_EQ(Review({}).code, 0);
  Edit("writ.yaml", "environments:", "enviroments:");
  git_.Commit("Slip");
  EXPECT_EQ(Review({}).code, 3);
  ASSERT_EQ(fake_.comments().size(), 1U);
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "enviroments"));
  EXPECT_EQ(fake_.Posted("/f00d").back().FindString("context"), "writ");
  Edit("writ.yaml", "enviroments:", "environments:");
  git_.Commit("Mend");
  EXPECT_EQ(Review({}).code, 0);
  ASSERT_EQ(fake_.comments().size(), 1U);
  EXPECT_TRUE(Holds(fake_.comments()[0].body, "### writ plan · staging"));
}

// Hosts want files as the repository has them.
TEST_F(ReviewCommand, NamesFilesFromTheRepositorysRoot) {
  git_.Git({"rm", "--quiet", "-r", "."});
  WriteShop("deploy/writ");
  Edit("deploy/writ/manifests/orders.yaml", "retention: 90d", "retentoin: 90d");
  git_.Commit("Slip");
  EXPECT_EQ(Review({"--source", "deploy/writ"}).code, 3);
  const auto runs = fake_.Posted("/check-runs");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(
      runs[0].FindPath("output.annotations")->AsList().at(0).FindString("path"),
      "deploy/writ/manifests/orders.yaml");
}

TEST_F(ReviewCommand, SaysWhatItLacks) {
  EXPECT_TRUE(Says(Review({}, /*with_token=*/false), "GITHUB_TOKEN"));
  EXPECT_TRUE(Says(Expect(64, {"review"}), "--host github, gitlab or gitea"));
  EXPECT_TRUE(Says(Expect(64, {"review", "--host", "github"}), "--pr N"));
  EXPECT_TRUE(Says(Expect(64, {"review", "--host", "github", "--pr", "1"}),
                   "--repository"));
  EXPECT_TRUE(Says(Expect(64, {"review", "--host", "gitea", "--pr", "1",
                               "--repository", "acme/shop"}),
                   "hosts: {gitea: "));
  EXPECT_TRUE(Says(Expect(64, {"review", "--host", "github", "--pr", "1",
                               "--repository", "acme/../x"}),
                   "no repository's name"));
}

}  // namespace
}  // namespace writ::e2e
