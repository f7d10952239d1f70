// The request that a proxy asks about, in the one dialect that the host file's
// trustedProxies names (T-08):
//
//   nginx    auth_request      X-Original-Method, X-Original-URI
//   traefik  forwardAuth       X-Forwarded-Method, X-Forwarded-Uri
//   envoy    ext_authz (HTTP)  the request's own method, and its path behind
//                              /authz (path_prefix: /authz)
//
// Only a trusted proxy may say so. The headers of the other dialects, and those
// that override methods, mean nothing. What two programs could read differently
// is refused: see request_path.h.
//
// Pure; safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reconciler/gateway/http.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

// Where a proxy asks; Envoy puts the original path behind it.
inline constexpr std::string_view kAuthzPath = "/authz";

enum class ProxyDialect : std::uint8_t { kNginx, kEnvoy, kTraefik };

// "nginx", "envoy", "traefik".
std::optional<ProxyDialect> ParseProxyDialect(std::string_view name);

struct OriginalRequest {
  std::string method;
  std::vector<std::string> segments;  // of the path, decoded once
};

// kDenied, with a sentence for who runs the proxy.
Result<OriginalRequest> ReadOriginalRequest(const HttpRequest& request,
                                            ProxyDialect dialect);

}  // namespace writ::reconciler::gateway
