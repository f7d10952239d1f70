#include "reconciler/gateway/access/live_access.h"

#include <utility>

namespace writ::reconciler::gateway {

namespace {

// Nothing for no name: nobody may ask.
Result<std::optional<ProxyDialect>> DialectNamed(const std::string& name) {
  if (name.empty()) return std::optional<ProxyDialect>();
  const auto dialect = ParseProxyDialect(name);
  if (dialect) return dialect;
  return Fail(ErrorCode::kInvalidArgument, "there is no proxy dialect " + name,
              "one of nginx, envoy, traefik");
}

}  // namespace

LiveAccess::LiveAccess(const LiveAccessOptions& options,
                       std::optional<ProxyDialect> dialect,
                       std::unique_ptr<LiveCredentials> credentials,
                       std::unique_ptr<UseRecorder> uses)
    : credentials_(std::move(credentials)),
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
  const auto dialect = TRY(DialectNamed(options.dialect));
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

Status LiveAccess::SetDialect(const std::string& dialect) {
  authorizer_.SetDialect(TRY(DialectNamed(dialect)));
  return {};
}

std::vector<Route> LiveAccess::routes() {
  return {
      {"GET", "/authz", &authorizer_,
       "May this token do that, in that workspace? For proxies", false},
      // Envoy asks with the request's own method, and its path behind this.
      {"*", "/authz/**", &authorizer_, "The same, for Envoy", false},
      {"GET", "/v1/token", &self_service_, "What this token is", false},
      {"DELETE", "/v1/token", &self_service_, "Revokes this token, for good",
       false},
  };
}

}  // namespace writ::reconciler::gateway
