// The route table of what is live, compiled anew when the state has moved on.
//
// Any thread; the first one that asks after a move reads the state, the others
// wait for it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/published.h"
#include "reconciler/gateway/access/route_table.h"

namespace writ::reconciler::gateway {

class LiveRoutes {
 public:
  LiveRoutes(std::string folder, const Clock& clock)
      : folder_(std::move(folder)), clock_(clock) {}

  // Of that revision (LiveCredentials::revision) or a later one. Null where it
  // can't be read. Valid until this thread asks again.
  const RouteTable* Of(std::uint64_t revision);

 private:
  struct Compiled {
    std::uint64_t revision = 0;
    RouteTable table;
  };

  Result<RouteTable> Read() const;

  const std::string folder_;
  const Clock& clock_;
  std::mutex mutex_;  // of who compiles
  Published<Compiled> compiled_;
};

}  // namespace writ::reconciler::gateway
