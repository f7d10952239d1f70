// What a gateway does about tokens that were reported: opens the state, takes
// its lease, and replaces and revokes as `writ token leaked` does. Where the
// lease is somebody else's, or the state waits to be accepted, nothing can be
// replaced, and everything is revoked: what is public must end.
//
// Each call opens what it needs; blocks on disk and on rotations' targets.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/credentials/leak.h"
#include "reconciler/host/host_file.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct LeakResponse {
  std::string folder;  // the state's
  const KeyRing* keys = nullptr;
  const HostFile* host = nullptr;
  std::string secret_environment;
  std::function<std::optional<std::string>(const char* name)> variable;
  const Clock* clock = nullptr;
  Random* random = nullptr;

  Result<std::vector<LeakAnswer>> Answer(std::string_view text) const;
};

}  // namespace writ::reconciler::gateway
