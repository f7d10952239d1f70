#include "reconciler/targets/api_client.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <system_error>
#include <utility>

#include "schema/check.h"
#include "schema/utf8.h"

namespace writ::reconciler::targets {
namespace {

constexpr Duration kLongestCall = std::chrono::seconds(30);
constexpr Duration kLongestWait = std::chrono::hours(24);

std::optional<std::int64_t> ParseCount(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || end != text.data() + text.size() || count < 0) {
    return std::nullopt;
  }
  return count;
}

Duration Clamped(std::int64_t seconds) {
  const std::int64_t most =
      std::chrono::duration_cast<std::chrono::seconds>(kLongestWait).count();
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, most));
}

std::int64_t SecondsOf(Timestamp at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch())
      .count();
}

FailureClass ClassOf(int status, bool writes) {
  switch (status) {
    case 401:
    case 403:
      return FailureClass::kAuth;
    case 404:
    case 410:
      return FailureClass::kGone;
    case 408:
      return writes ? FailureClass::kUnknown : FailureClass::kTransient;
    case 409:
    case 412:
      return FailureClass::kConflict;
    case 429:
      return FailureClass::kThrottled;
    default:
      if (status < 500) return FailureClass::kInvalid;
      return writes ? FailureClass::kUnknown : FailureClass::kTransient;
  }
}

ErrorCode CodeOf(FailureClass failure_class) {
  switch (failure_class) {
    case FailureClass::kThrottled:
    case FailureClass::kTransient:
    case FailureClass::kUnknown:
      return ErrorCode::kIo;
    case FailureClass::kAuth:
      return ErrorCode::kPermission;
    case FailureClass::kGone:
      return ErrorCode::kNotFound;
    case FailureClass::kConflict:
      return ErrorCode::kConflict;
    case FailureClass::kInvalid:
      return ErrorCode::kUnsupported;
  }
  return ErrorCode::kInternal;
}

// A 403 that means "too much", as GitHub has it.
bool IsThrottle(const HttpResponse& response) {
  return response.status == 429 ||
         (response.status == 403 &&
          (!response.Header("retry-after").empty() ||
           response.Header("x-ratelimit-remaining") == "0"));
}

bool IsRead(const ApiCall& call) {
  return call.reads || call.method == "GET" || call.method == "HEAD";
}

}  // namespace

std::optional<Duration> RetryAfter(const HttpResponse& response,
                                   Timestamp now) {
  const std::string after(response.Header("retry-after"));
  if (const auto seconds = ParseCount(after)) return Clamped(*seconds);
  tm parts{};
  if (strptime(after.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) != nullptr) {
    return Clamped(std::int64_t{timegm(&parts)} - SecondsOf(now));
  }
  for (const char* name : {"x-ratelimit-reset", "ratelimit-reset"}) {
    const auto reset = ParseCount(response.Header(name));
    if (!reset) continue;
    // Some say when, some say in how many seconds.
    constexpr std::int64_t kYear2001 = 1000000000;
    return Clamped(*reset > kYear2001 ? *reset - SecondsOf(now) : *reset);
  }
  return std::nullopt;
}

ApiClient::ApiClient(TargetSetup& setup, Options options)
    : secrets_(std::move(setup.secrets)),
      http_(setup.http),
      clock_(setup.clock),
      deadline_(setup.deadline),
      ca_file_(setup.ca_file),
      options_(std::move(options)) {}

const SecretValue& ApiClient::Secret(std::string_view field) const {
  const auto found = secrets_.find(field);
  CHECK(found != secrets_.end());
  return found->second;
}

Duration ApiClient::Remaining() const {
  const auto left =
      std::chrono::duration_cast<Duration>(deadline_ - clock_.Monotonic());
  return std::max(left, Duration(1));
}

SecretViews ApiClient::Known(const SecretValue* value) const {
  SecretViews known;
  for (const auto& [field, secret] : secrets_) known.emplace_back(secret);
  for (const HttpHeader& header : options_.headers) {
    known.emplace_back(header.value);
  }
  if (value != nullptr) known.emplace_back(*value);
  return known;
}

std::string ApiClient::Said(const ApiReply& reply,
                            const SecretValue* value) const {
  return options_.name + " answered " + std::to_string(reply.status) + ": " +
         Excerpt(reply.text.Reveal(), Known(value));
}

TargetFailure ApiClient::FromTransport(const HttpFailure& failure,
                                       bool writes) const {
  TargetFailure result;
  result.error = failure.error;
  result.error.context.push_back("while calling " + options_.name);
  if (failure.kind == TransportFailure::kRefused) return result;
  result.failure_class = failure.maybe_sent && writes
                             ? FailureClass::kUnknown
                             : FailureClass::kTransient;
  return result;
}

