#include "reconciler/gateway/access/rate_limits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "reconciler/gateway/access/guess_throttle.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler::gateway {
namespace {

using std::chrono::seconds;

TEST(RateLimits, AllowSoManyAWindow) {
  RateLimits limits(100);
  for (int i = 2; i >= 0; --i) {
    const RateVerdict verdict = limits.Take(1, 3, seconds(60), seconds(10));
    EXPECT_TRUE(verdict.is_allowed);
    EXPECT_EQ(verdict.remaining, i);
    EXPECT_EQ(verdict.until_reset, seconds(60));
  }
  const RateVerdict refused = limits.Take(1, 3, seconds(60), seconds(30));
  EXPECT_FALSE(refused.is_allowed);
  EXPECT_EQ(refused.remaining, 0);
  EXPECT_EQ(refused.until_reset, seconds(40));
  EXPECT_TRUE(limits.IsSpent(1, 3, seconds(30)));
  EXPECT_FALSE(limits.IsSpent(1, 3, seconds(70)));
  EXPECT_TRUE(limits.Take(1, 3, seconds(60), seconds(70)).is_allowed);
}

TEST(RateLimits, KeepKeysApart) {
  RateLimits limits(100);
  EXPECT_TRUE(limits.Take(1, 1, seconds(60), seconds(0)).is_allowed);
  EXPECT_TRUE(limits.Take(2, 1, seconds(60), seconds(0)).is_allowed);
  EXPECT_FALSE(limits.Take(1, 1, seconds(60), seconds(0)).is_allowed);
}

// T-20
TEST(RateLimits, KeepNoMoreThanTheyMay) {
  RateLimits limits(1600);
  for (std::uint64_t key = 0; key < 100'000; ++key) {
    limits.Take(key, 1, seconds(60), seconds(key % 7));
  }
  EXPECT_LE(limits.size(), 1600U);
}

TEST(RateLimits, ForgetEndedWindowsFirst) {
  RateLimits limits(16);  // one a shard
  limits.Take(1, 1, seconds(1), seconds(0));
  for (std::uint64_t key = 2; key < 50; ++key) {
    limits.Take(key, 1, seconds(1), seconds(static_cast<int>(key)));
  }
  EXPECT_LE(limits.size(), 16U);
}

TEST(RateLimits, CountRightFromManyThreads) {
  RateLimits limits(100);
  std::atomic<int> allowed{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 1000; ++j) {
          if (limits.Take(7, 1234, seconds(60), seconds(0)).is_allowed) {
            ++allowed;
          }
        }
      });
    }
  }
  EXPECT_EQ(allowed, 1234);
}

TEST(GuessThrottle, TellsWhoTriesManyToWait) {
  testing::ManualClock clock;
  GuessThrottle throttle(clock);
  const IpAddress one = ParseIpAddress("192.0.2.1").value();
  for (int i = 0; i < GuessThrottle::kPerMinute; ++i) {
    EXPECT_EQ(throttle.Refused(one), seconds(0));
  }
  EXPECT_EQ(throttle.Refused(one), seconds(60));
  EXPECT_EQ(throttle.Refused(ParseIpAddress("192.0.2.2").value()), seconds(0));
  clock.Advance(seconds(60));
  EXPECT_EQ(throttle.Refused(one), seconds(0));
}

TEST(GuessThrottle, ANetworkOfIpv6IsOneCustomer) {
  testing::ManualClock clock;
  GuessThrottle throttle(clock);
  for (int i = 0; i < GuessThrottle::kPerMinute; ++i) {
    throttle.Refused(
        ParseIpAddress("2001:db8::" + std::to_string(i + 1)).value());
  }
  EXPECT_GT(throttle.Refused(ParseIpAddress("2001:db8::ffff").value()).count(),
            0);
  EXPECT_EQ(throttle.Refused(ParseIpAddress("2001:db8:0:1::1").value()),
            seconds(0));
}

}  // namespace
}  // namespace writ::reconciler::gateway
