#include "reconciler/review/review_client.h"

#include <algorithm>
#include <utility>

#include "reconciler/egress/scrub.h"
#include "reconciler/host/host_file.h"
#include "reconciler/targets/api_client.h"
#include "schema/json.h"

namespace writ::reconciler::review {
namespace {

constexpr int kThrottledTries = 10;
constexpr Duration kFirstPause = std::chrono::seconds(1);
constexpr Duration kWaitInAll = std::chrono::minutes(5);
constexpr Duration kUsualThrottle = std::chrono::seconds(10);
constexpr int kMostPages = 200;
constexpr std::size_t kResponseCap = std::size_t{16} << 20;

bool IsThrottled(const HttpResponse& response) {
  return response.status == 429 ||
         (response.status == 403 &&
          (!response.Header("retry-after").empty() ||
           response.Header("x-ratelimit-remaining") == "0"));
}

// RFC 8288: <https://…?page=2>; rel="next", <…>; rel="last"
std::string NextOf(std::string_view header) {
  while (!header.empty()) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open);
    if (close == std::string_view::npos) return {};
    const std::size_t end = header.find(',', close);
    const std::string_view parameters =
        header.substr(close, end == std::string_view::npos ? end : end - close);
    if (parameters.find("rel=\"next\"") != std::string_view::npos) {
      return std::string(header.substr(open + 1, close - open - 1));
    }
    header = end == std::string_view::npos ? "" : header.substr(end + 1);
  }
  return {};
}

}  // namespace

ReviewClient::ReviewClient(HttpClient& http, const Clock& clock,
                           std::function<bool(Duration)> wait, Options options)
    : http_(http),
      clock_(clock),
      wait_(std::move(wait)),
      options_(std::move(options)),
      left_(kWaitInAll) {}

Status ReviewClient::Pause(Duration length) {
  left_ -= length;
  if (wait_(length)) return {};
  return Fail(ErrorCode::kInterrupted,
              "interrupted while waiting for " + options_.name);
}

Error ReviewClient::Refusal(const HttpResponse& response) const {
  Error error;
  error.message = options_.name + " answered " +
                  std::to_string(response.status) + ": " +
                  Excerpt(response.body.Reveal(),
                          {options_.credential.value, options_.token});
  switch (response.status) {
    case 401:
    case 403:
      error.code = ErrorCode::kPermission;
      error.remedy = "check the token's permissions: docs/reviews.md has them";
      break;
    case 404:
    case 410:
      error.code = ErrorCode::kNotFound;
      break;
    default:
      error.code =
          response.status < 500 ? ErrorCode::kUnsupported : ErrorCode::kIo;
  }
  return error;
}

Result<Duration> ReviewClient::PauseAfter(const HttpResponse& response,
                                          int tried, int tries) {
  const bool throttled = IsThrottled(response);
  const bool again = throttled ? tried < kThrottledTries
                               : response.status >= 500 && tried < tries;
  if (!again) return tl::unexpected<Error>(Refusal(response));
  Duration pause = kFirstPause * (1 << std::min(tried - 1, 5));
  if (throttled) {
    pause =
        targets::RetryAfter(response, clock_.Now()).value_or(kUsualThrottle);
  }
  pause = std::max(pause, kFirstPause);
  if (pause > left_) {
    Error error = Refusal(response);
    error.code = ErrorCode::kIo;
    error.remedy = "try again later";
    return tl::unexpected<Error>(std::move(error));
  }
  return pause;
}

Result<ReviewReply> ReviewClient::Read(const HttpResponse& response) const {
  ReviewReply reply;
  reply.status = response.status;
  if (!response.body.empty()) {
    auto json = ParseJson(response.body.Reveal());
    if (!json) {
      return Fail(ErrorCode::kIo,
                  options_.name + " answered what is no JSON: " +
                      Excerpt(response.body.Reveal(),
                              {options_.credential.value, options_.token}));
    }
    reply.json = std::move(*json);
  }
  const std::string next = NextOf(response.Header("link"));
  // The credential goes nowhere else, whatever a page's link says.
  if (next.starts_with(options_.base_url + "/")) {
    reply.next = next.substr(options_.base_url.size());
  }
  return reply;
}

Result<ReviewReply> ReviewClient::Call(const std::string& method,
                                       const std::string& path,
                                       const Value* body,
                                       const std::vector<int>& also,
                                       int tries) {
  HttpRequest request;
  request.method = method;
  request.url = options_.base_url + path;
  request.credential_origin = std::string(OriginOf(options_.base_url));
  request.response_cap = kResponseCap;
  request.headers.push_back(
      {options_.credential.name, options_.credential.value.Clone()});
  for (const auto& [name, value] : options_.headers) {
    request.AddHeader(name, value);
  }
  if (body != nullptr) {
    request.body = SecretValue::Copy(CompactJson(*body));
    request.AddHeader("Content-Type", "application/json");
  }
  for (int tried = 1;; ++tried) {
    const HttpResult response = http_.Send(request);
    if (!response) {
      Error error = response.error().error;
      error.context.push_back("while calling " + options_.name);
      const bool refused = response.error().kind == TransportFailure::kRefused;
      const Duration pause = kFirstPause * (1 << (tried - 1));
      if (refused || tried >= tries || pause > left_) {
        return tl::unexpected<Error>(std::move(error));
      }
      TRY(Pause(pause));
      continue;
    }
    const bool passes =
        (response->status >= 200 && response->status < 300) ||
        std::find(also.begin(), also.end(), response->status) != also.end();
    if (passes && !IsThrottled(*response)) return Read(*response);
    const Duration pause = TRY(PauseAfter(*response, tried, tries));
    TRY(Pause(pause));
  }
}

Status ReviewClient::ForEach(
    const std::string& path,
    const std::function<bool(const Value& item)>& look) {
  std::string page = path;
  for (int pages = 0; !page.empty(); ++pages) {
    if (pages == kMostPages) {
      return Fail(ErrorCode::kLimit, options_.name + " has more than " +
                                         std::to_string(kMostPages) +
                                         " pages of comments");
    }
    const ReviewReply reply = TRY(Call("GET", page));
    if (!reply.json.IsList()) {
      return Fail(ErrorCode::kIo, options_.name + " answered no list");
    }
    for (const Value& item : reply.json.AsList()) {
      if (!look(item)) return {};
    }
    page = reply.next;
  }
  return {};
}

}  // namespace writ::reconciler::review
