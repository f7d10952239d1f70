// Asks routes as the server does: the request lives until the answer.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <utility>

#include "reconciler/gateway/http.h"
#include "reconciler/gateway/router.h"

namespace writ::reconciler::gateway {

inline HttpResponse Ask(const Router& router, HttpRequest request) {
  RouteMatch match = router.Match(request.method, request.path);
  if (match.route == nullptr) {
    ADD_FAILURE() << request.path << " leads nowhere";
    return {};
  }
  request.route = match.route->pattern;
  request.params = std::move(match.params);
  auto answer = std::make_shared<std::promise<HttpResponse>>();
  auto future = answer->get_future();
  match.route->handler->Handle(request, [answer](HttpResponse response) {
    answer->set_value(std::move(response));
  });
  return future.get();
}

}  // namespace writ::reconciler::gateway
