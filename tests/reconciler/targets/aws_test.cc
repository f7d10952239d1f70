#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_aws.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Aws {
  Aws() {
    auto made = std::make_unique<FakeSecretsManager>();
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  FakeSecretsManager* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

// Every other byte of the object stays.
TEST(AwsSecretsManager, ChangesOneFieldOfTheObject) {
  Aws aws;
  const auto written = aws.fixture->Put("canary");
  ASSERT_TRUE(written) << Describe(written.error().error);
  EXPECT_EQ(aws.fake->versions.at(aws.fake->labels.at("AWSCURRENT")),
            R"({"port": 5432, "ratio": 1.50,"password":"canary"})");
  EXPECT_EQ(aws.fake->labels.at("AWSPREVIOUS"), "v0");
  EXPECT_EQ(written->version, aws.fake->labels.at("AWSCURRENT"));
}

TEST(AwsSecretsManager, TakesTheWholeSecretWithoutAField) {
  Aws aws;
  aws.fixture->spec().Find("awsSecretsManager")->Erase("field");
  ASSERT_TRUE(aws.fixture->Put("canary"));
  EXPECT_EQ(aws.fake->versions.at(aws.fake->labels.at("AWSCURRENT")), "canary");
}

// Killed between the two steps: the next try makes no second version.
TEST(AwsSecretsManager, GoesOnWithTheVersionOfTheFirstTry) {
  Aws aws;
  aws.fixture->fake().Meet(FakeServer::Trouble::kApplyThenBreak);
  ASSERT_FALSE(aws.fixture->Put("canary"));
  EXPECT_EQ(aws.fake->labels.at("AWSCURRENT"), "v0");
  aws.fixture->fake().Meet(FakeServer::Trouble::kNone);
  ASSERT_TRUE(aws.fixture->Put("canary"));
  EXPECT_EQ(aws.fake->versions.size(), 2U);
}

TEST(AwsSecretsManager, StartsASecretThatHasNoVersion) {
  Aws aws;
  aws.fake->versions.clear();
  aws.fake->labels.clear();
  ASSERT_TRUE(aws.fixture->Put("canary"));
  EXPECT_EQ(aws.fake->Holds(), "canary");
}

TEST(AwsSecretsManager, LeavesSecretsAloneThatAwsRotates) {
  Aws aws;
  aws.fake->rotates = true;
  const auto result = aws.fixture->Put("canary");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure_class, FailureClass::kInvalid);
  EXPECT_THAT(result.error().error.message, HasSubstr("rotates"));
  EXPECT_EQ(aws.fixture->fake().writes(), 0);
}

TEST(AwsSecretsManager, RefusesFieldsOfWhatIsNoObject) {
  Aws aws;
  aws.fake->versions["v0"] = "plain_old_text";
  const auto status = aws.fixture->target().Preflight("x");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure_class, FailureClass::kInvalid);
  EXPECT_THAT(status.error().error.message, Not(HasSubstr("plain_old")));
}

// T-02: a region names a host.
TEST(AwsSecretsManager, RefusesRegionsThatAreOtherHosts) {
  for (const char* region :
       {"evil.example/", "eu-1.evil.example", "", "EU-CENTRAL-1", "eu@evil"}) {
    Aws aws;
    aws.fixture->spec().Find("awsSecretsManager")->Set("region", region);
    EXPECT_FALSE(aws.fixture->Make()) << region;
  }
}

}  // namespace
}  // namespace writ::reconciler::testing
