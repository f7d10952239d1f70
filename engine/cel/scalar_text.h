// Numbers and times as text, appended to one. Doubles that aren't finite are
// NaN, Infinity and -Infinity.
//
// Pure; the locale takes no part.
#pragma once

#include <cstdint>
#include <string>

namespace writ::engine::cel {

inline constexpr int kMaxPrecision = 1'000;

// REQUIRES: base from 2 to 36. A negative number begins with "-".
void AppendInt(std::int64_t value, int base, std::string& text);
void AppendUint(std::uint64_t value, int base, std::string& text);

// The shortest digits that read back the same, without an exponent.
void AppendShortest(double value, std::string& text);
// Half to even. REQUIRES: precision from 0 to kMaxPrecision.
void AppendFixed(double value, int precision, std::string& text);
void AppendScientific(double value, int precision, std::string& text);

// RFC 3339 in UTC, with as many decimals as are needed.
void AppendTimestamp(std::int64_t seconds_since_1970, std::uint32_t nanoseconds,
                     std::string& text);
// "1.5s"
void AppendDuration(std::int64_t nanoseconds, std::string& text);

}  // namespace writ::engine::cel
