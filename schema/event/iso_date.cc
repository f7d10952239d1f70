#include "schema/event/iso_date.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace writ {
namespace {

constexpr int kMicrosecondDigits = 6;

struct Instant {
  std::chrono::sys_days day;
  std::chrono::microseconds time{0};  // of day, less the offset
  bool has_time = false;
};

// Takes a text apart from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }

  bool Skip(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool SkipEither(char one, char other) { return Skip(one) || Skip(other); }

  // So many digits, up to a most.
  bool Digits(std::size_t count, int most, int& value) {
    if (rest_.size() < count) return false;
    value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value <= most;
  }

  // One digit or more, as microseconds.
  bool Fraction(std::chrono::microseconds& value) {
    int digits = 0;
    std::int64_t amount = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (digits < kMicrosecondDigits) {
        amount = amount * 10 + (rest_.front() - '0');
      }
      ++digits;
      rest_.remove_prefix(1);
    }
    for (int i = digits; i < kMicrosecondDigits; ++i) amount *= 10;
    value = std::chrono::microseconds(amount);
    return digits > 0;
  }

 private:
  std::string_view rest_;
};

bool ReadDay(Cursor& cursor, Instant& instant) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!cursor.Digits(4, 9999, year) || !cursor.Skip('-') ||
      !cursor.Digits(2, 12, month) || !cursor.Skip('-') ||
      !cursor.Digits(2, 31, day)) {
    return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
      std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return false;
  instant.day = date;
  return true;
}

bool ReadOffset(Cursor& cursor, Instant& instant) {
  if (cursor.SkipEither('Z', 'z')) return true;
  const bool ahead = cursor.Skip('+');
  if (!ahead && !cursor.Skip('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!cursor.Digits(2, 23, hours) || !cursor.Skip(':') ||
      !cursor.Digits(2, 59, minutes)) {
    return false;
  }
  const auto offset = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  instant.time += ahead ? -offset : offset;
  return true;
}

bool ReadTime(Cursor& cursor, Instant& instant) {
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  std::chrono::microseconds fraction{0};
  if (!cursor.Digits(2, 23, hours) || !cursor.Skip(':') ||
      !cursor.Digits(2, 59, minutes)) {
    return false;
  }
  if (cursor.Skip(':')) {
    if (!cursor.Digits(2, 59, seconds)) return false;
    if (cursor.Skip('.') && !cursor.Fraction(fraction)) return false;
  }
  instant.time = std::chrono::hours(hours) + std::chrono::minutes(minutes) +
                 std::chrono::seconds(seconds) + fraction;
  instant.has_time = true;
  return ReadOffset(cursor, instant);
}

std::optional<Instant> ReadInstant(std::string_view text) {
  Cursor cursor(text);
  Instant instant;
  if (!ReadDay(cursor, instant)) return std::nullopt;
  if (cursor.empty()) return instant;
  if (!cursor.SkipEither('T', 't') || !ReadTime(cursor, instant)) {
    return std::nullopt;
  }
  if (!cursor.empty()) return std::nullopt;
  return instant;
}

}  // namespace

bool IsIsoDate(std::string_view text) { return ReadInstant(text).has_value(); }

std::optional<Timestamp> ParseIsoInstant(std::string_view text) {
  const std::optional<Instant> instant = ReadInstant(text);
  if (!instant || !instant->has_time) return std::nullopt;
  const Timestamp at = instant->day + instant->time;
  static constexpr std::chrono::sys_days kEnd =
      std::chrono::year(10000) / std::chrono::January / 1;
  if (at < Timestamp() || at >= Timestamp(kEnd)) return std::nullopt;
  return at;
}

}  // namespace writ
