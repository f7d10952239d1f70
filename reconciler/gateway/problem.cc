#include "reconciler/gateway/problem.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

// RFC 9110, section 15; RFC 6585.
constexpr std::array kReasons = {
    Reason{200, "OK"},
    Reason{201, "Created"},
    Reason{202, "Accepted"},
    Reason{204, "No Content"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{411, "Length Required"},
    Reason{412, "Precondition Failed"},
    Reason{413, "Content Too Large"},
    Reason{414, "URI Too Long"},
    Reason{415, "Unsupported Media Type"},
    Reason{417, "Expectation Failed"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{503, "Service Unavailable"},
    Reason{504, "Gateway Timeout"},
    Reason{505, "HTTP Version Not Supported"},
};

}  // namespace

std::string_view ReasonOf(int status) {
  const auto* found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? "Error" : found->phrase;
}

HttpResponse Problem(int status, std::string_view code, std::string_view detail,
                     const HttpRequest& request,
                     const std::vector<ProblemDetail>& errors) {
  Value body;
  body.Set("type", "about:blank");
  body.Set("title", ReasonOf(status));
  body.Set("status", status);
  body.Set("code", code);
  if (!detail.empty()) body.Set("detail", detail);
  if (!request.path.empty()) body.Set("instance", request.path);
  if (!request.id.empty()) body.Set("request_id", request.id);
  if (!errors.empty()) {
    Value::List items;
    for (const ProblemDetail& error : errors) {
      Value item;
      item.Set("pointer", error.pointer);
      item.Set("detail", error.detail);
      items.push_back(std::move(item));
    }
    body.Set("errors", std::move(items));
  }
  HttpResponse response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = CompactJson(body);
  return response;
}

HttpResponse ProblemOf(const Error& error, const HttpRequest& request) {
  const int status = ToHttpStatus(error.code);
  if (status == 500) {
    return Problem(status, Name(ErrorCode::kInternal),
                   "something failed here; the log of the gateway says what",
                   request);
  }
  HttpResponse response =
      Problem(status, Name(error.code), error.message, request);
  if (status == 503) response.headers.push_back({"Retry-After", "1"});
  return response;
}

}  // namespace writ::reconciler::gateway
