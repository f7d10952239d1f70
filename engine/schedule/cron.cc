#include "engine/schedule/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>

#include "schema/ascii_case.h"
#include "schema/cron_syntax.h"

namespace writ::engine {
namespace {

using std::chrono::ceil;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::local_days;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year_month_day;

struct FieldRange {
  unsigned low;
  unsigned high;
};

constexpr std::array<FieldRange, 5> kRanges = {
    {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}}};

struct Named {
  std::string_view name;
  unsigned number;
};

constexpr std::array<Named, 19> kNames = {{{"jan", 1},
                                           {"feb", 2},
                                           {"mar", 3},
                                           {"apr", 4},
                                           {"may", 5},
                                           {"jun", 6},
                                           {"jul", 7},
                                           {"aug", 8},
                                           {"sep", 9},
                                           {"oct", 10},
                                           {"nov", 11},
                                           {"dec", 12},
                                           {"sun", 0},
                                           {"mon", 1},
                                           {"tue", 2},
                                           {"wed", 3},
                                           {"thu", 4},
                                           {"fri", 5},
                                           {"sat", 6}}};

std::string_view ExpandMacro(std::string_view text) {
  if (text == "@hourly") return "0 * * * *";
  if (text == "@daily" || text == "@midnight") return "0 0 * * *";
  if (text == "@weekly") return "0 0 * * 0";
  if (text == "@monthly") return "0 0 1 * *";
  if (text == "@yearly" || text == "@annually") return "0 0 1 1 *";
  return text;
}

// What IsCronExpression admitted is read without looking for mistakes again.
unsigned ReadNumber(std::string_view text) {
  unsigned number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) {
    return number;
  }
  for (const Named& named : kNames) {
    if (EqualsIgnoringCase(text, named.name)) return named.number;
  }
  return number;
}

// "*", "5", "1-5", each with "/step" behind.
std::uint64_t ReadPart(std::string_view part, FieldRange field) {
  const std::size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  const std::size_t dash = range.find('-');
  const bool stepped = slash != std::string_view::npos;
  unsigned first = field.low;
  unsigned last = field.high;
  if (range != "*") {
    first = ReadNumber(range.substr(0, dash));
    if (dash != std::string_view::npos) {
      last = ReadNumber(range.substr(dash + 1));
    } else if (!stepped) {
      last = first;
    }
  }
  const unsigned step = stepped ? ReadNumber(part.substr(slash + 1)) : 1;
  std::uint64_t bits = 0;
  for (unsigned n = first; n <= last; n += step) bits |= std::uint64_t{1} << n;
  return bits;
}

std::uint64_t ReadList(std::string_view list, FieldRange field) {
  std::uint64_t bits = 0;
  while (true) {
    const std::size_t comma = list.find(',');
    bits |= ReadPart(list.substr(0, comma), field);
    if (comma == std::string_view::npos) return bits;
    list.remove_prefix(comma + 1);
  }
}

constexpr bool Has(std::uint64_t bits, unsigned number) {
  return (bits >> number & 1U) != 0;
}

unsigned Count(seconds time, seconds unit) {
  return static_cast<unsigned>(time / unit);
}

const local_days kEnd(std::chrono::year(10000) / std::chrono::January / 1);
// After which the calendar repeats itself, weekdays too.
constexpr days kCalendarCycle(146097);

}  // namespace

std::optional<Cron> Cron::Parse(std::string_view text) {
  if (!IsCronExpression(text)) return std::nullopt;
  text = ExpandMacro(text);
  std::array<std::string_view, 5> fields;
  std::array<std::uint64_t, 5> bits{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    text.remove_prefix(text.find_first_not_of(" \t"));
    fields[i] = text.substr(0, text.find_first_of(" \t"));
    text.remove_prefix(fields[i].size());
    bits[i] = ReadList(fields[i], kRanges[i]);
  }
  Cron cron;
  cron.minutes_ = bits[0];
  cron.hours_ = bits[1];
  cron.days_ = bits[2];
  cron.months_ = bits[3];
  cron.weekdays_ = bits[4] | (Has(bits[4], 7) ? 1U : 0U);
  cron.either_day_ = fields[2][0] != '*' && fields[4][0] != '*';
  cron.as_shown_ = fields[0][0] == '*' || fields[1][0] == '*';
  return cron;
}

bool Cron::MatchesDay(local_days day) const {
  const year_month_day date(day);
  if (!Has(months_, static_cast<unsigned>(date.month()))) return false;
  const bool in_month = Has(days_, static_cast<unsigned>(date.day()));
  const bool in_week = Has(weekdays_, std::chrono::weekday(day).c_encoding());
  return either_day_ ? in_month || in_week : in_month && in_week;
}

bool Cron::Matches(WallSeconds wall) const {
  const local_days day = floor<days>(wall);
  const seconds time = wall - day;
  return MatchesDay(day) && Has(hours_, Count(time, hours(1))) &&
         Has(minutes_, Count(time % hours(1), minutes(1)));
}

std::optional<WallSeconds> Cron::NextWall(WallSeconds from,
                                          WallSeconds until) const {
  const WallSeconds start = ceil<minutes>(from);
  const local_days first = floor<days>(start);
  const local_days last = std::min(first + kCalendarCycle, kEnd);
  for (local_days day = first; day < last && day < until; day += days(1)) {
    if (!MatchesDay(day)) continue;
    for (unsigned hour = 0; hour < 24; ++hour) {
      if (!Has(hours_, hour)) continue;
      for (unsigned minute = 0; minute < 60; ++minute) {
        const WallSeconds wall = day + hours(hour) + minutes(minute);
        if (wall >= until) return std::nullopt;
        if (wall >= start && Has(minutes_, minute)) return wall;
      }
    }
  }
  return std::nullopt;
}

// Wall times in turn, each at the first moment it is shown. That moment never
// goes back as wall times go on, so the first one past `after` is the next.
std::optional<SysSeconds> Cron::NextGiven(SysSeconds after,
                                          const TimeZone& zone) const {
  WallSeconds from = zone.Wall(after);
  while (const auto wall = NextWall(from, kEnd)) {
    const SysSeconds at = zone.First(*wall);
    if (at > after) return at;
    from = *wall + minutes(1);
  }
  return std::nullopt;
}

// Within each stretch that clocks are set the same in turn.
std::optional<SysSeconds> Cron::NextShown(SysSeconds after,
                                          const TimeZone& zone) const {
  const SysSeconds end = SysSeconds(kEnd.time_since_epoch());
  SysSeconds from = after + seconds(1);
  const SysSeconds last = std::min(end, from + kCalendarCycle);
  while (from < last) {
    const TimeZone::Stretch stretch = zone.At(from);
    const SysSeconds until = std::min(stretch.until, last);
    const auto wall =
        NextWall(WallSeconds(from.time_since_epoch() + stretch.ahead),
                 WallSeconds(until.time_since_epoch() + stretch.ahead));
    if (wall) return SysSeconds(wall->time_since_epoch() - stretch.ahead);
    from = until;
  }
  return std::nullopt;
}

std::optional<Timestamp> Cron::Next(Timestamp after,
                                    const TimeZone& zone) const {
  const SysSeconds second = floor<seconds>(after);
  if (as_shown_) return NextShown(second, zone);
  return NextGiven(second, zone);
}

}  // namespace writ::engine
