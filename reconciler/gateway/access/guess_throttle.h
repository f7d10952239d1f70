// Counts refused tokens by address (IPv6: by /64), so that who tries many gets
// told to wait. It never keeps a valid token out: behind one address may be an
// office, and one of its programs with a revoked token must not lock the others
// out. Bounded (T-20).
//
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/rate_limits.h"
#include "reconciler/host/ip_network.h"

namespace writ::reconciler::gateway {

class GuessThrottle {
 public:
  explicit GuessThrottle(const Clock& clock);

  // Counts one; how long to wait before the next, zero below the limit.
  std::chrono::seconds Refused(const IpAddress& client);

  static constexpr std::int64_t kPerMinute = 60;

 private:
  const Clock& clock_;
  RateLimits limits_;
};

}  // namespace writ::reconciler::gateway
