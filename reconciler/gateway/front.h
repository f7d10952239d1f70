// What stands between the server and the handlers: routes each request, answers
// 404 and 405 itself, and counts and logs what was answered.
//
// Safe from any thread once made.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "reconciler/clock.h"
#include "reconciler/gateway/access_log.h"
#include "reconciler/gateway/metrics.h"
#include "reconciler/gateway/router.h"
#include "reconciler/gateway/server/http_server.h"

namespace writ::reconciler::gateway {

// Answers at once, from a function.
class SimpleHandler final : public HttpHandler {
 public:
  using Answer = std::function<HttpResponse(const HttpRequest&)>;

  explicit SimpleHandler(Answer answer) : answer_(std::move(answer)) {}
  void Handle(const HttpRequest& request, Respond respond) override {
    respond(answer_(request));
  }

 private:
  Answer answer_;
};

class Front final : public HttpEntry, public ExchangeObserver {
 public:
  // The log may be null. All outlive it, routes' handlers too.
  Front(const Router& router, Metrics& metrics, AccessLog* log,
        const Clock& clock)
      : router_(router), metrics_(metrics), log_(log), clock_(clock) {}

  void Enter(HttpRequest& request, Respond respond) override;
  std::size_t BodyLimit(const HttpRequest& request,
                        std::size_t usual) override;
  void Observe(const Exchange& exchange) override;

 private:
  const Router& router_;
  Metrics& metrics_;
  AccessLog* log_;
  const Clock& clock_;
};

}  // namespace writ::reconciler::gateway
