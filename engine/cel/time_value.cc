#include "engine/cel/time_value.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>

#include "engine/cel/scalar_text.h"
#include "engine/cel/time_zone.h"

namespace writ::engine::cel {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

// For sums that leave 64 bits before they are judged.
__extension__ using Int128 = __int128;

constexpr std::int64_t kSecondsPerDay = 86'400;

Value OutOfRange(const char* what) {
  return Value::Error(std::string(what) + " is out of range");
}

// Takes pieces off the front of a text; once one doesn't fit, nothing does.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int Digits(int width) {
    int value = 0;
    for (int i = 0; i < width; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  bool Take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void Expect(char wanted) { ok_ = Take(wanted) && ok_; }

  // Between one and nine decimals, as nanoseconds.
  std::int64_t Decimals() {
    std::int64_t value = 0;
    std::int64_t unit = kNanosecondsPerSecond / 10;
    int count = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      value += unit * (rest_.front() - '0');
      unit /= 10;
      rest_.remove_prefix(1);
      ++count;
    }
    if (count < 1 || count > 9) ok_ = false;
    return value;
  }

  // "Z", "+01:00", in seconds.
  std::int64_t Offset() {
    if (Take('Z')) return 0;
    const bool behind = Take('-');
    if (!behind) Expect('+');
    const int hours = Digits(2);
    Expect(':');
    const int minutes = Digits(2);
    if (hours > 23 || minutes > 59) ok_ = false;
    const std::int64_t seconds = hours * 3'600 + minutes * 60;
    return behind ? -seconds : seconds;
  }

