#include "reconciler/events/use_records.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

using std::chrono::seconds;

class UseRecordsTest : public StoreTest {
 protected:
  void SetUp() override { store_ = Open(); }

  std::unique_ptr<UseRecords> OpenRecords() {
    EventDatabaseOptions options;
    options.folder = folder_ / "state";
    options.mode = EventDatabaseMode::kMigrate;
    auto records = UseRecords::Open(options);
    EXPECT_TRUE(records) << Describe(records.error());
    return records ? *std::move(records) : nullptr;
  }

  static Timestamp At(int s) { return Timestamp(seconds(1796083200 + s)); }

  static UseSum Sum(const std::string& credential, const std::string& client,
                    int first, int last, std::int64_t count = 1) {
    UseSum sum;
    sum.credential = credential;
    sum.client = client;
    sum.agent = "checkout/1.2";
    sum.route = "GET /x";
    sum.scope = "crm:read";
    sum.first_at = At(first);
    sum.last_at = At(last);
    sum.count = count;
    return sum;
  }

  std::unique_ptr<StateStore> store_;
};

TEST_F(UseRecordsTest, AddUpByWhoUsedWhat) {
  const auto records = OpenRecords();
  ASSERT_TRUE(records->Register("one", At(0)));
  const std::vector<UseSum> first = {Sum("crd_1", "10.0.0.1", 1, 5, 3)};
  const std::vector<UseSum> second = {Sum("crd_1", "10.0.0.1", 6, 9, 2),
                                      Sum("crd_1", "10.0.0.2", 7, 7)};
  ASSERT_TRUE(records->Flush(first, At(5), false));
  ASSERT_TRUE(records->Flush(second, At(9), false));
  const auto kept = records->ReadOf("crd_1").value();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0], Sum("crd_1", "10.0.0.1", 1, 9, 5));
  EXPECT_EQ(kept[1], Sum("crd_1", "10.0.0.2", 7, 7));
  EXPECT_TRUE(records->ReadOf("crd_2")->empty());
}

// T-09
TEST_F(UseRecordsTest, AreCompleteUntilTheLeastOfAllWatermarks) {
  const auto one = OpenRecords();
  EXPECT_EQ(one->CompleteUntil().value(), std::nullopt);
  ASSERT_TRUE(one->Register("one", At(0)));
  EXPECT_EQ(one->CompleteUntil().value(), std::nullopt);
  ASSERT_TRUE(one->Flush({}, At(10), false));
  EXPECT_EQ(one->CompleteUntil().value(), At(10));
  const auto two = OpenRecords();
  ASSERT_TRUE(two->Register("two", At(11)));
  EXPECT_EQ(one->CompleteUntil().value(), std::nullopt);
  ASSERT_TRUE(two->Flush({}, At(12), false));
  EXPECT_EQ(one->CompleteUntil().value(), At(10));
  ASSERT_TRUE(one->Flush({}, At(20), false));
  EXPECT_EQ(one->CompleteUntil().value(), At(12));
  ASSERT_TRUE(two->Deregister());
  EXPECT_EQ(one->CompleteUntil().value(), At(20));
  ASSERT_TRUE(one->Deregister());
  EXPECT_EQ(one->CompleteUntil().value(), std::nullopt);
}

// T-09: its lock goes with it, its row stays.
TEST_F(UseRecordsTest, AKilledGatewayHoldsTheWatermarkUntilItIsTakenNoteOf) {
  {
    const auto killed = OpenRecords();
    ASSERT_TRUE(killed->Register("killed", At(0)));
    ASSERT_TRUE(killed->Flush({}, At(5), false));
  }
  const auto reader = OpenRecords();
  EXPECT_EQ(reader->CompleteUntil().value(), At(5));
  EXPECT_EQ(reader->LostUntil().value(), std::nullopt);
  const auto next = OpenRecords();
  ASSERT_TRUE(next->Register("next", At(60)));
  ASSERT_TRUE(next->Flush({}, At(61), false));
  EXPECT_EQ(reader->CompleteUntil().value(), At(61));
  EXPECT_EQ(reader->LostUntil().value(), At(60));
}

TEST_F(UseRecordsTest, ALivingGatewayIsNotTakenForADeadOne) {
  const auto one = OpenRecords();
  ASSERT_TRUE(one->Register("one", At(0)));
  ASSERT_TRUE(one->Flush({}, At(5), false));
  const auto two = OpenRecords();
  ASSERT_TRUE(two->Register("two", At(60)));
  ASSERT_TRUE(two->Flush({}, At(61), false));
  EXPECT_EQ(two->CompleteUntil().value(), At(5));
  EXPECT_EQ(two->LostUntil().value(), std::nullopt);
}

TEST_F(UseRecordsTest, LeavesNoFileBehind) {
  {
    const auto one = OpenRecords();
    ASSERT_TRUE(one->Register("one", At(0)));
    ASSERT_TRUE(one->Deregister());
  }
  for (const auto& entry :
       std::filesystem::directory_iterator(folder_ / "state")) {
    EXPECT_EQ(entry.path().filename().string().find("gateway-"),
              std::string::npos);
  }
}

TEST_F(UseRecordsTest, WhatWasLostIsNotedForGood) {
  const auto records = OpenRecords();
  ASSERT_TRUE(records->Register("one", At(0)));
  ASSERT_TRUE(records->Flush({}, At(10), true));
  ASSERT_TRUE(records->Flush({}, At(20), false));
  EXPECT_EQ(records->LostUntil().value(), At(10));
}

// T-20: whoever has a token doesn't fill the disk with it.
TEST_F(UseRecordsTest, KeepSoManyRowsOfACredentialAndCountTheRestTogether) {
  const auto records = OpenRecords();
  ASSERT_TRUE(records->Register("one", At(0)));
  std::vector<UseSum> sums;
  for (int i = 0; i < 600; ++i) {
    sums.push_back(Sum("crd_1", "client " + std::to_string(i), i, i));
  }
  ASSERT_TRUE(records->Flush(sums, At(600), false));
  const auto kept = records->ReadOf("crd_1").value();
  EXPECT_LE(kept.size(), static_cast<std::size_t>(UseRecords::kMaxRows) + 2);
  // That it was used last is not lost.
  EXPECT_EQ(kept[0].last_at, At(599));
  EXPECT_EQ(kept[0].client, "");
  std::int64_t count = 0;
  for (const UseSum& sum : kept) count += sum.count;
  EXPECT_EQ(count, 600);
}

TEST_F(UseRecordsTest, AreKeptForSoLong) {
  const auto records = OpenRecords();
  ASSERT_TRUE(records->Register("one", At(0)));
  const std::vector<UseSum> sums = {Sum("crd_1", "10.0.0.1", 1, 1)};
  ASSERT_TRUE(records->Flush(sums, At(1), false));
  ASSERT_TRUE(records->Flush({}, At(2) + UseRecords::kKeptFor, false));
  EXPECT_TRUE(records->ReadOf("crd_1")->empty());
}

}  // namespace
}  // namespace writ::reconciler
