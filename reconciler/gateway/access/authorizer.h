// GET /authz: may this token do that, in that workspace? Asked by a proxy for
// each request that it passes on (original_request.h).
//
//   200                          with who it is: X-Writ-Credential,
//                                X-Writ-Workspace, X-Writ-Scopes
//   401 UNAUTHORIZED             no token, or none that is valid; always alike
//   403 WORKSPACE_ACCESS_DENIED  not this workspace's token
//   403 FORBIDDEN                no rule, or the scope is missing
//   429 TOO_MANY_REQUESTS        with when to come back
//   503 SERVICE_UNAVAILABLE      revocations can't be seen (T-18)
//
// Bodies are VelaFlows': {"success":false,"error":{"code","message"}}.
// sk_live_ tokens act on production workspaces, sk_test_ on sandboxes (S-31).
//
// Any thread; blocks where LiveCredentials and LiveRoutes do.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/guess_throttle.h"
#include "reconciler/gateway/access/live_credentials.h"
#include "reconciler/gateway/access/live_routes.h"
#include "reconciler/gateway/access/original_request.h"
#include "reconciler/gateway/access/presented_token.h"
#include "reconciler/gateway/access/rate_limits.h"
#include "reconciler/gateway/http.h"

namespace writ::reconciler::gateway {

class Authorizer final : public HttpHandler {
 public:
  // Nothing for a dialect: there are no trusted proxies, and nobody may ask.
  struct Parts {
    LiveCredentials& credentials;
    LiveRoutes& routes;
    UseSink& uses;
    GuessThrottle& throttle;
    const Clock& clock;
    std::optional<ProxyDialect> dialect;
  };

  explicit Authorizer(const Parts& parts);

  void Handle(const HttpRequest& request, Respond respond) override;
  HttpResponse Answer(const HttpRequest& request);
  // For requests from now on.
  void SetDialect(std::optional<ProxyDialect> dialect) {
    dialect_ = CodeOf(dialect);
  }

 private:
  // An optional is no value that every compiler loads without a lock.
  static int CodeOf(std::optional<ProxyDialect> dialect) {
    return dialect ? static_cast<int>(*dialect) : kNobody;
  }
  static constexpr int kNobody = -1;

  HttpResponse RefuseToken(const HttpRequest& request,
                           const Authentication& answer,
                           PresentedToken::Kind kind);
  HttpResponse AnswerFor(const HttpRequest& request, const Principal& principal,
                         const OriginalRequest& original);
  HttpResponse Limit(const HttpRequest& request, const Principal& principal,
                     const WorkspaceRoutes& workspace, const RouteRule& rule);
  void Record(const HttpRequest& request, const Principal& principal,
              const RouteRule* rule, bool refused);

  Parts parts_;
  std::atomic<int> dialect_;  // CodeOf
  RateLimits limits_;
};

}  // namespace writ::reconciler::gateway
