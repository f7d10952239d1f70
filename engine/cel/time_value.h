// Moments and lengths of time as the specification has them. A timestamp lies
// within 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z, a duration
// within 64 bits of nanoseconds. What leaves its range is an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/cel/value.h"

namespace writ::engine::cel {

inline constexpr std::int64_t kFirstSecond = -62'135'596'800;
inline constexpr std::int64_t kLastSecond = 253'402'300'799;
inline constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;

// Seconds since 1970, or an error.
Value TimestampOf(std::int64_t seconds, std::int64_t nanoseconds = 0);
Value Later(const Value& timestamp, std::int64_t nanoseconds);
Value Earlier(const Value& timestamp, std::int64_t nanoseconds);
Value TimeBetween(const Value& from, const Value& to);

// RFC 3339 with any offset and up to 9 decimals; an error where it isn't.
Value ParseTimestampText(std::string_view text);
// "2009-02-13T23:31:30.5Z": UTC, with as many decimals as needed.
std::string FormatTimestampText(const Value& timestamp);

// "1h30m", "-1.5s", "250ms"; units h m s ms us µs ns; "0".
Value ParseDurationText(std::string_view text);
// In seconds: "-1.5s".
std::string FormatDurationText(std::int64_t nanoseconds);
// As format() has it: the seconds that a double can hold.
std::string FormatRoundedDurationText(std::int64_t nanoseconds);

// The fields of a moment on a calendar and a clock somewhere.
struct CivilTime {
  std::int64_t year = 0;
  unsigned month = 0;        // from 1
  unsigned day = 0;          // from 1
  unsigned day_of_week = 0;  // Sunday is 0
  unsigned day_of_year = 0;  // from 0
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

// In the zone: a name of the tz database, "+01:00", "-08:30", "UTC"; empty
// where there is no such zone.
std::optional<CivilTime> CivilTimeIn(const Value& timestamp,
                                     std::string_view zone);

}  // namespace writ::engine::cel