  void Refuse() { ok_ = false; }
  bool Done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// A name that begins another comes later.
constexpr std::array kUnits = {
    Unit{"ms", 1'000'000},
    Unit{"us", 1'000},
    Unit{"\xC2\xB5s", 1'000},  // µ, micro sign
    Unit{"\xCE\xBCs", 1'000},  // μ, Greek letter
    Unit{"ns", 1},
    Unit{"h", 3'600 * kNanosecondsPerSecond},
    Unit{"m", 60 * kNanosecondsPerSecond},
    Unit{"s", kNanosecondsPerSecond},
};

std::int64_t TakeUnit(std::string_view& rest) {
  for (const Unit& unit : kUnits) {
    if (rest.starts_with(unit.name)) {
      rest.remove_prefix(unit.name.size());
      return unit.nanoseconds;
    }
  }
  return 0;
}

// NUMBER UNIT, added to the total. False where it doesn't fit.
bool TakePart(std::string_view& rest, Int128& total) {
  const auto is_digit = [&rest] {
    return !rest.empty() && rest.front() >= '0' && rest.front() <= '9';
  };
  // Beyond any range, and still far from that of 128 bits.
  constexpr std::int64_t kEnough =
      std::numeric_limits<std::int64_t>::max() / 16;
  std::int64_t whole = 0;
  bool digits = false;
  for (; is_digit(); rest.remove_prefix(1)) {
    if (whole < kEnough) whole = whole * 10 + (rest.front() - '0');
    digits = true;
  }
  std::int64_t decimals = 0;
  std::int64_t scale = 1;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    for (; is_digit(); rest.remove_prefix(1)) {
      if (scale < kNanosecondsPerSecond * kNanosecondsPerSecond) {
        decimals = decimals * 10 + (rest.front() - '0');
        scale *= 10;
      }
      digits = true;
    }
  }
  const std::int64_t unit = TakeUnit(rest);
  if (!digits || unit == 0) return false;
  total += static_cast<Int128>(whole) * unit;
  total += static_cast<Int128>(decimals) * unit / scale;
  return true;
}

// "+01:00", "-08:30", in seconds.
std::optional<std::int64_t> FixedOffset(std::string_view zone) {
  const bool is_signed = zone.starts_with('+') || zone.starts_with('-');
  const std::string text =
      is_signed ? std::string(zone) : "+" + std::string(zone);
  Scanner scanner(text);
  const std::int64_t offset = scanner.Offset();
  if (!scanner.Done()) return std::nullopt;
  return offset;
}

std::optional<std::int64_t> OffsetOf(const Value& timestamp,
                                     std::string_view zone) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  if (const auto fixed = FixedOffset(zone)) return fixed;
  const auto offset =
      ZoneOffset(zone, sys_seconds(std::chrono::seconds(timestamp.seconds())));
  if (!offset) return std::nullopt;
  return offset->count();
}

CivilTime CivilTimeAt(std::int64_t seconds) {
  std::int64_t day = seconds / kSecondsPerDay;
  if (seconds % kSecondsPerDay < 0) --day;
  const sys_days date{days(day)};
  const year_month_day calendar(date);
  const auto clock = static_cast<unsigned>(seconds - day * kSecondsPerDay);
  CivilTime civil;
  civil.year = static_cast<int>(calendar.year());
  civil.month = static_cast<unsigned>(calendar.month());
  civil.day = static_cast<unsigned>(calendar.day());
  civil.day_of_week = std::chrono::weekday(date).c_encoding();
  civil.day_of_year = static_cast<unsigned>(
      (date - sys_days(calendar.year() / std::chrono::January / 1)).count());
  civil.hour = clock / 3'600;
  civil.minute = clock / 60 % 60;
  civil.second = clock % 60;
  return civil;
}

// "", ".5", ".123456": without trailing zeros.
std::string Decimals(std::uint32_t nanoseconds) {
  if (nanoseconds == 0) return {};
  std::array<char, 16> digits{};
  std::snprintf(digits.data(), digits.size(), ".%09u", nanoseconds);
  std::string text(digits.data());
  text.resize(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace

Value TimestampOf(std::int64_t seconds, std::int64_t nanoseconds) {
  if (seconds < kFirstSecond || seconds > kLastSecond) {
    return OutOfRange("timestamp");
  }
  return Value::Timestamp(seconds, static_cast<std::uint32_t>(nanoseconds));
}

Value Later(const Value& timestamp, std::int64_t nanoseconds) {
  std::int64_t seconds =
      timestamp.seconds() + nanoseconds / kNanosecondsPerSecond;
  std::int64_t rest =
      timestamp.nanoseconds() + nanoseconds % kNanosecondsPerSecond;
  if (rest < 0) {
    rest += kNanosecondsPerSecond;
    --seconds;
  } else if (rest >= kNanosecondsPerSecond) {
    rest -= kNanosecondsPerSecond;
    ++seconds;
  }
  return TimestampOf(seconds, rest);
}

Value Earlier(const Value& timestamp, std::int64_t nanoseconds) {
  // The least duration has no opposite; it leads out of any range, halved or
  // not.
  if (nanoseconds == std::numeric_limits<std::int64_t>::min()) {
    const Value half = Later(timestamp, -(nanoseconds / 2));
    return half.IsError() ? half : Later(half, -(nanoseconds / 2));
  }
  return Later(timestamp, -nanoseconds);
}

Value TimeBetween(const Value& from, const Value& to) {
  const Int128 total = static_cast<Int128>(to.seconds() - from.seconds()) *
                           kNanosecondsPerSecond +
                       to.nanoseconds() - from.nanoseconds();
  if (total > std::numeric_limits<std::int64_t>::max() ||
      total < std::numeric_limits<std::int64_t>::min()) {
    return OutOfRange("duration");
  }
  return Value::Duration(static_cast<std::int64_t>(total));
}

Value ParseTimestampText(std::string_view text) {
  Scanner scanner(text);
  const int year = scanner.Digits(4);
  scanner.Expect('-');
  const auto month = static_cast<unsigned>(scanner.Digits(2));
  scanner.Expect('-');
  const auto day = static_cast<unsigned>(scanner.Digits(2));
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!scanner.Take('T')) scanner.Expect('t');
  const int hour = scanner.Digits(2);
  scanner.Expect(':');
  const int minute = scanner.Digits(2);
  scanner.Expect(':');
  const int second = scanner.Digits(2);
  const std::int64_t decimals = scanner.Take('.') ? scanner.Decimals() : 0;
  const std::int64_t offset = scanner.Take('z') ? 0 : scanner.Offset();
  if (hour > 23 || minute > 59 || second > 59 || !date.ok()) scanner.Refuse();
  if (!scanner.Done()) {
    return Value::Error("not a timestamp of RFC 3339");
  }
  const std::int64_t seconds =
      sys_days(date).time_since_epoch().count() * kSecondsPerDay +
      hour * 3'600 + minute * 60 + second - offset;
  return TimestampOf(seconds, decimals);
}

std::string FormatTimestampText(const Value& timestamp) {
  const CivilTime civil = CivilTimeAt(timestamp.seconds());
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02u:%02u:%02u",
                static_cast<int>(civil.year), civil.month, civil.day,
                civil.hour, civil.minute, civil.second);
  return text.data() + Decimals(timestamp.nanoseconds()) + "Z";
}

Value ParseDurationText(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Value::Duration(0);
  Int128 total = 0;
  bool read = !rest.empty();
  // Sums of parts beyond the range stay far from that of 128 bits: a text has
  // less than 2^32 characters.
  while (read && !rest.empty()) read = TakePart(rest, total);
  if (!read) return Value::Error("not a duration");
  if (negative) total = -total;
  if (total > std::numeric_limits<std::int64_t>::max() ||
      total < std::numeric_limits<std::int64_t>::min()) {
    return OutOfRange("duration");
  }
  return Value::Duration(static_cast<std::int64_t>(total));
}

std::string FormatDurationText(std::int64_t nanoseconds) {
  const bool negative = nanoseconds < 0;
  const std::uint64_t size = negative
                                 ? ~static_cast<std::uint64_t>(nanoseconds) + 1
                                 : static_cast<std::uint64_t>(nanoseconds);
  constexpr auto kSecond = static_cast<std::uint64_t>(kNanosecondsPerSecond);
  return (negative ? "-" : "") + std::to_string(size / kSecond) +
         Decimals(static_cast<std::uint32_t>(size % kSecond)) + "s";
}

std::string FormatRoundedDurationText(std::int64_t nanoseconds) {
  const auto seconds = static_cast<double>(nanoseconds / kNanosecondsPerSecond);
  const auto rest = static_cast<double>(nanoseconds % kNanosecondsPerSecond);
  std::string text;
  AppendShortest(seconds + rest / 1e9, text);
  return text + "s";
}

std::optional<CivilTime> CivilTimeIn(const Value& timestamp,
                                     std::string_view zone) {
  const auto offset = OffsetOf(timestamp, zone);
  if (!offset) return std::nullopt;
  return CivilTimeAt(timestamp.seconds() + *offset);
}

}  // namespace writ::engine::cel
