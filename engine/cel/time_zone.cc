#include "engine/cel/time_zone.h"

#include <date/tz.h>

#include <exception>
#include <string>

namespace writ::engine::cel {

std::optional<std::chrono::seconds> ZoneOffset(std::string_view zone,
                                               std::chrono::sys_seconds at) {
  // Names are looked up in the database alone, never as a path.
  if (zone.empty() || zone.size() > 64 || zone.front() == '/' ||
      zone.find("..") != std::string_view::npos) {
    return std::nullopt;
  }
  try {
    return date::locate_zone(std::string(zone))->get_info(at).offset;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace writ::engine::cel
