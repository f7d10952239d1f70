#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_gitlab.h"

namespace writ::reconciler::testing {
namespace {

struct Lab {
  Lab() {
    auto made = std::make_unique<FakeGitlab>();
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  FakeGitlab* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

TEST(Gitlab, MakesVariablesRawAndMasked) {
  Lab lab;
  ASSERT_TRUE(lab.fixture->Put("canary_12345"));
  const FakeGitlab::Variable* made = lab.fake->Find(kName, "prod/*");
  ASSERT_NE(made, nullptr);
  EXPECT_TRUE(made->raw && made->masked);
}

TEST(Gitlab, KeepsOthersSettingsOfAVariable) {
  Lab lab;
  lab.fixture->spec().Find("gitlab")->Erase("masked");
  lab.fake->variables.push_back({kName, "prod/*", "old", true, false, false});
  ASSERT_TRUE(lab.fixture->Put("canary_12345"));
  EXPECT_TRUE(lab.fake->Find(kName, "prod/*")->masked);
  EXPECT_FALSE(lab.fake->Find(kName, "prod/*")->raw);
  ASSERT_TRUE(lab.fixture->Put("with$dollar"));
  EXPECT_TRUE(lab.fake->Find(kName, "prod/*")->raw);
}

TEST(Gitlab, CannotReadHiddenVariables) {
  Lab lab;
  lab.fake->variables.push_back({kName, "prod/*", "old", true, false, true});
  const auto seen = lab.fixture->Observe();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->present);
  EXPECT_FALSE(seen->readable);
}

// F29: what GitLab would refuse to mask.
TEST(Gitlab, RefusesValuesThatCannotBeMasked) {
  Lab lab;
  EXPECT_FALSE(lab.fixture->Put("short"));
  EXPECT_FALSE(lab.fixture->Put("two lines\nof text"));
  EXPECT_EQ(lab.fixture->fake().writes(), 0);
}

}  // namespace
}  // namespace writ::reconciler::testing
