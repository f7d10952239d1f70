// Numbers and durations as text, appended to one. Doubles that aren't finite
// are NaN, Infinity and -Infinity.
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

// A duration as the seconds that a double can hold: "1.5s".
void AppendSeconds(std::int64_t nanoseconds, std::string& text);

}  // namespace writ::engine::cel
