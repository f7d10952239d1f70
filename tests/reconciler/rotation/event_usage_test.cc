// Rotations over the record that gateways leave (T-09).
#include "reconciler/rotation/event_usage.h"

#include "tests/reconciler/rotation/rotation_fixture.h"

namespace writ::reconciler {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class EventUsageTest : public CredentialTest {
 protected:
  EventUsage Usage() { return EventUsage(folder_ / "state"); }

  std::unique_ptr<UseRecords> Gateway(const std::string& id) {
    EventDatabaseOptions options;
    options.folder = folder_ / "state";
    options.mode = EventDatabaseMode::kMigrate;
    auto records = std::move(UseRecords::Open(options).value());
    EXPECT_TRUE(records->Register(id, clock_.Now()));
    return records;
  }

  UseSum Sum(const std::string& agent, bool refused = false) {
    UseSum sum;
    sum.credential = "crd_1";
    sum.client = "10.0.4.7";
    sum.agent = agent;
    sum.route = "GET /x";
    sum.refused = refused;
    sum.first_at = clock_.Now();
    sum.last_at = clock_.Now();
    sum.count = 1;
    return sum;
  }

  std::vector<CredentialUse> Read(Timestamp since) {
    const std::vector<std::string> ids = {"crd_1"};
    EventUsage usage = Usage();
    return usage.Read(ids, since).value();
  }
};

TEST_F(EventUsageTest, NobodyRecordsWhereThereIsNoFile) {
  EventUsage usage = Usage();
  EXPECT_EQ(usage.CompleteUntil().value(), std::nullopt);
  EXPECT_TRUE(Read(clock_.Now()).empty());
}

TEST_F(EventUsageTest, GivesWhatGatewaysSawSinceThen) {
  const auto gateway = Gateway("one");
  const Timestamp start = clock_.Now();
  const std::vector<UseSum> sums = {Sum("checkout/1.2", true)};
  ASSERT_TRUE(gateway->Flush(sums, clock_.Now(), false));
  const auto uses = Read(start);
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_EQ(uses[0].credential, "crd_1");
  EXPECT_EQ(uses[0].sighting.address, "10.0.4.7");
  EXPECT_EQ(uses[0].sighting.agent, "checkout/1.2");
  EXPECT_EQ(uses[0].sighting.at, start);
  EXPECT_FALSE(uses[0].own_probe);
  EXPECT_TRUE(uses[0].refused);
  EXPECT_TRUE(Read(start + minutes(1)).empty());
  EventUsage usage = Usage();
  EXPECT_EQ(usage.CompleteUntil().value(), clock_.Now());
}

TEST_F(EventUsageTest, ProbesOfWritsOwnAreNoEvidence) {
  const auto gateway = Gateway("one");
  const std::vector<UseSum> sums = {Sum("writ-probe/0.1.0")};
  ASSERT_TRUE(gateway->Flush(sums, clock_.Now(), false));
  ASSERT_EQ(Read(clock_.Now()).size(), 1U);
  EXPECT_TRUE(Read(clock_.Now())[0].own_probe);
}

TEST_F(EventUsageTest, AKilledGatewayMayHaveSeenAnything) {
  Gateway("killed");
  clock_.Advance(minutes(5));
  const auto gateway = Gateway("next");
  const auto uses = Read(clock_.Now() - hours(1));
  ASSERT_EQ(uses.size(), 1U);
  EXPECT_TRUE(uses[0].may_be_lost);
  EXPECT_EQ(uses[0].sighting.at, clock_.Now());
}

class RotationByRecordTest : public RotationTest {
 protected:
  std::unique_ptr<UseRecords> Gateway(const std::string& id) {
    EventDatabaseOptions options;
    options.folder = folder_ / "state";
    options.mode = EventDatabaseMode::kMigrate;
    auto records = std::move(UseRecords::Open(options).value());
    EXPECT_TRUE(records->Register(id, clock_.Now()));
    return records;
  }

  // What it comes to with what the gateways have recorded.
  std::string PhaseNow(const std::string& rotation) {
    EventUsage usage(folder_ / "state");
    RotationDriver driver(
        {*store_, *credentials_, *keys_, targets_, usage, clock_, chance_},
        {"", "ana", {}, {}});
    const auto moved = driver.Advance(rotation);
    EXPECT_TRUE(moved) << Describe(moved.error());
    return moved ? std::string(engine::rotation::Name(moved->phase)) : "";
  }

  UseSum UseOf(const std::string& token) {
    UseSum sum;
    sum.credential =
        credentials_->Verify(token, std::nullopt).value().record->id;
    sum.client = "10.0.4.7";
    sum.agent = "checkout/2.1";
    sum.route = "GET /x";
    sum.first_at = clock_.Now();
    sum.last_at = clock_.Now();
    sum.count = 1;
    return sum;
  }
};

// T-09: a gateway that was killed before its flush revokes nothing, neither by
// its silence nor by that of the next one.
TEST_F(RotationByRecordTest, AKilledGatewayRevokesNothing) {
  DeclareSchedule("usage");
  Deliver();
  const std::string old = Held(kFirst);
  const std::string id = Begin().id;
  PhaseNow(id);
  auto gateway = Gateway("one");
  clock_.Advance(minutes(10));
  const std::vector<UseSum> fresh = {UseOf(Held(kFirst))};
  ASSERT_TRUE(gateway->Flush(fresh, clock_.Now(), false));
  PhaseNow(id);
  gateway.reset();
  clock_.Advance(hours(3));
  EXPECT_NE(PhaseNow(id), "DONE");
  EXPECT_TRUE(Opens(old));
  // The next one takes note: until now anything may have been used.
  gateway = Gateway("two");
  ASSERT_TRUE(gateway->Flush({}, clock_.Now(), false));
  EXPECT_NE(PhaseNow(id), "DONE");
  EXPECT_TRUE(Opens(old));
  clock_.Advance(minutes(59));
  ASSERT_TRUE(gateway->Flush({}, clock_.Now(), false));
  EXPECT_NE(PhaseNow(id), "DONE");
  EXPECT_TRUE(Opens(old));
  clock_.Advance(minutes(2));
  ASSERT_TRUE(gateway->Flush({}, clock_.Now(), false));
  clock_.Advance(minutes(1));
  EXPECT_EQ(PhaseNow(id), "DONE");
  EXPECT_FALSE(Opens(old));
}

// What may have been lost shows nobody that the new one is used.
TEST_F(RotationByRecordTest, WhatWasLostIsNoEvidenceOfTheNewOne) {
  DeclareSchedule("usage");
  Deliver();
  const std::string old = Held(kFirst);
  const std::string id = Begin().id;
  PhaseNow(id);
  Gateway("killed");
  clock_.Advance(minutes(10));
  const auto gateway = Gateway("next");
  clock_.Advance(hours(3));
  ASSERT_TRUE(gateway->Flush({}, clock_.Now(), false));
  EXPECT_NE(PhaseNow(id), "DONE");
  EXPECT_TRUE(Opens(old));
}

}  // namespace
}  // namespace writ::reconciler
