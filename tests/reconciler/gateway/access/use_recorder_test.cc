#include "reconciler/gateway/access/use_recorder.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "reconciler/rotation/event_usage.h"
#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/reconciler/store/raw_database.h"

namespace writ::reconciler::gateway {
namespace {

using std::chrono::seconds;

class UseRecorderTest : public AccessTest {
 protected:
  UseRecorderOptions RecorderOptions() {
    UseRecorderOptions options;
    options.folder = folder_ / "state";
    options.clock = &clock_;
    options.random = &chance_;
    options.has_thread = false;
    return options;
  }
  std::unique_ptr<UseRecorder> OpenRecorder() {
    return std::move(UseRecorder::Open(RecorderOptions()).value());
  }

  Use UseAt(Timestamp at, const std::string& credential = "crd_1",
            const std::string& agent = "checkout/1.2") {
    Use use;
    use.credential = credential;
    use.at = at;
    use.client = From("10.0.4.7");
    use.agent = agent;
    use.route = "GET /x";
    use.scope = "crm:read";
    return use;
  }

  std::unique_ptr<UseRecords> Records() {
    EventDatabaseOptions options;
    options.folder = folder_ / "state";
    return std::move(UseRecords::Open(options).value());
  }
};

TEST_F(UseRecorderTest, KeepsNothingBackAfterAFlush) {
  const auto recorder = OpenRecorder();
  recorder->Record(UseAt(clock_.Now()));
  clock_.Advance(seconds(5));
  recorder->Record(UseAt(clock_.Now()));
  EXPECT_TRUE(Records()->ReadOf("crd_1")->empty());
  ASSERT_TRUE(recorder->Flush());
  const auto sums = Records()->ReadOf("crd_1").value();
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_EQ(sums[0].count, 2);
  EXPECT_EQ(sums[0].client, "10.0.4.7");
  EXPECT_EQ(sums[0].last_at - sums[0].first_at, seconds(5));
  EXPECT_EQ(Records()->CompleteUntil().value(), clock_.Now());
}

// T-09: the watermark stays true whatever a request does with its time.
TEST_F(UseRecorderTest, AUseThatComesLateIsNoEarlierThanTheWatermark) {
  const auto recorder = OpenRecorder();
  const Timestamp early = clock_.Now();
  clock_.Advance(seconds(60));
  ASSERT_TRUE(recorder->Flush());
  const Timestamp watermark = Records()->CompleteUntil().value().value();
  recorder->Record(UseAt(early));
  ASSERT_TRUE(recorder->Flush());
  EXPECT_GE(Records()->ReadOf("crd_1").value()[0].last_at, watermark);
}

// T-09: killed before its flush, it has said nothing.
TEST_F(UseRecorderTest, SaysNothingBeforeItsFirstFlush) {
  const auto recorder = OpenRecorder();
  recorder->Record(UseAt(clock_.Now()));
  EXPECT_EQ(Records()->CompleteUntil().value(), std::nullopt);
}

TEST_F(UseRecorderTest, FlushesAndTakesLeaveAtItsEnd) {
  {
    const auto recorder = OpenRecorder();
    recorder->Record(UseAt(clock_.Now()));
  }
  EXPECT_EQ(Records()->ReadOf("crd_1")->size(), 1U);
  EXPECT_EQ(Records()->CompleteUntil().value(), std::nullopt);
  const auto next = OpenRecorder();
  EXPECT_EQ(Records()->LostUntil().value(), std::nullopt);
}

TEST_F(UseRecorderTest, AFlushThatFailsKeepsWhatItHad) {
  const auto recorder = OpenRecorder();
  recorder->Record(UseAt(clock_.Now()));
  const std::string file = folder_ / "state/events.db";
  RunSql(file, "ALTER TABLE use_sums RENAME TO away");
  EXPECT_FALSE(recorder->Flush());
  EXPECT_EQ(Records()->CompleteUntil().value(), std::nullopt);
  RunSql(file, "ALTER TABLE away RENAME TO use_sums");
  recorder->Record(UseAt(clock_.Now()));
  ASSERT_TRUE(recorder->Flush());
  const auto sums = Records()->ReadOf("crd_1").value();
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_EQ(sums[0].count, 2);
}

// T-20
TEST_F(UseRecorderTest, CountsTogetherWhatItHasNoRoomFor) {
  UseRecorderOptions options = RecorderOptions();
  options.max_sums = 10;
  const auto recorder = std::move(UseRecorder::Open(options).value());
  for (int i = 0; i < 1000; ++i) {
    recorder->Record(UseAt(clock_.Now(), "crd_1", std::to_string(i)));
  }
  ASSERT_TRUE(recorder->Flush());
  std::int64_t count = 0;
  const auto sums = Records()->ReadOf("crd_1").value();
  for (const UseSum& sum : sums) count += sum.count;
  EXPECT_EQ(count, 1000);
  EXPECT_EQ(sums.size(), 11U);
  EXPECT_EQ(Records()->LostUntil().value(), std::nullopt);
}

// T-20, T-09
TEST_F(UseRecorderTest, SaysSoWhereEvenThatIsTooMuch) {
  UseRecorderOptions options = RecorderOptions();
  options.max_sums = 10;
  const auto recorder = std::move(UseRecorder::Open(options).value());
  for (int i = 0; i < 100; ++i) {
    recorder->Record(UseAt(clock_.Now(), "crd_" + std::to_string(i)));
  }
  ASSERT_TRUE(recorder->Flush());
  EXPECT_EQ(Records()->LostUntil().value(), clock_.Now());
}

TEST_F(UseRecorderTest, LosesNothingBetweenThreads) {
  const auto recorder = OpenRecorder();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 500; ++j) recorder->Record(UseAt(clock_.Now()));
      });
    }
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(recorder->Flush());
  }
  ASSERT_TRUE(recorder->Flush());
  EXPECT_EQ(Records()->ReadOf("crd_1").value()[0].count, 2000);
}

}  // namespace
}  // namespace writ::reconciler::gateway
