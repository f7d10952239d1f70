#include "engine/notify/delivery.h"

#include <gtest/gtest.h>

#include "tests/engine/notify/notify_samples.h"

namespace writ::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::At;

constexpr Answer kOk{AnswerKind::kDelivered, {}};
constexpr Answer kFailed{AnswerKind::kFailed, {}};

// Fails until it is dead; the waits between attempts.
std::vector<Duration> WaitsOf(const std::string& id, const Answer& answer) {
  DeliveryStanding delivery;
  delivery.id = id;
  delivery.due = At(0);
  std::vector<Duration> waits;
  while (delivery.state == DeliveryState::kPending) {
    EndpointHealth health;
    const Timestamp now = delivery.due;
    Settle(answer, now, delivery, health);
    if (delivery.state != DeliveryState::kPending) break;
    waits.push_back(std::chrono::duration_cast<Duration>(delivery.due - now));
  }
  EXPECT_EQ(delivery.attempts, kMaxAttempts);
  EXPECT_EQ(delivery.state, DeliveryState::kDead);
  return waits;
}

TEST(Delivery, TriesAgainOnTheScheduleOfStandardWebhooks) {
  const std::vector<Duration> base = {seconds(5), minutes(5), minutes(30),
                                      hours(2),   hours(5),   hours(10),
                                      hours(14),  hours(20),  hours(24)};
  Duration total{};
  for (const Duration each : base) total += each;
  EXPECT_EQ(total, hours(75) + minutes(35) + seconds(5));
  const auto waits = WaitsOf("dlv_1", kFailed);
  ASSERT_EQ(waits.size(), base.size());
  for (std::size_t i = 0; i < base.size(); ++i) {
    EXPECT_GE(waits[i], base[i] * 8 / 10) << i;
    EXPECT_LE(waits[i], base[i] * 12 / 10) << i;
  }
}

