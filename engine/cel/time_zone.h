// Time zones by name, from the system's tz database.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace writ::engine::cel {

// What a zone's clocks are ahead of UTC at a moment; empty where there is no
// such zone. Reads the database once; safe from any thread.
std::optional<std::chrono::seconds> ZoneOffset(std::string_view zone,
                                               std::chrono::sys_seconds at);

}  // namespace writ::engine::cel
