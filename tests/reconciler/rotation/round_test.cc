#include "reconciler/rotation/round.h"

#include "tests/reconciler/rotation/rotation_fixture.h"

namespace writ::reconciler {
namespace {

class RoundTest : public RotationTest {
 protected:
  RoundReport Round(std::vector<ResourceId> touched = {}) {
    RotationDriver driver = Driver();
    auto report =
        MoveRotationsOn(*store_, driver, clock_, {std::move(touched), "", {}});
    EXPECT_TRUE(report) << Describe(report.error());
    return report ? *std::move(report) : RoundReport{};
  }

  // As an apply leaves it that replaces the token by one of this type.
  void Replace(const std::string& type) {
    const auto write = StoreTest::Begin(*store_);
    const auto before = store_->ReadStored(Id(kDeploy)).value();
    ASSERT_TRUE(write->Delete(Id(kDeploy), before->live.generation));
    StoredResource after = *before;
    after.live.uid = "another uid";
    const std::string was = R"("type":"clientSecret")";
    const std::size_t at = after.live.content.find(was);
    ASSERT_NE(at, std::string::npos) << after.live.content;
    after.live.content.replace(at, was.size(), type);
    ASSERT_TRUE(write->Put(after, 0));
    const auto records = store_->credentials().ReadOf(Id(kDeploy)).value();
    for (const CredentialRecord& record : records) {
      if (record.status != CredentialStatus::kActive) continue;
      ASSERT_TRUE(store_->credentials().Schedule(record.id, clock_.Now(),
                                                 record.basis));
    }
    ASSERT_TRUE(write->Commit());
  }
  void UseNew(const std::string& value) {
    usage_.uses = {
        {credentials_->Verify(value, std::nullopt).value().record->id,
         {clock_.Now(), "10.0.4.7", "checkout/2.1", "/"}}};
    usage_.complete_until = clock_.Now();
  }
};

TEST_F(RoundTest, DeliversWhatWasDeclared) {
  const RoundReport report = Round({Id(kDeploy)});
  ASSERT_EQ(report.moved.size(), 1U);
  EXPECT_TRUE(engine::rotation::IsOver(report.moved[0]));
  EXPECT_TRUE(Opens(Held(kFirst)));
  EXPECT_EQ(report.next_at, clock_.Now() + std::chrono::hours(24 * 30));
}

TEST_F(RoundTest, RotatesWhatIsDueAndNothingElse) {
  Round({Id(kDeploy)});
  const std::string old = Held(kFirst);
  EXPECT_TRUE(Round().moved.empty());
  clock_.Advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(Round().moved.size(), 1U);
  EXPECT_NE(Held(kFirst), old);
  EXPECT_FALSE(Opens(old));
  EXPECT_TRUE(Round().moved.empty());
}

TEST_F(RoundTest, SaysWhetherThereIsAnythingToDo) {
  EXPECT_FALSE(IsAnyRotationDue(*store_, clock_.Now()).value());
  const std::string id = Begin().id;
  EXPECT_TRUE(IsAnyRotationDue(*store_, clock_.Now()).value());
  Round();
  EXPECT_FALSE(IsAnyRotationDue(*store_, clock_.Now()).value());
  EXPECT_TRUE(
      IsAnyRotationDue(*store_, clock_.Now() + std::chrono::hours(24 * 30))
          .value());
}

TEST_F(RoundTest, AChangedScheduleIsKeptFromThenOn) {
  Round({Id(kDeploy)});
  Declare("RotationSchedule/acme/often", "Workspace/acme",
          R"({"workspace":"acme","every":"7d","evidence":"readback"})");
  const auto touched =
      TokensTouchedBy(*store_, Id("RotationSchedule/acme/often")).value();
  EXPECT_EQ(touched, std::vector<ResourceId>{Id(kDeploy)});
  EXPECT_EQ(Round(touched).next_at, clock_.Now() + std::chrono::hours(24 * 7));
}

TEST_F(RoundTest, OneThatFailsKeepsNoOtherFromGoingOn) {
  Declare("Token/acme/lost", "Workspace/acme",
          R"({"type":"clientSecret","workspace":"acme",
              "deliverTo":[{"target":"gone","name":"SECRET"}]})");
  const RoundReport report = Round({Id("Token/acme/lost"), Id(kDeploy)});
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(report.failed[0].token, Id("Token/acme/lost"));
  EXPECT_EQ(report.moved.size(), 1U);
}

// F18.
// T-02: a value goes nowhere that git names no more.
TEST_F(RoundTest, TargetsThatChangeAreToldToTheRotationUnderWay) {  // F17
  Round({Id(kDeploy)});
  const std::string old = Held(kFirst);
  const std::string id = Begin().id;
  DeclareToken(1, R"({"target":"first","name":"SECRET"})");
  const RoundReport report = Round({Id(kDeploy)});
  ASSERT_EQ(report.moved.size(), 1U);
  EXPECT_EQ(report.moved[0].id, id);
  EXPECT_EQ(Name(report.moved[0].phase), "DONE") << report.moved[0].text;
  EXPECT_NE(Held(kFirst), old);
  EXPECT_EQ(Held(kSecond), old);
}

TEST_F(RoundTest, ATargetThatIsNewIsWrittenByTheRotationUnderWay) {  // F17
  DeclareToken(1, R"({"target":"first","name":"SECRET"})");
  Round({Id(kDeploy)});
  Begin();
  DeclareToken(1);
  Round({Id(kDeploy)});
  EXPECT_EQ(Held(kSecond), Held(kFirst));
  EXPECT_TRUE(Opens(Held(kSecond)));
}

TEST_F(RoundTest, ADeletedTokenEndsItsRotation) {
  DeclareSchedule("usage");
  Round({Id(kDeploy)});
  const std::string id = Begin().id;
  Round();
  const auto write = StoreTest::Begin(*store_);
  ASSERT_TRUE(credentials_->RevokeAll(
      *write, Id(kDeploy), "uid of " + std::string(kDeploy), {"ana"}));
  ASSERT_TRUE(write->Delete(
      Id(kDeploy), store_->ReadStored(Id(kDeploy)).value()->live.generation));
  ASSERT_TRUE(write->Commit());
  Round({Id(kDeploy)});
  EXPECT_TRUE(store_->rotations().FindById(id).value()->ended_at);
  EXPECT_EQ(CountActive(), 0);
}

// Another Token at the same address: what consumers hold stays valid until the
// new one is known to work.
TEST_F(RoundTest, AReplacedTokensCredentialsEndOnceTheNewOneWorks) {
  DeclareSchedule("usage");
  Round({Id(kDeploy)});
  const std::string old = Held(kFirst);
  Replace(R"("type":"accountToken")");
  RoundReport report = Round({Id(kDeploy)});
  ASSERT_EQ(report.moved.size(), 1U);
  EXPECT_EQ(Name(report.moved[0].cause), "replaced");
  EXPECT_EQ(Name(report.moved[0].phase), "VERIFYING") << report.moved[0].text;
  EXPECT_TRUE(Opens(old));
  const std::string fresh = Held(kFirst);
  EXPECT_TRUE(fresh.starts_with("vlt_acct_")) << fresh.substr(0, 9);
  EXPECT_TRUE(Opens(fresh));
  // Looked at again, it is not begun twice.
  clock_.Advance(std::chrono::minutes(10));
  UseNew(fresh);
  Round({Id(kDeploy)});
  EXPECT_TRUE(Opens(old));
  EXPECT_EQ(Held(kFirst), fresh);
  clock_.Advance(std::chrono::hours(3));
  usage_.complete_until = clock_.Now();
  report = Round();
  ASSERT_EQ(report.moved.size(), 1U);
  EXPECT_EQ(Name(report.moved[0].phase), "DONE") << report.moved[0].text;
  EXPECT_FALSE(Opens(old));
  EXPECT_TRUE(Opens(fresh));
  EXPECT_EQ(CountActive(), 1);
}

TEST_F(RoundTest, AReplacementThatIsRolledBackIsTriedAgainADayLater) {
  DeclareSchedule("usage");
  Round({Id(kDeploy)});
  const std::string old = Held(kFirst);
  Replace(R"("type":"accountToken")");
  targets_.places[kFirst].fault =
      [](const std::string& operation) -> std::optional<FailureClass> {
    if (operation == "put") return FailureClass::kAuth;
    return std::nullopt;
  };
  const RoundReport report = Round({Id(kDeploy)});
  ASSERT_EQ(report.moved.size(), 1U);
  ASSERT_EQ(Name(report.moved[0].phase), "PAUSED");
  ASSERT_TRUE(Driver().Tell(report.moved[0].id,
                            engine::rotation::event::RollbackAsked{"back"}));
  Round();
  EXPECT_TRUE(Opens(old));
  EXPECT_EQ(CountActive(), 1);
  targets_.places[kFirst].fault = nullptr;
  EXPECT_TRUE(Round().moved.empty());
  clock_.Advance(std::chrono::hours(25));
  EXPECT_EQ(Round().moved.size(), 1U);
  EXPECT_TRUE(Held(kFirst).starts_with("vlt_acct_"));
  EXPECT_TRUE(Opens(old));
}

// T-24.
TEST_F(RoundTest, AClockThatIsBehindBeginsNothing) {
  Round({Id(kDeploy)});
  const std::string old = Held(kFirst);
  clock_.Advance(std::chrono::hours(24 * 31));
  ASSERT_TRUE(StoreTest::Begin(*store_)->Commit());
  clock_.Advance(-std::chrono::minutes(10));
  const RoundReport report = Round();
  EXPECT_TRUE(report.clock_behind);
  EXPECT_EQ(Held(kFirst), old);
}

}  // namespace
}  // namespace writ::reconciler