TEST(Delivery, SpreadsRetriesOfManyAndRepeatsItself) {
  Duration least = hours(1);
  Duration most{};
  for (int i = 0; i < 1000; ++i) {
    const std::string id = "dlv_" + std::to_string(i);
    const Duration wait = RetryDelay(id, 2);
    EXPECT_EQ(wait, RetryDelay(id, 2));
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_LT(least, seconds(249));
  EXPECT_GE(least, seconds(240));
  EXPECT_GT(most, seconds(351));
  EXPECT_LE(most, seconds(360));
}

TEST(Delivery, WaitsAMinuteAtLeastAfterThrottlesAndTimeouts) {
  for (const AnswerKind kind : {AnswerKind::kThrottled, AnswerKind::kTimeout}) {
    EXPECT_EQ(WaitsOf("dlv_1", {kind, {}}).front(), seconds(60));
    EXPECT_EQ(WaitsOf("dlv_1", {kind, seconds(1)}).front(), seconds(60));
  }
}

TEST(Delivery, KeepsToRetryAfterWithinBounds) {
  struct Case {
    Duration asked;
    Duration want;
  };
  for (const Case& each :
       {Case{seconds(90), seconds(90)}, Case{minutes(20), minutes(20)},
        Case{hours(9), hours(1)}, Case{Duration(-5), seconds(60)}}) {
    DeliveryStanding delivery;
    delivery.id = "dlv_1";
    EndpointHealth health;
    Settle({AnswerKind::kThrottled, each.asked}, At(0), delivery, health);
    EXPECT_EQ(delivery.due, At(0) + each.want);
    EXPECT_EQ(health.wait_until, At(0) + each.want);
  }
}

TEST(Delivery, EndsWithTheFirstSuccess) {
  DeliveryStanding delivery;
  EndpointHealth health;
  Settle(kFailed, At(0), delivery, health);
  EXPECT_TRUE(health.failing_since);
  Settle(kOk, At(10), delivery, health);
  EXPECT_EQ(delivery.state, DeliveryState::kDelivered);
  EXPECT_EQ(health, EndpointHealth{});
}

TEST(Delivery, EndsAtOnceWhereNoTryCanHelp) {
  DeliveryStanding delivery;
  EndpointHealth health;
  Settle({AnswerKind::kMalformed, {}}, At(0), delivery, health);
  EXPECT_EQ(delivery.state, DeliveryState::kDead);
  EXPECT_EQ(health, EndpointHealth{});
}

TEST(Delivery, SwitchesOffWhatIsGone) {
  DeliveryStanding delivery;
  EndpointHealth health;
  Settle({AnswerKind::kGone, {}}, At(0), delivery, health);
  EXPECT_EQ(health.disabled, "it answered 410 Gone");
  EXPECT_EQ(delivery.state, DeliveryState::kDead);
}

TEST(Delivery, SwitchesOffAfterFiveDaysOfFailuresAlone) {
  EndpointHealth health;
  const auto fail = [&](std::int64_t hour) {
    DeliveryStanding delivery;
    delivery.id = "dlv_" + std::to_string(hour);
    Settle(kFailed, At(hour * 3600), delivery, health);
    return !health.disabled.empty();
  };
  for (std::int64_t hour = 0; hour < 120; hour += 7) EXPECT_FALSE(fail(hour));
  EXPECT_TRUE(fail(120));
  EXPECT_EQ(health.disabled,
            "nothing got through for 5d, since 2026-12-01T00:00:00Z");
}

TEST(Delivery, BeginsToCountAnewWithEachSuccess) {
  EndpointHealth health;
  DeliveryStanding delivery;
  Settle(kFailed, At(0), delivery, health);
  Settle(kOk, At(100 * 3600), delivery, health);
  DeliveryStanding next;
  Settle(kFailed, At(121 * 3600), next, health);
  EXPECT_EQ(health.disabled, "");
  EXPECT_EQ(health.failing_since, At(121 * 3600));
}

// A destination that is down for a day loses nothing: the delivery that came
// first still has attempts left when it is back.
TEST(Delivery, OutlastsADay) {
  DeliveryStanding delivery;
  delivery.id = "dlv_1";
  delivery.due = At(0);
  EndpointHealth health;
  const Timestamp back = At(24 * 3600);
  int attempts = 0;
  while (delivery.state == DeliveryState::kPending) {
    ++attempts;
    Settle(delivery.due < back ? kFailed : kOk, delivery.due, delivery, health);
  }
  EXPECT_EQ(delivery.state, DeliveryState::kDelivered);
  EXPECT_EQ(health.disabled, "");
  EXPECT_LE(attempts, 9);
}

TEST(Rate, IsReadAsWritten) {
  const auto rate = ParseRate("300/15m");
  ASSERT_TRUE(rate);
  EXPECT_EQ(rate->count, 300);
  EXPECT_EQ(rate->period, minutes(15));
  EXPECT_EQ(ParseRate("1/s")->period, seconds(1));
  for (const char* text : {"", "1", "/s", "0/s", "-1/s", "x/s", "1/", "1/x",
                           "1/0s", "99999999999999999999/s"}) {
    EXPECT_FALSE(ParseRate(text)) << text;
  }
}

TEST(RateBucket, TakesABurstAndThenTheRate) {
  RateBucket bucket(DefaultRate("slack"));
  Timestamp now = At(0);
  std::vector<std::int64_t> sent;
  for (int i = 0; i < 8; ++i) {
    now = std::max(now, bucket.Ready(now));
    bucket.Take(now);
    sent.push_back((now - At(0)) / seconds(1));
  }
  EXPECT_EQ(sent, (std::vector<std::int64_t>{0, 0, 0, 0, 0, 1, 2, 3}));
  // A long rest fills it up to the burst, no further.
  now = At(1000);
  for (int i = 0; i < 5; ++i) {
    EXPECT_LE(bucket.Ready(now), now);
    bucket.Take(now);
  }
  EXPECT_EQ(bucket.Ready(now), now + seconds(1));
}

TEST(RateBucket, KeepsToItsRateInTheLongRun) {
  for (const char* text : {"1/s", "7/3s", "300/15m"}) {
    const RateLimit limit = *ParseRate(text);
    RateBucket bucket(limit);
    Timestamp now = At(0);
    const std::int64_t rounds = limit.count * 5;
    for (std::int64_t i = 0; i < rounds; ++i) {
      now = std::max(now, bucket.Ready(now));
      bucket.Take(now);
    }
    // Five periods' worth with one burst at hand takes four periods, nearly.
    EXPECT_GE(now - At(0),
              limit.period * 399 / 100 - limit.period / limit.count * 2)
        << text;
  }
}

}  // namespace
}  // namespace writ::engine
