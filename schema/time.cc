#include "schema/time.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace writ {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 9999;

// Takes pieces off the front of a text; once one doesn't fit, nothing does.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `width` digits.
  int Digits(int width) {
    int value = 0;
    for (int i = 0; i < width; ++i) {
      const int digit = TakeDigit();
      if (digit < 0) ok_ = false;
      value = value * 10 + digit;
    }
    return ok_ ? value : 0;
  }

  void Expect(char c) {
    if (!Take(c)) ok_ = false;
  }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Between one and nine decimals; what is finer than 1 µs is cut off.
  microseconds Fraction() {
    microseconds value{0};
    microseconds unit{100'000};
    int count = 0;
    for (int digit = TakeDigit(); digit >= 0; digit = TakeDigit()) {
      value += unit * digit;
      unit /= 10;
      ++count;
    }
    if (count < 1 || count > 9) ok_ = false;
    return value;
  }

  void Fail() { ok_ = false; }
  bool Done() const { return ok_ && rest_.empty(); }

 private:
  int TakeDigit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  std::string_view rest_;
  bool ok_ = true;
};

// "Z", "+01:00", "-08:30": what local time is ahead of UTC.
minutes ScanOffset(Scanner& scanner) {
  if (scanner.Take('Z')) return minutes(0);
  const bool behind = scanner.Take('-');
  if (!behind) scanner.Expect('+');
  const int hour = scanner.Digits(2);
  scanner.Expect(':');
  const int minute = scanner.Digits(2);
  if (hour > 23 || minute > 59) scanner.Fail();
  const minutes offset = hours(hour) + minutes(minute);
  return behind ? -offset : offset;
}

year_month_day ScanDate(Scanner& scanner) {
  const int year = scanner.Digits(4);
  scanner.Expect('-');
  const int month = scanner.Digits(2);
  scanner.Expect('-');
  const int day = scanner.Digits(2);
  const year_month_day date(std::chrono::year(year),
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  if (year < kFirstYear || !date.ok()) scanner.Fail();
  return date;
}

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

// In falling order, which is also the order they are written in.
constexpr std::array kUnits = {
    Unit{"w", 604'800'000}, Unit{"d", 86'400'000}, Unit{"h", 3'600'000},
    Unit{"m", 60'000},      Unit{"s", 1'000},      Unit{"ms", 1},
};

std::size_t FindUnit(std::string_view name) {
  std::size_t i = 0;
  while (i < kUnits.size() && kUnits[i].name != name) ++i;
  return i;
}

std::size_t SpanOf(std::string_view text, std::string_view characters) {
  const std::size_t end = text.find_first_not_of(characters);
  return end == std::string_view::npos ? text.size() : end;
}

// At least so many digits; many times a request, too often for printf.
void AppendDigits(int number, std::size_t width, std::string& text) {
  std::array<char, 16> buffer{};
  const bool is_negative = number < 0;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                 is_negative ? -std::int64_t{number} : number)
                       .ptr;
  const auto size = static_cast<std::size_t>(end - buffer.data());
  const std::size_t sign = is_negative ? 1 : 0;
  if (is_negative) text += '-';
  if (size + sign < width) text.append(width - sign - size, '0');
  text.append(buffer.data(), size);
}

}  // namespace

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  Scanner scanner(text);
  const year_month_day date = ScanDate(scanner);
  scanner.Expect('T');
  const int hour = scanner.Digits(2);
  scanner.Expect(':');
  const int minute = scanner.Digits(2);
  scanner.Expect(':');
  // No leap second: no clock of a POSIX system ever shows one.
  const int second = scanner.Digits(2);
  if (hour > 23 || minute > 59 || second > 59) scanner.Fail();
  const microseconds fraction =
      scanner.Take('.') ? scanner.Fraction() : microseconds(0);
  const minutes offset = ScanOffset(scanner);
  if (!scanner.Done()) return std::nullopt;
  const Timestamp at = sys_days(date) + hours(hour) + minutes(minute) +
                       seconds(second) + fraction - offset;
  const Timestamp end =
      sys_days(std::chrono::year(kLastYear + 1) / std::chrono::January / 1);
  if (at < Timestamp{} || at >= end) return std::nullopt;
  return at;
}

