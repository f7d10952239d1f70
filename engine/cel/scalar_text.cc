#include "engine/cel/scalar_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace writ::engine::cel {
namespace {

// 309 digits before the point, the point, a sign, the digits after it.
constexpr std::size_t kDoubleRoom = 400 + kMaxPrecision;

template <typename T>
void AppendIn(int base, T value, std::string& text) {
  std::array<char, 68> room;
  const auto end =
      std::to_chars(room.data(), room.data() + room.size(), value, base).ptr;
  text.append(room.data(), end);
}

// NaN and infinities by name; false for all other numbers.
bool AppendUnusual(double value, std::string& text) {
  if (std::isnan(value)) {
    text += "NaN";
    return true;
  }
  if (!std::isinf(value)) return false;
  text += value < 0 ? "-Infinity" : "Infinity";
  return true;
}

void AppendPrecise(double value, std::chars_format style, int precision,
                   std::string& text) {
  if (AppendUnusual(value, text)) return;
  std::array<char, kDoubleRoom> room;
  const auto end = std::to_chars(room.data(), room.data() + room.size(), value,
                                 style, precision)
                       .ptr;
  text.append(room.data(), end);
}

}  // namespace

void AppendInt(std::int64_t value, int base, std::string& text) {
  AppendIn(base, value, text);
}

void AppendUint(std::uint64_t value, int base, std::string& text) {
  AppendIn(base, value, text);
}

void AppendShortest(double value, std::string& text) {
  if (AppendUnusual(value, text)) return;
  // to_chars without an exponent would write all the digits that a large
  // double has in base 2.
  std::array<char, 32> room;
  const char* end = std::to_chars(room.data(), room.data() + room.size(), value,
                                  std::chars_format::scientific)
                        .ptr;
  const char* mark = std::find(std::as_const(room).data(), end, 'e');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
  std::string digits;
  for (const char* c = room.data(); c != mark; ++c) {
    if (*c == '-') text += '-';
    if (*c >= '0' && *c <= '9') digits += *c;
  }
  if (exponent < 0) {
    text += "0.";
    text.append(static_cast<std::size_t>(-exponent - 1), '0');
    text += digits;
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) {
    digits.append(whole - digits.size(), '0');
  } else {
    digits.insert(whole, ".");
  }
  text += digits;
}

void AppendGeneral(double value, std::string& text) {
  if (std::isnan(value)) {
    text += "NaN";
    return;
  }
  if (std::isinf(value)) {
    text += value < 0 ? "-Inf" : "+Inf";
    return;
  }
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e6);
  std::array<char, 32> room;
  const auto end = std::to_chars(room.data(), room.data() + room.size(), value,
                                 plain ? std::chars_format::fixed
                                       : std::chars_format::scientific)
                       .ptr;
  text.append(room.data(), end);
}

void AppendFixed(double value, int precision, std::string& text) {
  AppendPrecise(value, std::chars_format::fixed, precision, text);
}

void AppendScientific(double value, int precision, std::string& text) {
  AppendPrecise(value, std::chars_format::scientific, precision, text);
}

}  // namespace writ::engine::cel
