#include "reconciler/gateway/state/state_handler.h"

#include <algorithm>
#include <chrono>

#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/request_path.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::string_view kClientSecret = "clientSecret";
// Within the server's patience with a handler.
constexpr std::chrono::seconds kLongestWait{20};

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

HttpResponse Busy(const HttpRequest& request) {
  VelaError busy{503, "too much is waiting"};
  busy.headers.push_back({"Retry-After", "5"});
  return RefusalOf(busy, request);
}

}  // namespace

void StateHandler::Handle(const HttpRequest& request, Respond respond) {
  auto caller = access_.Admit(request, kClientSecret);
  if (!caller) {
    respond(RefusalOf(caller.error(), request));
    return;
  }
  auto who = *std::move(caller);
  const auto asked_at = std::chrono::steady_clock::now();
  const bool submitted = desk_.Submit([this, &request, who, respond, asked_at] {
    // The server may have answered for it by now (504), and nobody would
    // know that it was done after all.
    if (std::chrono::steady_clock::now() - asked_at > kLongestWait) {
      return respond(Busy(request));
    }
    work_(request, *who, respond);
  });
  if (!submitted) respond(Busy(request));
}

std::size_t StateHandler::BodyLimit(const HttpRequest& request,
                                    std::size_t usual) {
  if (body_limit_ <= usual) return usual;
  return access_.WouldAdmit(request, kClientSecret) ? body_limit_ : usual;
}

HttpResponse ExplainedProblem(const Error& error, const HttpRequest& request) {
  const bool is_inner = ToHttpStatus(error.code) == 500;
  if (is_inner) return ProblemOf(error, request);
  HttpResponse response = Problem(ToHttpStatus(error.code), Name(error.code),
                                  Describe(error), request);
  auto body = ParseJson(response.body);
  if (body && !error.remedy.empty()) {
    body->Set("remedy", error.remedy);
    response.body = CompactJson(*body);
  }
  return response;
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
