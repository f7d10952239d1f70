#include "reconciler/gateway/state/state_handler.h"

#include <algorithm>

#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/request_path.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::string_view kClientSecret = "clientSecret";

std::string_view CodeOf(int status) {
  switch (status) {
    case 400:
      return "malformed_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    default:
      return "unavailable";
  }
}

HttpResponse RefusalOf(const VelaError& error, const HttpRequest& request) {
  HttpResponse response =
      Problem(error.status, CodeOf(error.status), error.message, request);
  response.headers = error.headers;
  return response;
}

}  // namespace

void StateHandler::Handle(const HttpRequest& request, Respond respond) {
  auto caller = access_.Admit(request, kClientSecret);
  if (!caller) {
    respond(RefusalOf(caller.error(), request));
    return;
  }
  auto who = *std::move(caller);
  const bool submitted = desk_.Submit(
      [this, &request, who, respond] { respond(work_(request, *who)); });
  if (submitted) return;
  VelaError busy{503, "too much is waiting"};
  busy.headers.push_back({"Retry-After", "1"});
  respond(RefusalOf(busy, request));
}

std::size_t StateHandler::BodyLimit(const HttpRequest& request,
                                    std::size_t usual) {
  if (body_limit_ <= usual) return usual;
  return access_.WouldAdmit(request, kClientSecret) ? body_limit_ : usual;
}

std::string QueryParameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) {
      continue;
    }
    return PercentDecode(pair.substr(equals + 1)).value_or("");
  }
  return {};
}

}  // namespace writ::reconciler::gateway
