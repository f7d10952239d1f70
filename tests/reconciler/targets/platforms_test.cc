// What is a platform's own: deploys, health, and the traps of each API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/targets/fake_platforms.h"

namespace writ::reconciler::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kCanary[] = "canary_7Hq2Xw9Lm4";

template <typename Fake>
struct On {
  On() {
    auto made = std::make_unique<Fake>();
    fake = made.get();
    fixture = std::make_unique<TargetFixture>(std::move(made));
  }
  Target& target() { return fixture->target(); }
  Delivery delivery() const { return fixture->delivery(); }
  // Healthy, pending, or the class of a failure.
  std::string HealthNow() {
    const auto health = target().CheckHealth(delivery());
    if (!health) return std::string(Name(health.error().failure_class));
    return *health == Health::kHealthy ? "healthy" : "pending";
  }
  Fake* fake = nullptr;
  std::unique_ptr<TargetFixture> fixture;
};

TEST(Render, DeploysTheService) {
  On<FakeRender> render;
  ASSERT_TRUE(render.target().Activate(render.delivery()));
  EXPECT_EQ(render.fake->deploys["id-1"], 1);
  EXPECT_EQ(render.HealthNow(), "pending");
  render.fake->status = "live";
  EXPECT_EQ(render.HealthNow(), "healthy");
  render.fake->status = "build_failed";
  EXPECT_EQ(render.HealthNow(), "invalid");
}

TEST(Render, DeploysEveryServiceOfAGroup) {
  On<FakeRender> render;
  render.fake->group = true;
  render.fixture->spec() = render.fake->Spec("");
  ASSERT_TRUE(render.target().Activate(render.delivery()));
  EXPECT_EQ(render.fake->deploys["srv-a"], 1);
  EXPECT_EQ(render.fake->deploys["srv-b"], 1);
}

TEST(Flyio, RestartsTheMachinesThatRun) {
  On<FakeFlyio> fly;
  ASSERT_TRUE(fly.target().Activate(fly.delivery()));
  EXPECT_EQ(fly.fake->machines["m1"].restarts, 1);
  EXPECT_EQ(fly.fake->machines["m2"].restarts, 0);
  EXPECT_EQ(fly.HealthNow(), "healthy");
  fly.fake->machines["m1"].check = "critical";
  EXPECT_EQ(fly.HealthNow(), "pending");
  fly.fake->machines["m1"].state = "failed";
  EXPECT_EQ(fly.HealthNow(), "invalid");
}

// F31: somebody else's write shows by the digest.
TEST(Flyio, ObservesByItsDigest) {
  On<FakeFlyio> fly;
  const auto written = fly.fixture->Put(kCanary);
  ASSERT_TRUE(written);
  EXPECT_EQ(fly.fixture->Observe()->version, written->version);
  fly.fake->Plant("other");
  EXPECT_NE(fly.fixture->Observe()->version, written->version);
}

// F38
TEST(Railway, DeploysOnceItIsAskedTo) {
  On<FakeRailway> railway;
  ASSERT_TRUE(railway.fixture->Put(kCanary));
  EXPECT_TRUE(railway.fake->skipped_deploys);
  EXPECT_EQ(railway.fake->deploys, 0);
  ASSERT_TRUE(railway.target().Activate(railway.delivery()));
  EXPECT_EQ(railway.fake->deploys, 1);
  EXPECT_EQ(railway.HealthNow(), "pending");
  railway.fake->status = "SUCCESS";
  EXPECT_EQ(railway.HealthNow(), "healthy");
  railway.fake->status = "CRASHED";
  EXPECT_EQ(railway.HealthNow(), "invalid");
}

TEST(Railway, LeavesDeploysOfSharedVariablesToRailway) {
  On<FakeRailway> railway;
  railway.fixture->spec().Find("railway")->Erase("service");
  ASSERT_TRUE(railway.fixture->Put(kCanary));
  EXPECT_FALSE(railway.fake->skipped_deploys);
  EXPECT_FALSE(railway.target().capabilities().activates);
}

// A 200 with errors is a failure, and says nothing that it was given.
TEST(Railway, TakesErrorsForWhatTheyAre) {
  On<FakeRailway> railway;
  const struct {
    const char* error;
    FailureClass want;
  } cases[] = {{"Problem processing request ", FailureClass::kInvalid},
               {"Service not found ", FailureClass::kGone}};
  for (const auto& c : cases) {
    railway.fake->error = c.error;
    const auto result = railway.fixture->Put(kCanary);
    ASSERT_FALSE(result);
    EXPECT_EQ(Name(result.error().failure_class), Name(c.want));
    EXPECT_THAT(result.error().error.message, Not(HasSubstr(kCanary)));
  }
}

