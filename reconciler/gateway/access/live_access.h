// Everything that a gateway needs to know who asks: credentials in memory, use
// recorded, and the routes that are about nothing else: /authz, /v1/token.
//
// Outlives the server that has its routes. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authorizer.h"
#include "reconciler/gateway/access/live_credentials.h"
#include "reconciler/gateway/access/live_routes.h"
#include "reconciler/gateway/access/token_self_service.h"
#include "reconciler/gateway/access/use_recorder.h"
#include "reconciler/gateway/http.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct LiveAccessOptions {
  std::string folder;  // the state's
  const Clock* clock = nullptr;
  Random* random = nullptr;
  // The host file's trustedProxies.dialect; empty: nobody may ask /authz.
  std::string dialect;
};

class LiveAccess final : public Authenticator, public UseSink {
 public:
  // kInvalidArgument for a dialect that there isn't; errors of
  // LiveCredentials::Open and UseRecorder::Open.
  static Result<std::unique_ptr<LiveAccess>> Open(
      const LiveAccessOptions& options, KeyRing keys);

  Authentication Check(std::string_view token,
                       const IpAddress& client) override {
    return credentials_->Check(token, client);
  }
  bool IsCurrent() override { return credentials_->IsCurrent(); }
  bool IsIntact() override { return credentials_->IsIntact(); }
  void Record(Use use) override { uses_->Record(std::move(use)); }

  // The host file's dialect, for requests from now on. kInvalidArgument.
  Status SetDialect(const std::string& dialect);

  // For /metrics and /readyz: a tampered row turns it red (T-13).
  LiveCredentialsCounts counts() { return credentials_->counts(); }
  std::vector<Route> routes();

 private:
  LiveAccess(const LiveAccessOptions& options,
             std::optional<ProxyDialect> dialect,
             std::unique_ptr<LiveCredentials> credentials,
             std::unique_ptr<UseRecorder> uses);

  std::unique_ptr<LiveCredentials> credentials_;
  std::unique_ptr<UseRecorder> uses_;
  LiveRoutes routes_;
  GuessThrottle throttle_;
  Authorizer authorizer_;
  TokenSelfService self_service_;
};

}  // namespace writ::reconciler::gateway
