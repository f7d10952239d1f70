// When a notification goes to a destination, and what follows from the answer:
// pure decisions over the records that the outbox keeps.
//
//   attempt    1    2    3    4     5    6    7     8     9     10
//   wait       0   5 s  5 m  30 m  2 h  5 h  10 h  14 h  20 h  24 h  (±20 %)
//
// as Standard Webhooks 1.0.0 has it, 75 h 35 m in all, then a dead letter.
// After 429, 503 and timeouts never sooner than 60 s. Retry-After is kept to,
// up to an hour, or to twice the schedule's own wait where that is longer; the
// whole destination waits for it. 410 switches the destination off at once, and
// so do 120 h without a success in which it failed at least twice, 12 h apart.
// It is on again when its spec changes, or when somebody says so.
//
// The jitter follows from the delivery's id and the attempt: the same at each
// run, different for each delivery.
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "schema/time.h"

namespace writ::engine {

inline constexpr int kMaxAttempts = 10;

enum class AnswerKind : std::uint8_t {
  kDelivered,  // 2xx
  kGone,       // 410
  kThrottled,  // 429, 503
  kTimeout,    // no answer in time; it may have arrived
  kFailed,     // any other answer, no connection
  kRefused,    // by this host's own rules, or no secret: nothing was sent
  kMalformed,  // the channel can't carry it, whenever it is tried
};

std::string_view Name(AnswerKind kind);

struct Answer {
  AnswerKind kind = AnswerKind::kFailed;
  std::optional<Duration> retry_after;
};

enum class DeliveryState : std::uint8_t { kPending, kDelivered, kDead };

std::string_view Name(DeliveryState state);

// What decides about one delivery.
struct DeliveryStanding {
  std::string id;
  DeliveryState state = DeliveryState::kPending;
  int attempts = 0;  // that failed since it was queued, or replayed
  Timestamp due;
};

// What is known of a destination's health.
struct EndpointHealth {
  std::optional<Timestamp> failing_since;  // first failure after a success
  std::optional<Timestamp> last_counted;   // failures at least 12 h apart
  int counted = 0;
  std::optional<Timestamp> wait_until;  // nothing is sent before
  std::string disabled;                 // why; empty: it is on

  bool operator==(const EndpointHealth&) const = default;
};

// The wait before attempt `failed` + 1, with its jitter.
// REQUIRES: 1 <= failed < kMaxAttempts.
Duration RetryDelay(std::string_view id, int failed);

// Both after an attempt that ended at `now`.
void Settle(const Answer& answer, Timestamp now, DeliveryStanding& delivery,
            EndpointHealth& health);

// A destination's rate limit as a bucket: `count` tokens a `period`, of which
// up to `burst` lie ready.
struct RateLimit {
  std::int64_t count = 1;
  Duration period = std::chrono::seconds(1);
  std::int64_t burst = 1;
};

// "300/15m", "1/s": as many as the count at once. Nothing where it is no rate.
std::optional<RateLimit> ParseRate(std::string_view text);
// By channel: Slack 1 message a second, 5 at once; PagerDuty 120 a minute;
// Discord 30 a minute, 5 at once; Teams 4 a second; email 1 a second; webhooks
// 20 a second.
RateLimit DefaultRate(std::string_view channel);

class RateBucket {
 public:
  explicit RateBucket(RateLimit limit) : limit_(limit) {}

  // When the next message may go; `now` or earlier: at once.
  Timestamp Ready(Timestamp now) const;
  // REQUIRES: Ready(now) <= now.
  void Take(Timestamp now);
  const RateLimit& limit() const { return limit_; }

 private:
  using Micros = std::chrono::microseconds;
  Micros Interval() const {
    return std::chrono::duration_cast<Micros>(limit_.period) / limit_.count;
  }

  RateLimit limit_;
  // When a bucket that took all so far would be full again (GCRA).
  Timestamp full_at_;
};

}  // namespace writ::engine