std::string FormatTimestamp(Timestamp at) {
  const auto day = std::chrono::floor<days>(at);
  const year_month_day date(day);
  const std::int64_t time_us = (at - day).count();
  const std::int64_t fraction_us = time_us % 1'000'000;
  const auto time_s = static_cast<int>(time_us / 1'000'000);
  std::string text;
  text.reserve(sizeof("2026-06-01T12:00:00.000000Z"));
  AppendDigits(static_cast<int>(date.year()), 4, text);
  AppendDigits(static_cast<int>(static_cast<unsigned>(date.month())), 2,
               text += '-');
  AppendDigits(static_cast<int>(static_cast<unsigned>(date.day())), 2,
               text += '-');
  AppendDigits(time_s / 3600, 2, text += 'T');
  AppendDigits(time_s / 60 % 60, 2, text += ':');
  AppendDigits(time_s % 60, 2, text += ':');
  if (fraction_us != 0) {
    const bool whole_ms = fraction_us % 1000 == 0;
    const auto fraction = static_cast<int>(fraction_us);
    AppendDigits(whole_ms ? fraction / 1000 : fraction, whole_ms ? 3 : 6,
                 text += '.');
  }
  return text + "Z";
}

std::string FormatSeconds(Timestamp at) {
  return FormatTimestamp(std::chrono::floor<std::chrono::seconds>(at));
}

std::optional<Duration> ParseDuration(std::string_view text) {
  constexpr std::size_t kMostDigits = 13;  // of 100 years in milliseconds
  if (text.empty()) return std::nullopt;
  std::int64_t total_ms = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const std::size_t digits = SpanOf(text, "0123456789");
    if (digits == 0 || digits > kMostDigits) return std::nullopt;
    std::int64_t count = 0;
    for (const char c : text.substr(0, digits)) count = count * 10 + (c - '0');
    text.remove_prefix(digits);
    const std::size_t letters = SpanOf(text, "wdhms");
    const std::size_t unit = FindUnit(text.substr(0, letters));
    if (unit == kUnits.size() || unit < next_unit) return std::nullopt;
    if (count > kMaxDuration.count() / kUnits[unit].ms) return std::nullopt;
    text.remove_prefix(letters);
    next_unit = unit + 1;
    total_ms += count * kUnits[unit].ms;
  }
  if (total_ms > Duration(kMaxDuration).count()) return std::nullopt;
  return Duration(total_ms);
}

std::string FormatDuration(Duration duration) {
  std::int64_t rest_ms = duration.count();
  if (rest_ms == 0) return "0s";
  std::string text = rest_ms < 0 ? "-" : "";
  // People say 90 days, not 12 weeks and 6 days: weeks are read, never written.
  for (std::size_t i = 1; i < kUnits.size(); ++i) {
    std::int64_t count = rest_ms / kUnits[i].ms;
    rest_ms %= kUnits[i].ms;
    if (count == 0) continue;
    text += std::to_string(count < 0 ? -count : count);
    text += kUnits[i].name;
  }
  return text;
}

std::string FormatAge(Timestamp then, Timestamp now) {
  const bool future = then > now;
  const auto age = future ? then - now : now - then;
  std::string text;
  if (age < minutes(1)) return "just now";
  if (age < hours(1)) {
    text = std::to_string(std::chrono::floor<minutes>(age).count()) + " min";
  } else if (age < days(1)) {
    text = std::to_string(std::chrono::floor<hours>(age).count()) + " h";
  } else {
    const auto count = std::chrono::floor<days>(age).count();
    text = std::to_string(count) + (count == 1 ? " day" : " days");
  }
  return future ? "in " + text : text + " ago";
}

}  // namespace writ
