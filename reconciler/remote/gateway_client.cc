#include "reconciler/remote/gateway_client.h"

#include <algorithm>
#include <charconv>

#include "reconciler/applying/apply_events.h"
#include "reconciler/host/host_file.h"
#include "schema/json.h"
#include "schema/report/escape.h"

namespace writ::reconciler {
namespace {

constexpr int kTries = 5;
constexpr int kLongestWaitS = 30;
constexpr std::size_t kResponseCap = std::size_t{1} << 30;

// A lease that somebody holds (503 as well) is for the asker to wait for.
bool IsBusy(const HttpResponse& response) {
  if (response.status != 503 && response.status != 429) return false;
  const auto problem = ParseJson(response.body.Reveal());
  return !problem || problem->FindString("code") != Name(ErrorCode::kLocked);
}

Duration WaitOf(const HttpResponse& response) {
  const std::string_view text = response.Header("retry-after");
  int seconds = 1;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(std::clamp(seconds, 1, kLongestWaitS));
}

std::string TextAt(const Value& problem, std::string_view key) {
  return std::string(problem.FindString(key));
}

// A problem's detail, or the message of a product's own shape.
std::string DetailOf(const Value& problem) {
  const std::string detail = TextAt(problem, "detail");
  return detail.empty() ? TextAt(problem, "message") : detail;
}

// Of what has no code of writ's.
ErrorCode CodeOf(int status) {
  switch (status) {
    case 400:
      return ErrorCode::kInvalidArgument;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

HttpRequest GatewayClient::Prepare(const GatewayRequest& request) const {
  HttpRequest http;
  http.method = request.method;
  http.url = access_.url + request.path;
  http.credential_origin = std::string(OriginOf(access_.url));
  http.ca_file = access_.ca_file;
  http.timeout = request.timeout;
  http.response_cap = kResponseCap;
  http.on_body = request.on_body;
  http.is_cancelled = request.is_cancelled;
  for (const auto& [name, value] : request.headers) {
    http.AddHeader(name, value);
  }
  SecretBuilder bearer;
  bearer.Append("Bearer ");
  bearer.Append(access_.secret.Reveal());
  http.headers.push_back({"Authorization", bearer.Finish()});
  if (!request.body.empty()) {
    http.AddHeader("Content-Type", "application/json");
    http.body = SecretValue::Copy(request.body.Reveal());
  }
  return http;
}

Error GatewayClient::Explain(const HttpResponse& response) const {
  const std::string gateway = "the gateway at " + access_.url;
  const auto problem = ParseJson(response.body.Reveal());
  const bool is_problem = problem && problem->IsMap();
  const std::string detail = is_problem ? DetailOf(*problem) : "";
  const ErrorCode code = is_problem ? ErrorCodeNamed(TextAt(*problem, "code"))
                                    : ErrorCode::kInternal;
  const bool is_named = code != ErrorCode::kInternal && !detail.empty();
  const bool is_refused = response.status == 401 || response.status == 403;
  if (is_refused && !is_named) {
    return {ErrorCode::kPermission,
            gateway + " refuses the credential from " + access_.source +
                (detail.empty() ? "" : ": " + detail),
            "it wants one that is live, of its state, and of the kind that "
            "this is for",
            {}};
  }
  if (is_named) {
    return {code, detail, TextAt(*problem, "remedy"), {}};
  }
  if (response.status == 404 && detail.empty()) {
    return {ErrorCode::kNotFound,
            "there is no gateway with remote state at " + access_.url,
            "is the address right, and its writ as new as this one?",
            {}};
  }
  return {CodeOf(response.status),
          gateway + " answered " + std::to_string(response.status) +
              (detail.empty() ? "" : ": " + detail),
          "",
          {}};
}

Result<HttpResponse> GatewayClient::Send(const GatewayRequest& request) {
  const HttpRequest http = Prepare(request);
  for (int tried = 1;; ++tried) {
    HttpResult answer = http_.Send(http);
    if (!answer) {
      Error error = std::move(answer.error().error);
      if (answer.error().kind == TransportFailure::kCancelled) {
        error.code = ErrorCode::kInterrupted;
      }
      error.context.push_back("while asking the gateway at " + access_.url);
      return tl::unexpected<Error>(std::move(error));
    }
    const int status = answer->status;
    if ((status >= 200 && status < 300) || status == 304) {
      return *std::move(answer);
    }
    if (!IsBusy(*answer) || tried == kTries) {
      return tl::unexpected<Error>(Explain(*answer));
    }
    clock_.Sleep(
        std::chrono::duration_cast<std::chrono::milliseconds>(WaitOf(*answer)));
  }
}

}  // namespace writ::reconciler
