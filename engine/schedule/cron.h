// When a cron expression fires, in a time zone, as Vixie cron of Debian has it.
//
// Days: where day of month and day of week are both given (neither begins with
// "*"), a day that fits either is one; else a day has to fit both.
//
// Clocks set forward or back:
//   hour and minute given      a time that clocks skip fires when they are set
//   ("30 2 * * *")             forward; one that they show twice fires at the
//                              first
//   hour or minute begins      fires whenever clocks show it: not at times they
//   with "*" ("*/10 * * * *")  skip, twice at times they show twice
//
// Time zones past 2037 have no summer time: the system's database ends there.
//
// An immutable value, pure, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/schedule/time_zone.h"
#include "schema/time.h"

namespace writ::engine {

class Cron {
 public:
  // Empty where the text isn't one (schema/cron_syntax.h).
  static std::optional<Cron> Parse(std::string_view text);

  // The first time after `after`, to the second; empty where there is none
  // before the year 10000. Looks at 400 years of days at most.
  std::optional<Timestamp> Next(Timestamp after, const TimeZone& zone) const;

  // Whether it fires in the minute that clocks show as `wall`.
  bool Matches(WallSeconds wall) const;

  friend bool operator==(const Cron&, const Cron&) = default;

 private:
  Cron() = default;

  bool MatchesDay(std::chrono::local_days day) const;
  // The first minute in [from, until) that it fires in, as clocks show it.
  std::optional<WallSeconds> NextWall(WallSeconds from,
                                      WallSeconds until) const;
  std::optional<SysSeconds> NextGiven(SysSeconds after,
                                      const TimeZone& zone) const;
  std::optional<SysSeconds> NextShown(SysSeconds after,
                                      const TimeZone& zone) const;

  // Bit n: the number n is in the field's list.
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  bool either_day_ = false;  // neither day field begins with "*"
  bool as_shown_ = false;    // the hour or the minute begins with "*"
};

}  // namespace writ::engine
