#include "reconciler/remote/remote_apply.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "reconciler/applying/apply_events.h"
#include "reconciler/applying/sent_plan.h"
#include "reconciler/remote/answer_lines.h"
#include "schema/json.h"

namespace writ::reconciler {
namespace {

constexpr Duration kPlanTimeout = std::chrono::minutes(5);
// Rotations wait for targets; the gateway bounds each of them.
constexpr Duration kApplyTimeout = std::chrono::hours(24);

tl::unexpected<Error> CutOff(const std::string& gateway) {
  return Fail(
      ErrorCode::kIo,
      "the connection to " + gateway + " ended before the apply was over",
      "what was applied stands, and the gateway goes on with it; see "
      "what is left with `writ plan`");
}

// Reads the lines of a stream as they come.
class Events {
 public:
  Events(PlanRun& run, const RemoteApply& apply, const ApplyWatcher& watcher)
      : plan_(run.planned.plan), apply_(apply), watcher_(watcher) {}

  void Take(std::string_view bytes) { lines_.Add(bytes); }

  // What it came to; nothing where it was cut off.
  std::optional<Result<ApplyResult>> Finish() {
    if (failure_) return Result<ApplyResult>(tl::unexpected(*failure_));
    if (!result_) return std::nullopt;
    return Result<ApplyResult>(*std::move(result_));
  }

 private:
  void Fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  void Note(std::string_view line) {
    auto value = ParseJson(line);
    if (!value || !value->IsMap()) return;
    const std::string_view event = value->FindString("event");
    if (event == "begin" && watcher_.begin) {
      watcher_.begin(plan_, std::string(value->FindString("lease_holder")));
    } else if (event == "change") {
      NoteChange(*value);
    } else if (event == "token") {
      Keep(*value);
    } else if (event == "report") {
      auto result = ParseReport(*value);
      if (!result) return Fail(result.error());
      result_ = *std::move(result);
    } else if (event == "error") {
      Fail(ParseError(*value));
    }
  }

  void NoteChange(const Value& value) {
    const auto report = ParseChange(value, plan_, next_);
    if (!report) return Fail(report.error());
    if (watcher_.progress) watcher_.progress(*report);
  }

  void Keep(Value& value) {
    const auto token =
        ResourceId::Parse(std::string(value.FindString("address")));
    Value* text = value.Find("value");
    if (!token || text == nullptr || !text->IsString()) return;
    if (watcher_.before_tokens) watcher_.before_tokens();
    const SecretValue secret =
        SecretValue::Take(std::move(text->MutableString()));
    const Status kept =
        apply_.sink == nullptr ? Status() : apply_.sink->Put(*token, secret);
    if (kept) return;
    Error error = kept.error();
    error.remedy = "its value is lost: writ token revoke " + token->address();
    Fail(std::move(error));
  }

  const engine::Plan& plan_;
  const RemoteApply& apply_;
  const ApplyWatcher& watcher_;
  AnswerLines lines_{[this](std::string_view line) { Note(line); }};
  std::size_t next_ = 0;
  std::optional<ApplyResult> result_;
  std::optional<Error> failure_;
};

Result<std::string> SendPlan(GatewayClient& gateway, PlanRun& run,
                             const PlanRequest& request,
                             const RemoteApply& apply) {
  const SentPlan sent = TRY(CollectPlan(run, request));
  GatewayRequest post;
  post.method = "POST";
  post.path = "/v1/plans";
  post.body = SecretValue::Take(PrintSentPlan(sent));
  post.timeout = kPlanTimeout;
  post.is_cancelled = apply.is_cancelled;
  const HttpResponse response = TRY(gateway.Send(post));
  const auto body = ParseJson(response.body.Reveal());
  const std::string digest(body ? body->FindString("digest") : "");
  if (digest == run.planned.plan.digest.Hex()) return digest;
  return Fail(ErrorCode::kCorrupt,
              "the gateway at " + gateway.url() + " speaks of another plan");
}

// What a command's lines say on its stdout.
std::string OutputIn(std::string_view text) {
  std::string out;
  AnswerLines lines([&](std::string_view line) {
    const auto value = ParseJson(line);
    const bool is_out =
        value && value->IsMap() && value->FindString("event") == "out";
    if (is_out) out += value->FindString("text");
  });
  lines.Add(text);
  return out;
}

}  // namespace

Result<std::optional<LeaseRecord>> ReadLeaseAtGateway(GatewayClient& gateway) {
  GatewayRequest post;
  post.method = "POST";
  post.path = "/v1/commands/lock.list";
  post.body = SecretValue::Copy(R"({"arguments":{"--json":true}})");
  const HttpResponse response = TRY(gateway.Send(post));
  const auto said = ParseJson(OutputIn(response.body.Reveal()));
  const Value* leases = said && said->IsMap() ? said->Find("leases") : nullptr;
  if (leases == nullptr || !leases->IsList()) {
    return Fail(ErrorCode::kCorrupt,
                "the gateway at " + gateway.url() + " doesn't say who applies");
  }
  if (leases->AsList().empty()) return std::optional<LeaseRecord>();
  const Value& held = leases->AsList().front();
  LeaseRecord lease;
  lease.token = held.FindString("id");
  lease.holder = held.FindString("holder");
  lease.operation = held.FindString("operation");
  return std::optional(std::move(lease));
}

Result<ApplyResult> ApplyAtGateway(GatewayClient& gateway, PlanRun& run,
                                   const PlanRequest& request,
                                   const RemoteApply& apply,
                                   const ApplyWatcher& watcher) {
  const std::string digest = TRY(SendPlan(gateway, run, request, apply));
  Events events(run, apply, watcher);
  Value wish;
  wish.Set("token_values", apply.sink != nullptr);
  wish.Set("lock_timeout_s",
           std::chrono::duration_cast<std::chrono::seconds>(apply.lock_timeout)
               .count());
  GatewayRequest post;
  post.method = "POST";
  post.path = "/v1/plans/" + digest + "/apply";
  post.body = SecretValue::Take(CompactJson(wish));
  post.timeout = kApplyTimeout;
  post.on_body = [&](std::string_view bytes) { events.Take(bytes); };
  post.is_cancelled = apply.is_cancelled;
  const auto response = gateway.Send(post);
  auto result = events.Finish();
  if (result) return *std::move(result);
  if (response || response.error().code == ErrorCode::kIo) {
    if (response) return CutOff(gateway.url());
    Error error = response.error();
    if (error.remedy.empty()) {
      error.remedy = CutOff(gateway.url()).value().remedy;
    }
    return tl::unexpected<Error>(std::move(error));
  }
  return tl::unexpected<Error>(response.error());
}

}  // namespace writ::reconciler