TEST(Railway, FindsOutWhichKindOfTokenItHas) {
  On<FakeRailway> railway;
  railway.fake->project_token = true;
  ASSERT_TRUE(railway.fixture->Put(kCanary));
  EXPECT_EQ(railway.fake->Holds(), kCanary);
}

TEST(Railway, CannotReadSealedVariables) {
  On<FakeRailway> railway;
  railway.fake->variables[kName] = Value();
  const auto seen = railway.fixture->Observe();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->present);
  EXPECT_FALSE(seen->readable);
}

// F37: a record that covers more than the target isn't written.
TEST(Vercel, RefusesARecordThatCoversMore) {
  On<FakeVercel> vercel;
  vercel.fake->records["wide"] = {
      kName, "old", "encrypted", {"production", "development"}, 1, ""};
  const auto result = vercel.fixture->Put(kCanary);
  ASSERT_FALSE(result);
  EXPECT_EQ(Name(result.error().failure_class), Name(FailureClass::kInvalid));
  EXPECT_EQ(vercel.fake->records["wide"].value, "old");
  EXPECT_EQ(vercel.fixture->fake().writes(), 0);
}

TEST(Vercel, AddsWhatNoRecordCovers) {
  On<FakeVercel> vercel;
  vercel.fake->records["half"] = {kName,       "old", "encrypted",
                                  {"preview"}, 1,     ""};
  EXPECT_FALSE(vercel.fixture->Observe()->present);
  ASSERT_TRUE(vercel.fixture->Put(kCanary));
  EXPECT_EQ(vercel.fake->records["half"].value, kCanary);
  EXPECT_EQ(vercel.fake->Holds(), kCanary);
}

TEST(Vercel, SaysNoValueWhereTargetsDiffer) {
  On<FakeVercel> vercel;
  vercel.fake->Plant("one");
  vercel.fake->records["planted-preview"].value = "two";
  const auto seen = vercel.fixture->Observe();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->present);
  EXPECT_TRUE(seen->value.empty());
}

// A 201 with failures in it.
TEST(Vercel, LooksAtWhatFailedToBeCreated) {
  On<FakeVercel> vercel;
  vercel.fake->failed = "ENV_CONFLICT ";
  const auto result = vercel.fixture->Put(kCanary);
  ASSERT_FALSE(result);
  EXPECT_EQ(Name(result.error().failure_class), Name(FailureClass::kInvalid));
  EXPECT_THAT(result.error().error.message, HasSubstr("ENV_CONFLICT"));
  EXPECT_THAT(result.error().error.message, Not(HasSubstr(kCanary)));
}

TEST(Vercel, CannotReadSensitiveVariables) {
  On<FakeVercel> vercel;
  vercel.fixture->spec().Find("vercel")->Set("sensitive", true);
  ASSERT_TRUE(vercel.fixture->Put(kCanary));
  EXPECT_EQ(vercel.fake->records["r2"].type, "sensitive");
  const auto seen = vercel.fixture->Observe();
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->present);
  EXPECT_FALSE(seen->readable);
  EXPECT_FALSE(vercel.target().capabilities().reads_back);
}

TEST(Vercel, DeploysOnceForARotation) {
  On<FakeVercel> vercel;
  ASSERT_TRUE(vercel.target().Activate(vercel.delivery()));
  ASSERT_TRUE(vercel.target().Activate(vercel.delivery()));
  ASSERT_EQ(vercel.fake->deployments.size(), 2U);
  EXPECT_EQ(vercel.HealthNow(), "pending");
  vercel.fake->deployments.back().state = "READY";
  EXPECT_EQ(vercel.HealthNow(), "healthy");
  vercel.fake->deployments.back().state = "ERROR";
  EXPECT_EQ(vercel.HealthNow(), "invalid");
}

// F29: values that the platform would alter.
TEST(Platforms, RefuseValuesThatTheyWouldExpand) {
  On<FakeDoppler> doppler;
  EXPECT_FALSE(doppler.fixture->Put("a${B}c"));
  EXPECT_FALSE(doppler.target().Preflight("lower"));
  On<FakeRailway> railway;
  EXPECT_FALSE(railway.fixture->Put("a${{B}}c"));
  On<FakeRender> render;
  EXPECT_FALSE(render.fixture->Put(""));
  EXPECT_FALSE(render.fixture->Put("\xff\xfe"));
}

}  // namespace
}  // namespace writ::reconciler::testing
