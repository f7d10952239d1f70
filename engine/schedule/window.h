// Windows of time that open by cron and stay open for a while, and what a list
// of them allows: deny wins; where no window allows anything, all is allowed
// that isn't denied.
//
// Immutable values, pure, safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/schedule/cron.h"
#include "engine/schedule/time_zone.h"
#include "schema/time.h"

namespace writ::engine {

struct Window {
  enum class Effect : std::uint8_t { kAllow, kDeny };

  Effect effect = Effect::kAllow;
  Cron opens;
  Duration duration;  // greater than zero
  TimeZone zone;

  // Whether `at` is in [opening, opening + duration) of some opening.
  bool Contains(Timestamp at) const;

  // The next moment after `at` at which it opens or an opening's time is over:
  // what Contains says can change then, and not before.
  std::optional<Timestamp> NextEdge(Timestamp at) const;
};

bool IsAllowed(const std::vector<Window>& windows, Timestamp at);

// When IsAllowed changes after `at`; empty where it never does. Openings that
// run into each other without end give the last moment that was looked at,
// hundreds of edges on: it is the same until then.
std::optional<Timestamp> NextChange(const std::vector<Window>& windows,
                                    Timestamp at);

}  // namespace writ::engine
