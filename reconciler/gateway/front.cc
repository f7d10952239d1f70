#include "reconciler/gateway/front.h"

#include "reconciler/gateway/product_refusal.h"

namespace writ::reconciler::gateway {
namespace {

HttpResponse Unrouted(const RouteMatch& match, const HttpRequest& request,
                      Timestamp now) {
  switch (match.outcome) {
    case RouteMatch::Outcome::kBadPath:
      return ProductRefusal(400, "malformed_path",
                            "the path can be read in more than one way",
                            request, now);
    case RouteMatch::Outcome::kMethodNotAllowed: {
      HttpResponse response =
          ProductRefusal(405, "method_not_allowed", "", request, now);
      response.headers.push_back({"Allow", match.allow});
      return response;
    }
    case RouteMatch::Outcome::kNoSuchPath:
    case RouteMatch::Outcome::kFound:
      break;
  }
  return ProductRefusal(404, "not_found", "", request, now);
}

}  // namespace

void Front::Enter(HttpRequest& request, Respond respond) {
  RouteMatch match = router_.Match(request.method, request.path);
  if (match.route == nullptr) {
    return respond(Unrouted(match, request, clock_.Now()));
  }
  request.route = match.route->pattern;
  request.params = std::move(match.params);
  match.route->handler->Handle(request, std::move(respond));
}

std::size_t Front::BodyLimit(const HttpRequest& request, std::size_t usual) {
  const RouteMatch match = router_.Match(request.method, request.path);
  if (match.route == nullptr) return usual;
  return match.route->handler->BodyLimit(request, usual);
}

void Front::Observe(const Exchange& exchange) {
  metrics_.Count(exchange);
  if (log_ != nullptr) log_->Write(exchange);
}

}  // namespace writ::reconciler::gateway
