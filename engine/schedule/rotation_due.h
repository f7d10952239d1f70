// When a token is due for rotation by its schedule.
//
//   occurrence   cron: each time it fires after the token's issue.
//                every: that long after the issue; while it is missed, again
//                each day at the same time of day in the zone (or, where every
//                is shorter than a day, again after every).
//   due          at the occurrence + the token's jitter: the same each time,
//                since it is derived from the token's uid.
//   window       a rotation may begin until the occurrence + window. Where
//                that has passed, the next occurrence counts, and `overdue`
//                says so.
//   expiry       an occurrence that comes too late for a rotation to end before
//                the token expires isn't waited for: it is due at the last
//                moment that is early enough, and stays due.
//
// Pure, safe from any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/schedule/cron.h"
#include "engine/schedule/time_zone.h"
#include "schema/time.h"

namespace writ::engine {

struct RotationTiming {
  Duration every{0};         // of every and cron exactly one is set
  std::optional<Cron> cron;  //
  TimeZone zone;
  Duration window;
  Duration jitter{0};  // at most window
};

struct TokenAge {
  std::string_view uid;
  Timestamp issued_at;
  // When it expires, where a new one would expire later (expiresAfter). A fixed
  // end (expiresAt) isn't one that rotating helps against.
  std::optional<Timestamp> expires_at;
  // How long a rotation may take: its grace.
  Duration lead{0};
};

struct RotationDue {
  Timestamp at;                    // due from here on
  std::optional<Timestamp> until;  // may begin before this; none: any time
  bool overdue = false;            // an earlier occurrence's window was missed
  bool for_expiry = false;         // pulled forward, for it would expire before

  bool operator==(const RotationDue&) const = default;
};

// The occurrence whose window is open at `now`, or the next one. Empty where a
// cron never fires again and nothing expires.
std::optional<RotationDue> FindRotationDue(const RotationTiming& timing,
                                           const TokenAge& token,
                                           Timestamp now);

// In [0, most], spread evenly over uids.
Duration JitterOf(std::string_view uid, Duration most);

}  // namespace writ::engine
