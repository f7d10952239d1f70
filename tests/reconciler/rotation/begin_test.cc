#include "reconciler/rotation/begin.h"

#include "tests/reconciler/rotation/rotation_fixture.h"

namespace writ::reconciler {
namespace {

using engine::rotation::Cause;

class BeginRotation : public RotationTest {
 protected:
  std::optional<Cause> Asks() {
    const auto token = ReadRotatedToken(*store_, Id(kDeploy));
    EXPECT_TRUE(token) << Describe(token.error());
    return FindCause(*store_, *token, clock_.Now()).value();
  }
  std::optional<Timestamp> LookAt() {
    return ReadRotatedToken(*store_, Id(kDeploy))->active.at(0).rotate_at;
  }
};

TEST_F(BeginRotation, ATokenThatIsToBeDeliveredWantsItsFirstCredential) {
  EXPECT_EQ(Asks(), Cause::kIssue);
  Deliver();
  EXPECT_EQ(Asks(), std::nullopt);
}

TEST_F(BeginRotation, NoneIsWantedInPlaceOfOneThatAPersonRevoked) {
  Deliver();
  const auto active = ReadRotatedToken(*store_, Id(kDeploy))->active;
  ASSERT_FALSE(Do([&](WriteTransaction& write) {
    return credentials_->Revoke(write, active.at(0).id, {"ana", "leaked"});
  }));
  EXPECT_EQ(Asks(), std::nullopt);
}

TEST_F(BeginRotation, IsDueByItsSchedule) {
  Deliver();
  EXPECT_EQ(LookAt(), clock_.Now() + std::chrono::hours(24 * 30));
  clock_.Advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(Asks(), Cause::kSchedule);
}

TEST_F(BeginRotation, IsAskedForByRotationId) {
  Deliver();
  DeclareToken(2);
  EXPECT_EQ(Asks(), Cause::kRotationId);
  Advance(Begin(Cause::kRotationId).id);
  EXPECT_EQ(Asks(), std::nullopt);
}

TEST_F(BeginRotation, AChangedTokenIsLookedAtAtOnce) {
  Deliver();
  DeclareToken(2);
  const auto token = ReadRotatedToken(*store_, Id(kDeploy)).value();
  ASSERT_FALSE(Do([&](WriteTransaction&) {
    return ScheduleCredential(*store_, token, token.active.at(0), clock_.Now());
  }));
  EXPECT_EQ(LookAt(), clock_.Now());
}

TEST_F(BeginRotation, SaysWhatItsScheduleSays) {
  const auto schedule =
      ReadRotatedToken(*store_, Id(kDeploy))->schedule.value();
  const auto terms = TermsOf(schedule);
  EXPECT_EQ(terms.grace, std::chrono::hours(24));
  EXPECT_EQ(terms.quiet_for, std::chrono::hours(1));
  EXPECT_EQ(terms.evidence, engine::rotation::Evidence::kReadback);
  EXPECT_EQ(terms.max_in_flight, 3);
  EXPECT_EQ(terms.per_cycle, 3);
  const auto beginning =
      BeginningOf(*store_, *ReadRotatedToken(*store_, Id(kDeploy)),
                  Cause::kManual, "ana")
          .value();
  ASSERT_EQ(beginning.targets.size(), 2U);
  EXPECT_TRUE(beginning.targets[0].canary);
  EXPECT_FALSE(beginning.targets[1].canary);
  EXPECT_EQ(beginning.targets[0].key, "SECRET");
}

TEST_F(BeginRotation, AMachineWithoutTheZoneSaysSo) {
  Value schedule;
  schedule.Set("every", "30d");
  schedule.Set("timeZone", "Nowhere/Town");
  const auto timing = TimingOf(schedule);
  ASSERT_FALSE(timing);
  EXPECT_EQ(timing.error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace writ::reconciler
