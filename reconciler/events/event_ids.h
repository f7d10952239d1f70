// Ids of events: "evt_" and a ULID in lower-case Crockford base 32: 48 bits of
// milliseconds, 80 of chance. Sorted as text they are in the order in which
// they were made, within a process; none comes twice: within a millisecond,
// and while the clock stands or goes back, the last one is counted up.
//
// One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "reconciler/clock.h"
#include "schema/time.h"

namespace writ::reconciler {

class EventIds {
 public:
  explicit EventIds(Random& random) : random_(random) {}

  std::string Next(Timestamp now);

 private:
  static constexpr std::size_t kRandomBytes = 10;

  Random& random_;
  std::int64_t last_ms_ = -1;
  std::array<std::uint8_t, kRandomBytes> chance_{};
};

}  // namespace writ::reconciler
