#include "reconciler/gateway/access/live_access.h"

#include <utility>

namespace writ::reconciler::gateway {

LiveAccess::LiveAccess(const LiveAccessOptions& options,
                       std::optional<ProxyDialect> dialect,
                       std::unique_ptr<LiveCredentials> credentials,
                       std::unique_ptr<UseRecorder> uses)
    : dialect_(dialect),
      credentials_(std::move(credentials)),
      uses_(std::move(uses)),
      routes_(options.folder, *options.clock),
      throttle_(*options.clock),
      authorizer_(Authorizer::Parts{*credentials_, routes_, *uses_, throttle_,
                                    *options.clock, dialect}),
      self_service_(TokenSelfService::Parts{options.folder, *credentials_,
                                            *uses_, throttle_, *options.clock,
                                            *options.random}) {}

Result<std::unique_ptr<LiveAccess>> LiveAccess::Open(
    const LiveAccessOptions& options, KeyRing keys) {
  std::optional<ProxyDialect> dialect;
  if (!options.dialect.empty()) {
    dialect = ParseProxyDialect(options.dialect);
    if (!dialect) {
      return Fail(ErrorCode::kInvalidArgument,
                  "there is no proxy dialect " + options.dialect,
                  "one of nginx, envoy, traefik");
    }
  }
  LiveCredentialsOptions live;
  live.folder = options.folder;
  live.clock = options.clock;
  auto credentials = TRY(LiveCredentials::Open(live, std::move(keys)));
  UseRecorderOptions recorder;
  recorder.folder = options.folder;
  recorder.clock = options.clock;
  recorder.random = options.random;
  auto uses = TRY(UseRecorder::Open(recorder));
  return std::unique_ptr<LiveAccess>(new LiveAccess(
      options, dialect, std::move(credentials), std::move(uses)));
}

std::vector<Route> LiveAccess::routes() {
  // Envoy asks with the request's own method, and its path behind the prefix.
  const bool is_envoy = dialect_ == ProxyDialect::kEnvoy;
  return {
      {is_envoy ? "*" : "GET", is_envoy ? "/authz/**" : "/authz", &authorizer_,
       "May this token do that, in that workspace? For proxies", false},
      {"GET", "/v1/token", &self_service_, "What this token is", false},
      {"DELETE", "/v1/token", &self_service_, "Revokes this token, for good",
       false},
  };
}

}  // namespace writ::reconciler::gateway
