#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_github.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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

// F33
TEST(GithubActions, FindsEnvironmentsWhoseSecretHidesTheRepositorys) {
  Github github(FakeGithub::Kind::kRepository);
  github.fake->environments = {"eu/prod", "staging"};
  const std::string hiding = "/repos/acme/shop/environments/eu%2Fprod/secrets";
  github.fake->narrower = {hiding + "/" + kName, hiding + "/OTHER"};
  const auto shadows = github.fixture->target().FindShadows(kName);
  ASSERT_TRUE(shadows) << Describe(shadows.error().error);
  EXPECT_THAT(*shadows, ElementsAre(hiding));
  EXPECT_THAT(*github.fixture->target().FindShadows("ANOTHER"), IsEmpty());
  EXPECT_EQ(github.fixture->fake().writes(), 0);
}

// F33: the place that hides is told in the words that a target there has for
// itself, so that one that is delivered to as well is known.
TEST(GithubActions, NamesPlacesAsItsTargetsDo) {
  Github environment(FakeGithub::Kind::kEnvironment);
  EXPECT_EQ(environment.fixture->target().ScopePath(),
            "/repos/acme/shop/environments/eu%2Fprod/secrets");
  EXPECT_THAT(*environment.fixture->target().FindShadows(kName), IsEmpty());
}

// F33
TEST(GithubActions, FindsRepositoriesWhoseSecretHidesTheOrganizations) {
  Github github(FakeGithub::Kind::kOrganization);
  github.fake->repositories = {"acme/shop", "acme/blog"};
  github.fake->secrets[kName].visibility = "all";
  github.fake->narrower = {std::string("/repos/acme/blog/actions/secrets/") +
                           kName};
  const auto shadows = github.fixture->target().FindShadows(kName);
  ASSERT_TRUE(shadows) << Describe(shadows.error().error);
  EXPECT_THAT(*shadows, ElementsAre("/repos/acme/blog/actions/secrets"));
}

// F33: where it may not look, nobody can tell.
TEST(GithubActions, PassesOverPlacesThatItMayNotSee) {
  Github github(FakeGithub::Kind::kRepository);
  github.fake->environments = {"eu/prod"};
  github.fake->narrower_status = 403;
  const auto shadows = github.fixture->target().FindShadows(kName);
  ASSERT_TRUE(shadows) << Describe(shadows.error().error);
  EXPECT_THAT(*shadows, IsEmpty());
  github.fake->narrower_status = 500;
  EXPECT_FALSE(github.fixture->target().FindShadows(kName));
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
