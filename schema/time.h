// Points in time and lengths of time as manifests write them.
//   timestamp: RFC 3339, years 1970–9999 (T-24)
//   duration:  "90d", "1h30m", "250ms"; units w d h m s ms, each at most once
//              and in falling order, at most 100 years of 365 days (T-24)
// Pure: the clock comes in as a value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace writ {

using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::milliseconds;

inline constexpr Duration kMaxDuration = std::chrono::hours(24 * 365 * 100);

std::optional<Timestamp> ParseTimestamp(std::string_view text);
// "2026-11-21T03:20:00Z"; with as many of 3 or 6 decimals as are needed.
std::string FormatTimestamp(Timestamp at);
// For people: to the second, the rest cut off.
std::string FormatSeconds(Timestamp at);

std::optional<Duration> ParseDuration(std::string_view text);
// The shortest form: "90d", "1h30m", "0s".
std::string FormatDuration(Duration duration);

// How long ago, for people: "3 h ago", "2 days ago", "just now".
std::string FormatAge(Timestamp then, Timestamp now);

}  // namespace writ
