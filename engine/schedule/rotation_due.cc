#include "engine/schedule/rotation_due.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "schema/digest.h"

namespace writ::engine {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

// The first of first, first + step, … that is after `after`.
Timestamp StepPast(Timestamp first, Timestamp::duration step, Timestamp after) {
  if (first > after) return first;
  return first + ((after - first) / step + 1) * step;
}

// The same for steps of a day at one time of day.
Timestamp DayPast(Timestamp first, const TimeZone& zone, Timestamp after) {
  if (first > after) return first;
  const SysSeconds second = floor<seconds>(first);
  const WallSeconds wall = zone.Wall(second);
  // Clocks are never set by as much as two days.
  days count = std::max(days(1), floor<days>(after - first) - days(2));
  while (true) {
    const Timestamp at = zone.First(wall + count) + (first - second);
    if (at > after) return at;
    ++count;
  }
}

std::optional<Timestamp> NextOccurrence(const RotationTiming& timing,
                                        Timestamp issued_at, Timestamp after) {
  if (timing.cron) {
    return timing.cron->Next(std::max(issued_at, after), timing.zone);
  }
  const Timestamp first = issued_at + timing.every;
  if (timing.every < days(1)) return StepPast(first, timing.every, after);
  return DayPast(first, timing.zone, after);
}

// The last moment at which a rotation is begun in time; a token has at least
// half its life first, or it would be rotated without end.
std::optional<Timestamp> LatestStart(const TokenAge& token) {
  if (!token.expires_at) return std::nullopt;
  const Timestamp half =
      token.issued_at + (*token.expires_at - token.issued_at) / 2;
  return std::max(half, *token.expires_at - token.lead);
}

}  // namespace

Duration JitterOf(std::string_view uid, Duration most) {
  if (most <= Duration(0)) return Duration(0);
  const Digest digest = Sha256(uid);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) {
    number = number << 8U | digest.bytes[i];
  }
  const auto choices = static_cast<std::uint64_t>(most.count()) + 1;
  return Duration(static_cast<std::int64_t>(number % choices));
}

std::optional<RotationDue> FindRotationDue(const RotationTiming& timing,
                                           const TokenAge& token,
                                           Timestamp now) {
  const auto first = NextOccurrence(timing, token.issued_at, token.issued_at);
  const auto next =
      NextOccurrence(timing, token.issued_at, now - timing.window);
  const std::optional<Timestamp> latest = LatestStart(token);
  std::optional<RotationDue> due;
  if (next) {
    const Duration jitter = JitterOf(token.uid, timing.jitter);
    due = {*next + jitter, *next + timing.window, *next != *first, false};
  }
  if (latest && (!due || due->at > *latest)) {
    return RotationDue{*latest, std::nullopt, due && due->overdue, true};
  }
  return due;
}

}  // namespace writ::engine
