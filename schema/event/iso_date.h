// ISO 8601 as events hold it: a date, or a date and a time of day with an
// offset (RFC 3339). Quick: it is asked for every event.
//
//   2026-06-01
//   2026-06-01T12:00Z   2026-06-01T12:00:00.123456+02:00
//
// Real dates of the years 0000–9999 in the proleptic Gregorian calendar; hours
// to 23, seconds to 59 (no leap seconds); T and Z may be small. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "schema/time.h"

namespace writ {

bool IsIsoDate(std::string_view text);

// A date with a time of day, of 1970–9999; digits beyond microseconds are cut.
std::optional<Timestamp> ParseIsoInstant(std::string_view text);

}  // namespace writ
