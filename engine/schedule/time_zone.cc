#include "engine/schedule/time_zone.h"

#include <date/tz.h>

#include <exception>
#include <string>

namespace writ::engine {
namespace {

const date::time_zone& Zone(const void* zone) {
  return *static_cast<const date::time_zone*>(zone);
}

}  // namespace

std::optional<TimeZone> TimeZone::Find(std::string_view name) {
  // Names are looked up in the database alone, never as a path.
  if (name.empty() || name.size() > 64 || name.front() == '/' ||
      name.find("..") != std::string_view::npos) {
    return std::nullopt;
  }
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

TimeZone::Stretch TimeZone::At(SysSeconds at) const {
  const date::sys_info found = Zone(zone_).get_info(at);
  return {found.begin, found.end, found.offset};
}

std::string TimeZone::AbbreviationAt(SysSeconds at) const {
  return Zone(zone_).get_info(at).abbrev;
}

SysSeconds TimeZone::First(WallSeconds wall) const {
  const date::local_seconds local(wall.time_since_epoch());
  const date::local_info found = Zone(zone_).get_info(local);
  if (found.result == date::local_info::nonexistent) return found.first.end;
  return SysSeconds(wall.time_since_epoch() - found.first.offset);
}

}  // namespace writ::engine
