#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_webhook.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Hook {
  explicit Hook(bool sealed) {
    auto made = std::make_unique<FakeWebhook>(sealed);
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  FakeWebhook* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

TEST(Webhook, SealsTheValueToTheReceiver) {
  Hook hook(true);
  ASSERT_TRUE(hook.fixture->Put("canary_value"));
  EXPECT_EQ(hook.fake->Holds(), "canary_value");
  EXPECT_THAT(hook.fixture->fake().server().received().back().body,
              Not(HasSubstr("canary")));
}

// A retry has the id of the first try, another step has not.
TEST(Webhook, NamesTheOperationAndNotTheTry) {
  Hook hook(false);
  hook.fixture->fake().Meet(FakeServer::Trouble::kApplyThenBreak);
  ASSERT_FALSE(hook.fixture->Put("v"));
  hook.fixture->fake().Meet(FakeServer::Trouble::kNone);
  ASSERT_TRUE(hook.fixture->Put("v"));
  ASSERT_EQ(hook.fake->ids.size(), 1U);
  EXPECT_EQ(hook.fake->ids.begin()->second, 2);
  const SecretValue value = SecretValue::Copy("v");
  ASSERT_TRUE(hook.fixture->target().Put({{kName, "rot.1", 2}, value, ""}));
  EXPECT_EQ(hook.fake->ids.size(), 2U);
}

TEST(Webhook, ReportsWhatTheReceiverSays) {
  Hook hook(false);
  ASSERT_TRUE(hook.fixture->target().Preflight(kName));
  hook.fake->state = "pending";
  EXPECT_TRUE(hook.fixture->target().Activate(hook.fixture->delivery()));
  EXPECT_EQ(*hook.fixture->target().CheckHealth(hook.fixture->delivery()),
            Health::kPending);
  hook.fake->state = "failed";
  const auto failed =
      hook.fixture->target().CheckHealth(hook.fixture->delivery());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().failure_class, FailureClass::kInvalid);
  EXPECT_FALSE(hook.fixture->Put("v"));
}

// A rotation goes on in another process than its preflight.
TEST(Webhook, ActivatesWithoutHavingAskedWhatItCan) {
  Hook hook(false);
  ASSERT_TRUE(hook.fixture->target().Activate(hook.fixture->delivery()));
  EXPECT_EQ(hook.fake->ids.size(), 1U);
  hook.fake->state = "pending";
  EXPECT_EQ(*hook.fixture->target().CheckHealth(hook.fixture->delivery()),
            Health::kPending);
}

TEST(Webhook, RefusesKeysThatAreNone) {
  Hook hook(true);
  hook.fixture->spec().Find("webhook")->Set("sealTo", "bm90IGEga2V5");
  EXPECT_FALSE(hook.fixture->Make());
}

// T-02
TEST(Webhook, CallsBoundServersOnly) {
  Hook hook(false);
  hook.fixture->host().hosts.clear();
  const auto made = hook.fixture->Make();
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().remedy, HasSubstr("hosts:"));
}

}  // namespace
}  // namespace writ::reconciler::testing
