// Numbers as text, appended to one. Doubles that aren't finite are NaN,
// Infinity and -Infinity, except where it says otherwise.
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
// The same digits as string() has them, which is as Go's %g does: "1e+06" from
// 1e6 on, "1e-05" below 1e-4; NaN, +Inf, -Inf.
void AppendGeneral(double value, std::string& text);
// Half to even. REQUIRES: precision from 0 to kMaxPrecision.
void AppendFixed(double value, int precision, std::string& text);
void AppendScientific(double value, int precision, std::string& text);

}  // namespace writ::engine::cel
