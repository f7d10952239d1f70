#include "reconciler/notify/sender.h"

#include <charconv>
#include <optional>
#include <utility>

#include "reconciler/egress/http_date.h"
#include "reconciler/egress/scrub.h"

namespace writ::reconciler {
namespace {

using engine::Answer;
using engine::AnswerKind;

constexpr std::size_t kKeptResponse = 2000;
constexpr std::int64_t kLongestWaitS = 1'000'000;

SecretViews ViewsOf(const DestinationSecrets& secrets) {
  SecretViews views;
  for (const auto& [field, value] : secrets) views.emplace_back(value);
  return views;
}

// In seconds, or until a date.
std::optional<Duration> RetryAfterOf(const HttpResponse& response,
                                     Timestamp now) {
  const std::string_view text = response.Header("retry-after");
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole =
      !text.empty() && error == std::errc() && end == text.data() + text.size();
  if (!whole) {
    const auto until = ParseHttpDate(text, now);
    if (!until) return std::nullopt;
    seconds = std::chrono::ceil<std::chrono::seconds>(*until - now).count();
    if (seconds < 0) seconds = 0;
  }
  if (seconds < 0 || seconds > kLongestWaitS) return std::nullopt;
  return std::chrono::seconds(seconds);
}

AnswerKind KindOf(int status) {
  if (status >= 200 && status < 300) return AnswerKind::kDelivered;
  if (status == 410) return AnswerKind::kGone;
  if (status == 429 || status == 503) return AnswerKind::kThrottled;
  return AnswerKind::kFailed;
}

AnswerKind KindOf(TransportFailure failure) {
  if (failure == TransportFailure::kRefused) return AnswerKind::kRefused;
  if (failure == TransportFailure::kTimeout) return AnswerKind::kTimeout;
  return AnswerKind::kFailed;
}

Sent FromFailure(const HttpFailure& failure) {
  Sent sent;
  sent.answer.kind = KindOf(failure.kind);
  sent.attempt.response = Describe(failure.error);
  return sent;
}

Sent FromHttp(const HttpResult& result, const SendJob& job, Timestamp now) {
  if (!result) return FromFailure(result.error());
  Sent sent;
  sent.answer.kind = KindOf(result->status);
  sent.answer.retry_after = RetryAfterOf(*result, now);
  sent.attempt.status = result->status;
  sent.attempt.response =
      Excerpt(result->body.Reveal(), ViewsOf(job.secrets), kKeptResponse);
  return sent;
}

Sent FromSmtp(const SmtpResult& result) {
  if (!result) return FromFailure(result.error());
  Sent sent;
  const int status = result->status;
  sent.answer.kind = status >= 200 && status < 300   ? AnswerKind::kDelivered
                     : status >= 400 && status < 500 ? AnswerKind::kThrottled
                                                     : AnswerKind::kFailed;
  sent.attempt.status = status;
  return sent;
}

}  // namespace

Sent NotSent(const Error& error, Timestamp at) {
  Sent sent;
  sent.answer.kind = AnswerKind::kRefused;
  sent.attempt.at = at;
  sent.attempt.outcome = Name(sent.answer.kind);
  sent.attempt.response = Describe(error);
  return sent;
}

Sent Sender::Send(const SendJob& job) const {
  const Timestamp at = clock_.Now();
  const auto begun = clock_.Monotonic();
  auto outgoing = Compose({job.message, job.delivery.standing.id, *job.spec,
                           job.secrets, host_, at});
  if (!outgoing) return NotSent(outgoing.error(), at);
  Sent sent;
  if (auto* request = std::get_if<HttpRequest>(&*outgoing)) {
    request->ca_file = ca_file_;
    sent = FromHttp(http_.Send(*request), job, at);
  } else {
    Mail& mail = std::get<Mail>(*outgoing);
    mail.server.ca_file = ca_file_;
    sent = FromSmtp(smtp_.Send(mail));
  }
  sent.attempt.at = clock_.Now();
  sent.attempt.outcome = Name(sent.answer.kind);
  sent.attempt.duration_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic() -
                                                            begun)
          .count();
  return sent;
}

}  // namespace writ::reconciler
