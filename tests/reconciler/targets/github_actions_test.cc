#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_github.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Github {
  explicit Github(FakeGithub::Kind kind) {
    auto made = std::make_unique<FakeGithub>(kind);
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  FakeGithub* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

TEST(GithubActions, SendsSealedBoxesAlone) {
  Github github(FakeGithub::Kind::kRepository);
  ASSERT_TRUE(github.fixture->Put("canary_value"));
  EXPECT_EQ(github.fake->Holds(), "canary_value");
  for (const ReceivedRequest& request :
       github.fixture->fake().server().received()) {
    EXPECT_THAT(request.body, Not(HasSubstr("canary")));
  }
}

// F36
TEST(GithubActions, SealsAnewWhereTheKeyWasChanged) {
  Github github(FakeGithub::Kind::kRepository);
  github.fake->change_key_once = true;
  const auto written = github.fixture->Put("canary_value");
  ASSERT_TRUE(written) << Describe(written.error().error);
  EXPECT_EQ(github.fake->Holds(), "canary_value");
}

TEST(GithubActions, KeepsWhoSeesAnOrganizationsSecret) {
  Github github(FakeGithub::Kind::kOrganization);
  github.fixture->spec().Find("githubActions")->Erase("visibility");
  github.fake->Plant("old");
  github.fake->secrets[kName].repositories = {};
  for (std::int64_t id = 1; id <= 42; ++id) {
    github.fake->secrets[kName].repositories.push_back(id);
  }
  const auto before = github.fake->secrets[kName].repositories;
  ASSERT_TRUE(github.fixture->Put("new"));
  EXPECT_EQ(github.fake->secrets[kName].visibility, "selected");
  EXPECT_EQ(github.fake->secrets[kName].repositories, before);
  github.fake->secrets[kName].visibility = "private";
  ASSERT_TRUE(github.fixture->Put("newer"));
  EXPECT_EQ(github.fake->secrets[kName].visibility, "private");
}

TEST(GithubActions, AsksWhoMaySeeANewOrganizationsSecret) {
  Github github(FakeGithub::Kind::kOrganization);
  github.fixture->spec().Find("githubActions")->Erase("visibility");
  const auto status = github.fixture->target().Preflight(kName);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().error.remedy, HasSubstr("visibility"));
}

TEST(GithubActions, RefusesNamesAndSizesThatGithubDoes) {
  Github github(FakeGithub::Kind::kRepository);
  EXPECT_FALSE(github.fixture->target().Preflight("GITHUB_X"));
  EXPECT_FALSE(github.fixture->target().Preflight("github_x"));
  EXPECT_FALSE(github.fixture->Put(std::string(49153, 'x')));
  EXPECT_FALSE(github.fixture->Put(""));
  EXPECT_EQ(github.fixture->fake().writes(), 0);
}

// The date moves with each write, and says nothing of the value.
TEST(GithubActions, ObservesByTheDateOfTheWrite) {
  Github github(FakeGithub::Kind::kEnvironment);
  ASSERT_TRUE(github.fixture->Put("one"));
  const auto first = github.fixture->Observe();
  ASSERT_TRUE(github.fixture->Put("one"));
  const auto second = github.fixture->Observe();
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->version, second->version);
}

}  // namespace
}  // namespace writ::reconciler::testing