std::optional<TargetFailure> ApiClient::FromStatus(const HttpResponse& response,
                                                   const ApiCall& call) const {
  if (response.status >= 200 && response.status < 300) return std::nullopt;
  TargetFailure failure;
  failure.failure_class = IsThrottle(response)
                              ? FailureClass::kThrottled
                              : ClassOf(response.status, !IsRead(call));
  failure.error.code = CodeOf(failure.failure_class);
  failure.error.message = options_.name + " answered " +
                          std::to_string(response.status) + ": " +
                          Excerpt(response.body.Reveal(), Known(call.value));
  if (failure.failure_class == FailureClass::kAuth) {
    failure.error.remedy =
        "check the credential that the target is called "
        "with, and what it may do";
  }
  failure.retry_after = RetryAfter(response, clock_.Now());
  return failure;
}

TargetResult<ApiReply> ApiClient::Call(const ApiCall& call,
                                       const std::vector<int>& also) {
  if (clock_.Monotonic() >= deadline_) {
    return FailTarget(FailureClass::kTransient, ErrorCode::kIo,
                      "no time is left to call " + options_.name);
  }
  HttpRequest request;
  request.method = call.method;
  request.url = options_.base_url + call.path;
  request.credential_origin = std::string(OriginOf(options_.base_url));
  request.timeout = std::min(Remaining(), kLongestCall);
  request.ca_file = ca_file_;
  const auto add = [&](const HttpHeader& header) {
    request.headers.push_back({header.name, header.value.Clone()});
  };
  std::for_each(options_.headers.begin(), options_.headers.end(), add);
  std::for_each(call.headers.begin(), call.headers.end(), add);
  if (!call.body.empty()) {
    request.body = call.body.Clone();
    request.AddHeader("Content-Type", call.content_type);
  }
  HttpResult response = http_.Send(request);
  if (!response) {
    return tl::unexpected(FromTransport(response.error(), !IsRead(call)));
  }
  const bool passes =
      std::find(also.begin(), also.end(), response->status) != also.end();
  if (!passes) {
    if (auto failure = FromStatus(*response, call)) {
      return tl::unexpected(std::move(*failure));
    }
  }
  ApiReply reply;
  reply.status = response->status;
  reply.text = std::move(response->body);
  if (reply.text.empty()) return reply;
  auto json = ParseJson(reply.text.Reveal());
  if (json) {
    reply.json = SecretJson(std::move(*json));
  } else if (!passes) {
    // A proxy's page, or a block page: whether the call came through isn't
    // known.
    return FailTarget(
        IsRead(call) ? FailureClass::kTransient : FailureClass::kUnknown,
        ErrorCode::kIo, Said(reply, call.value) + " (not JSON)");
  }
  return reply;
}

const Value& BlockOf(const TargetSetup& setup) {
  const Value* block = setup.spec.Find(setup.spec.FindString("type"));
  CHECK(block != nullptr);
  return *block;
}

std::string TextOf(const TargetSetup& setup, std::string_view field) {
  return std::string(BlockOf(setup).FindString(field));
}

Status WantSecrets(const TargetSetup& setup) {
  for (const AccessField& access : AccessFieldsOf(setup.spec)) {
    const auto found = setup.secrets.find(access.field);
    if (found != setup.secrets.end() && !found->second.empty()) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "the secret for " + access.field + ", " +
                    std::string(access.reference.FindString("project")) + "/" +
                    std::string(access.reference.FindString("key")) +
                    ", has no value");
  }
  return {};
}

std::string BaseUrlOf(const TargetSetup& setup, std::string_view usual) {
  return setup.host.BaseUrl(setup.spec.FindString("type"))
      .value_or(std::string(usual));
}

HttpHeader Bearer(const TargetSetup& setup) {
  SecretBuilder line;
  line.Append("Bearer ").Append(setup.secrets.find("token")->second);
  return {"Authorization", line.Finish()};
}

TargetStatus CheckVariableName(const std::string& name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
  });
  if (plain && !name.empty() && name.size() <= 255 &&
      (name[0] < '0' || name[0] > '9')) {
    return {};
  }
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "\"" + Excerpt(name, {}) + "\" is no variable's name",
                    "letters, digits and _, not beginning with a digit");
}

TargetStatus CheckText(const SecretValue& value, std::size_t most) {
  const std::string_view bytes = value.Reveal();
  if (bytes.empty()) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                      "the value is empty");
  }
  if (bytes.size() > most) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kLimit,
                      "the value is longer than the " + std::to_string(most) +
                          " bytes that the target takes");
  }
  if (IsValidUtf8(bytes) && bytes.find('\0') == std::string_view::npos) {
    return {};
  }
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "the value is no text, and the target takes texts alone");
}

TargetStatus NothingToActivate() { return {}; }

tl::unexpected<TargetFailure> CannotRestore() {
  return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                    "this type of target keeps no earlier versions");
}

}  // namespace writ::reconciler::targets
