// A gateway that listens: the server, the routes of all parts and its own
// (/healthz, /readyz, /metrics, /openapi.json), metrics and access log.
//
// Open, Reload and Stop belong to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/access/authenticator.h"
#include "reconciler/gateway/front.h"
#include "reconciler/gateway/readiness.h"
#include "reconciler/gateway/server/http_server.h"
#include "reconciler/keys/key_ring.h"
#include "schema/result.h"

namespace writ::reconciler::gateway {

struct GatewayOptions {
  std::string state_folder;
  ServerOptions server;    // but for its observer
  std::string access_log;  // empty: none; "-": standard error; else a file
  // Whose scrapes /metrics answers; others get 404.
  std::vector<IpNetwork> metrics_from;
};

// What the other parts bring; all of it outlives the gateway.
struct GatewayParts {
  Authenticator& authenticator;
  const KeyRing& keys;
  const Clock& clock;
  std::vector<Route> routes;
  std::vector<Reading> readings;
};

class Gateway {
 public:
  // Answers from here on. Errors: HttpServer::Open's, AccessLog::Open's, and
  // Router::Create's for routes that exclude each other.
  static Result<std::unique_ptr<Gateway>> Open(GatewayOptions options,
                                               GatewayParts parts);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t port() const { return server_->port(); }
  const std::vector<Route>& routes() const { return router_->routes(); }

  // Certificate, key and trusted proxies for new connections; a new file for
  // the log where the old one was moved away. What fails leaves the rest as it
  // was.
  Status Reload(std::vector<IpNetwork> trusted_proxies);
  // Takes no more requests and waits for those under way, for so long at most.
  void Stop(std::chrono::milliseconds drain);

 private:
  Gateway(GatewayOptions options, const GatewayParts& parts);
  Status Start(GatewayParts parts);
  // GET `pattern`, for everybody.
  void AddOwn(std::string pattern, std::string summary,
              SimpleHandler::Answer answer, std::vector<Route>& routes);
  void AddHealth(std::vector<Route>& routes);
  void AddDescriptions(std::vector<Route>& routes);
  void AddReadings(std::vector<Reading> readings);
  HttpResponse AnswerMetrics(const HttpRequest& request) const;

  const GatewayOptions options_;
  std::deque<SimpleHandler> own_;
  Readiness readiness_;
  std::unique_ptr<AccessLog> log_;  // null: none
  std::optional<Router> router_;
  std::optional<Metrics> metrics_;
  std::string openapi_;
  std::optional<Front> front_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace writ::reconciler::gateway
