#include "engine/notify/delivery.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "schema/check.h"
#include "schema/digest.h"

namespace writ::engine {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<Duration, kMaxAttempts - 1> kSchedule = {
    seconds(5), minutes(5), minutes(30), hours(2), hours(5),
    hours(10),  hours(14),  hours(20),   hours(24)};
constexpr Duration kLeastAfterThrottle = seconds(60);
constexpr Duration kMostRetryAfter = hours(1);
constexpr Duration kDisableAfter = hours(120);
constexpr Duration kCountedApart = hours(12);
// After a failure other messages of the same queue needn't find out too.
constexpr Duration kPause = seconds(5);

Duration Base(int failed) {
  return kSchedule[static_cast<std::size_t>(failed - 1)];
}

// What Retry-After asks for, as far as it's kept to.
Duration Kept(Duration asked, Duration base) {
  return std::clamp(asked, Duration(0), std::max(kMostRetryAfter, 2 * base));
}

bool IsThrottle(AnswerKind kind) {
  return kind == AnswerKind::kThrottled || kind == AnswerKind::kTimeout;
}

void NoteFailure(Timestamp now, EndpointHealth& health) {
  if (!health.failing_since) health.failing_since = now;
  if (!health.last_counted || now - *health.last_counted >= kCountedApart) {
    health.last_counted = now;
    ++health.counted;
  }
  if (now - *health.failing_since >= kDisableAfter && health.counted >= 2) {
    health.disabled = "nothing got through for " +
                      FormatDuration(kDisableAfter) + ", since " +
                      FormatTimestamp(*health.failing_since);
  }
}

void NotePause(const Answer& answer, Duration base, Timestamp now,
               EndpointHealth& health) {
  Duration pause = IsThrottle(answer.kind) ? kLeastAfterThrottle : kPause;
  if (answer.retry_after) {
    pause = std::max(pause, Kept(*answer.retry_after, base));
  }
  const Timestamp until = now + pause;
  if (!health.wait_until || *health.wait_until < until) {
    health.wait_until = until;
  }
}

}  // namespace

std::string_view Name(AnswerKind kind) {
  constexpr std::array<std::string_view, 7> kNames = {
      "delivered", "gone",    "throttled", "timeout",
      "failed",    "refused", "malformed"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view Name(DeliveryState state) {
  constexpr std::array<std::string_view, 3> kNames = {"pending", "delivered",
                                                      "dead"};
  return kNames[static_cast<std::size_t>(state)];
}

Duration RetryDelay(std::string_view id, int failed) {
  CHECK(failed >= 1 && failed < kMaxAttempts);
  Sha256Stream stream;
  stream.UpdateFramed(id);
  stream.UpdateFramed(std::to_string(failed));
  const Digest digest = stream.Finish();
  const int draw = digest.bytes[0] * 256 + digest.bytes[1];  // 0 … 65535
  // 800 … 1200 of a thousand.
  const std::int64_t permille = 800 + draw * 400 / 65535;
  return Base(failed) * permille / 1000;
}

void Settle(const Answer& answer, Timestamp now, DeliveryStanding& delivery,
            EndpointHealth& health) {
  if (answer.kind == AnswerKind::kDelivered) {
    delivery.state = DeliveryState::kDelivered;
    health = EndpointHealth{};
    return;
  }
  ++delivery.attempts;
  if (answer.kind == AnswerKind::kMalformed) {
    delivery.state = DeliveryState::kDead;
    return;
  }
  const int failed = std::min(delivery.attempts, kMaxAttempts - 1);
  NotePause(answer, Base(failed), now, health);
  NoteFailure(now, health);
  if (answer.kind == AnswerKind::kGone) {
    health.disabled = "it answered 410 Gone";
  }
  if (delivery.attempts >= kMaxAttempts || !health.disabled.empty()) {
    delivery.state = DeliveryState::kDead;
    return;
  }
  Duration wait = RetryDelay(delivery.id, failed);
  if (IsThrottle(answer.kind)) wait = std::max(wait, kLeastAfterThrottle);
  if (answer.retry_after) {
    wait = std::max(wait, Kept(*answer.retry_after, Base(failed)));
  }
  delivery.due = now + wait;
}

std::optional<RateLimit> ParseRate(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  RateLimit limit;
  const char* end = text.data() + slash;
  const auto [at, error] = std::from_chars(text.data(), end, limit.count);
  if (error != std::errc() || at != end || limit.count < 1 ||
      limit.count > 1'000'000) {
    return std::nullopt;
  }
  std::string period(text.substr(slash + 1));
  // "1/s" is a rate of one second.
  if (!period.empty() && (period.front() < '0' || period.front() > '9')) {
    period.insert(0, "1");
  }
  const auto parsed = ParseDuration(period);
  if (!parsed || parsed->count() <= 0) return std::nullopt;
  limit.period = *parsed;
  limit.burst = limit.count;
  return limit;
}

RateLimit DefaultRate(std::string_view channel) {
  if (channel == "slack") return {1, seconds(1), 5};
  if (channel == "pagerduty") return {120, minutes(1), 20};
  if (channel == "discord") return {30, minutes(1), 5};
  if (channel == "teams") return {4, seconds(1), 4};
  if (channel == "email") return {1, seconds(1), 5};
  return {20, seconds(1), 20};
}

Timestamp RateBucket::Ready(Timestamp now) const {
  const Timestamp full = std::max(full_at_, now);
  return full - Interval() * (limit_.burst - 1);
}

void RateBucket::Take(Timestamp now) {
  full_at_ = std::max(full_at_, now) + Interval();
}

}  // namespace writ::engine
