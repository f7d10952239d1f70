#include "reconciler/gateway/gateway.h"

#include <utility>

#include "reconciler/gateway/openapi.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/server/request_checks.h"

namespace writ::reconciler::gateway {

Result<std::unique_ptr<Gateway>> Gateway::Open(GatewayOptions options,
                                               GatewayParts parts) {
  std::unique_ptr<AccessLog> log;
  if (!options.access_log.empty()) {
    log = TRY(AccessLog::Open(options.access_log, parts.clock));
  }
  std::unique_ptr<Gateway> gateway(new Gateway(std::move(options), parts));
  gateway->log_ = std::move(log);
  TRY(gateway->Start(std::move(parts)));
  return gateway;
}

Gateway::Gateway(GatewayOptions options, const GatewayParts& parts)
    : options_(std::move(options)),
      readiness_(options_.state_folder, parts.keys, parts.authenticator) {}

Gateway::~Gateway() { Stop({}); }

Status Gateway::Start(GatewayParts parts) {
  std::vector<Route> routes = std::move(parts.routes);
  AddHealth(routes);
  AddDescriptions(routes);
  openapi_ = OpenApiDocument(routes);
  router_ = TRY(Router::Create(std::move(routes)));
  metrics_.emplace(router_->routes());
  AddReadings(std::move(parts.readings));
  front_.emplace(*router_, *metrics_, log_.get(), parts.clock);
  ServerOptions server = options_.server;
  server.observer = &*front_;
  server_ = TRY(HttpServer::Open(std::move(server), *front_));
  // Handlers ask the server for its counts: not before it is in its place.
  server_->Start();
  return {};
}

void Gateway::AddOwn(std::string pattern, std::string summary,
                     SimpleHandler::Answer answer, std::vector<Route>& routes) {
  own_.emplace_back(std::move(answer));
  routes.push_back(
      {"GET", std::move(pattern), &own_.back(), std::move(summary), true});
}

void Gateway::AddHealth(std::vector<Route>& routes) {
  AddOwn(
      options_.server.vital_path, "That the process answers at all",
      [](const HttpRequest& /*request*/) {
        HttpResponse response;
        response.body = R"({"status":"ok"})";
        return response;
      },
      routes);
  AddOwn(
      "/readyz", "Whether requests may be sent here: state, keys, revocations",
      [this](const HttpRequest& request) { return readiness_.Answer(request); },
      routes);
}

void Gateway::AddDescriptions(std::vector<Route>& routes) {
  AddOwn(
      "/metrics", "Counts and times, in Prometheus' text format",
      [this](const HttpRequest& request) { return AnswerMetrics(request); },
      routes);
  AddOwn(
      "/openapi.json", "This document",
      [this](const HttpRequest& /*request*/) {
        HttpResponse response;
        response.body = openapi_;
        return response;
      },
      routes);
}

void Gateway::AddReadings(std::vector<Reading> readings) {
  using Kind = Reading::Kind;
  const auto count = [this](auto member) {
    return [this, member] {
      return static_cast<double>(server_->counts().*member);
    };
  };
  metrics_->Add({"writ_connections", "Open connections", Kind::kGauge,
                 count(&ServerCounts::connections)});
  metrics_->Add({"writ_requests_in_flight", "Requests that handlers have",
                 Kind::kGauge, count(&ServerCounts::in_flight)});
  metrics_->Add({"writ_connections_refused_total",
                 "Connections closed at once, beyond every limit",
                 Kind::kCounter, count(&ServerCounts::refused_connections)});
  metrics_->Add({"writ_overloaded_total",
                 "Requests answered 503 for what was under way", Kind::kCounter,
                 count(&ServerCounts::overloaded)});
  metrics_->Add({"writ_ready", "1 where /readyz answers 200", Kind::kGauge,
                 [this] { return readiness_.Now().is_ready() ? 1.0 : 0.0; }});
  if (log_) {
    metrics_->Add({"writ_access_log_dropped_total",
                   "Lines of the access log that were not written",
                   Kind::kCounter,
                   [this] { return static_cast<double>(log_->dropped()); }});
  }
  for (Reading& reading : readings) metrics_->Add(std::move(reading));
}

HttpResponse Gateway::AnswerMetrics(const HttpRequest& request) const {
  if (!IsIn(request.client, options_.metrics_from)) {
    return Problem(404, "not_found", "", request);
  }
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_->Text();
  return response;
}

Status Gateway::Reload(std::vector<IpNetwork> trusted_proxies) {
  if (log_) TRY(log_->Reopen());
  return server_->Reload(options_.server.tls, std::move(trusted_proxies));
}

void Gateway::Stop(std::chrono::milliseconds drain) {
  if (server_) server_->Stop(drain);
}

}  // namespace writ::reconciler::gateway
