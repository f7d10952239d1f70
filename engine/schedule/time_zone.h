// A time zone of the system's tz database: what its clocks show at a moment,
// and at which moment they show a time.
//
// A small value that refers to the database, which is read once and lives as
// long as the process. Safe from any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace writ::engine {

using SysSeconds = std::chrono::sys_seconds;
// What clocks on a wall show: no zone, no promise that it happens once.
using WallSeconds = std::chrono::local_seconds;

class TimeZone {
 public:
  // A stretch of time in which clocks are set the same: [from, until).
  struct Stretch {
    SysSeconds from;
    SysSeconds until;
    std::chrono::seconds ahead;  // of UTC
  };

  // "Europe/Zurich", "UTC"; empty where the database has no such zone.
  static std::optional<TimeZone> Find(std::string_view name);

  Stretch At(SysSeconds at) const;

  // The first moment at which clocks show `wall`; where they are set forward
  // over it, the moment at which they are.
  SysSeconds First(WallSeconds wall) const;

  WallSeconds Wall(SysSeconds at) const {
    return WallSeconds(at.time_since_epoch() + At(at).ahead);
  }

  // "CET", as clocks are set then.
  std::string AbbreviationAt(SysSeconds at) const;

  friend bool operator==(const TimeZone&, const TimeZone&) = default;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}

  const void* zone_;  // a date::time_zone, never null
};

}  // namespace writ::engine
