// A state for gateway_bench: a workspace with a route and many tokens, an app
// with a key and a schema, under a master key of its own.
#pragma once

#include <string>
#include <vector>

#include "schema/result.h"
#include "schema/value.h"

namespace writ::bench {

inline constexpr char kBenchWorkspaceId[] = "64f1a2b3c4d5e6f7a8b9c0d1";

struct GatewayState {
  std::vector<std::string> tokens;  // some of them, spread over all
  std::string app_key;
  std::string revoked;  // one that was of the workspace's
  std::string unknown;  // one that never was, but could have been
};

struct GatewayStateOptions {
  int tokens = 0;
  Value schema;  // the spec of the app's one schema, of `order.placed`
  // Notification rules of the app, whose conditions hold for no event of the
  // benchmark: for `order.placed`, and for events of other names.
  int rules = 0;
  int other_rules = 0;
};

// Makes folder and key file. Blocks; 100,000 tokens take some ten seconds.
Result<GatewayState> MakeGatewayState(const std::string& folder,
                                      const std::string& key_file,
                                      const GatewayStateOptions& options);

}  // namespace writ::bench
