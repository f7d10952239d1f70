#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconciler/egress/encoding.h"
#include "tests/reconciler/targets/fake_kubernetes.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;

struct Cluster {
  Cluster() {
    auto made = std::make_unique<FakeKubernetes>();
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  TargetResult<Written> Put(const std::string& key, const std::string& text) {
    const SecretValue value = SecretValue::Copy(text);
    return fixture->target().Put({{key, "rot-1", 1}, value, ""});
  }
  FakeKubernetes* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

// Each key is a manager's own: applying one takes out no other.
TEST(Kubernetes, DeliversSeveralKeysToOneSecret) {
  Cluster cluster;
  ASSERT_TRUE(cluster.Put("A", "1"));
  ASSERT_TRUE(cluster.Put("B.x-y", "2"));
  ASSERT_TRUE(cluster.Put(std::string(200, 'c'), "3"));
  ASSERT_TRUE(cluster.Put("A", "4"));
  EXPECT_EQ(cluster.fake->Text("A"), "4");
  EXPECT_EQ(cluster.fake->Text("B.x-y"), "2");
  ASSERT_TRUE(cluster.fixture->target().Remove("A"));
  EXPECT_EQ(cluster.fake->Text("A"), std::nullopt);
  EXPECT_EQ(cluster.fake->Text("B.x-y"), "2");
  EXPECT_EQ(cluster.fake->keys.size(), 2U);
  for (const auto& [name, key] : cluster.fake->keys) {
    EXPECT_LE(key.manager.size(), 128U);
  }
}

TEST(Kubernetes, TakesNoFieldFromAnotherManager) {
  Cluster cluster;
  cluster.fake->exists = true;
  cluster.fake->keys[kName] = {Base64("theirs"), "external-secrets"};
  const auto result = cluster.Put(kName, "canary");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().failure_class, FailureClass::kConflict);
  EXPECT_THAT(result.error().error.message, HasSubstr("external-secrets"));
  EXPECT_EQ(cluster.fake->Holds(), "theirs");
}

// The annotation says for which rotation, so that a retry restarts nothing.
TEST(Kubernetes, RestartsOnceForARotation) {
  Cluster cluster;
  Target& target = cluster.fixture->target();
  const Delivery first{kName, "rot-1", 1};
  ASSERT_TRUE(target.Activate(first));
  ASSERT_TRUE(target.Activate(first));
  EXPECT_EQ(cluster.fake->restarts, 1);
  ASSERT_TRUE(target.Activate({kName, "rot-1", 2}));
  EXPECT_EQ(cluster.fake->restarts, 2);
}

TEST(Kubernetes, IsHealthyOnceEveryPodIsNew) {
  Cluster cluster;
  Target& target = cluster.fixture->target();
  const Delivery delivery{kName, "rot-1", 1};
  ASSERT_TRUE(target.Activate(delivery));
  EXPECT_EQ(*target.CheckHealth(delivery), Health::kPending);
  cluster.fake->observed_generation = cluster.fake->generation;
  cluster.fake->updated = 1;
  EXPECT_EQ(*target.CheckHealth(delivery), Health::kPending);
  cluster.fake->updated = 2;
  EXPECT_EQ(*target.CheckHealth(delivery), Health::kHealthy);
  cluster.fake->progressing = false;
  const auto failed = target.CheckHealth(delivery);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().failure_class, FailureClass::kInvalid);
}

TEST(Kubernetes, FindsOutAboutImmutableSecretsBefore) {
  Cluster cluster;
  cluster.fake->exists = true;
  cluster.fake->immutable = true;
  const auto status = cluster.fixture->target().Preflight(kName);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().error.message, HasSubstr("immutable"));
}

TEST(Kubernetes, WantsTheWorkloadsThatItRestarts) {
  Cluster cluster;
  cluster.fixture->spec()
      .Find("kubernetes")
      ->Set("restart", Value::List{"deployment/missing"});
  const auto status = cluster.fixture->target().Preflight(kName);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().failure_class, FailureClass::kGone);
}

}  // namespace
}  // namespace writ::reconciler::testing
