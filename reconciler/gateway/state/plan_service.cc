#include "reconciler/gateway/state/plan_service.h"

#include <algorithm>
#include <utility>

#include "engine/plan/render_json.h"
#include "reconciler/applying/apply_events.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/state/plan_reach.h"
#include "reconciler/gateway/state/state_handler.h"
#include "reconciler/host/host_file.h"
#include "schema/json.h"
#include "schema/time.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::int64_t kLongestLockWaitS = 3600;

// All addresses, for programs.
HttpResponse BeyondReachProblem(const std::vector<BeyondReach>& beyond,
                                const WorkspaceReach& reach,
                                const HttpRequest& request) {
  HttpResponse response = ExplainedProblem(RefusalOf(beyond, reach), request);
  auto body = ParseJson(response.body);
  if (!body) return response;
  Value::List addresses;
  for (const BeyondReach& each : beyond) {
    addresses.emplace_back(each.id.address());
  }
  body->Set("addresses", std::move(addresses));
  response.body = CompactJson(*body);
  return response;
}

// Its answer, where the plan touches what its sender doesn't reach.
Result<std::optional<HttpResponse>> RefuseBeyondReach(
    PlanRun& run, const Principal& caller, const HttpRequest& request) {
  if (run.store == nullptr) return std::optional<HttpResponse>();
  auto reach = TRY(WorkspaceReach::Read(*run.store, caller.rights));
  const auto beyond = TRY(FindBeyondReach(run.planned, reach));
  if (beyond.empty()) return std::optional<HttpResponse>();
  return std::optional(BeyondReachProblem(beyond, reach, request));
}

Value MistakeToValue(const Diagnostic& diagnostic) {
  Value value;
  value.Set("code", diagnostic.code);
  value.Set("detail", diagnostic.summary);
  if (!diagnostic.hint.empty()) value.Set("hint", diagnostic.hint);
  if (diagnostic.locations.empty()) return value;
  const Location& place = diagnostic.locations.front();
  value.Set("file", place.file);
  value.Set("line", static_cast<std::int64_t>(place.line));
  value.Set("column", static_cast<std::int64_t>(place.column));
  return value;
}

HttpResponse InvalidManifests(const Diagnostics& diagnostics,
                              const HttpRequest& request) {
  HttpResponse response =
      Problem(422, Name(ErrorCode::kInvalidManifest),
              "the manifests can't be planned here", request);
  auto body = ParseJson(response.body);
  if (!body) return response;
  Value::List mistakes;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    if (diagnostic.severity == Severity::kError) {
      mistakes.push_back(MistakeToValue(diagnostic));
    }
  }
  body->Set("errors", std::move(mistakes));
  response.body = CompactJson(*body);
  return response;
}

Error NotTheSame(const Digest& here, const Digest& there) {
  return Error{
      ErrorCode::kStale,
      "the plan comes to " + here.Hex() + " at the gateway, not " + there.Hex(),
      "the live state moved, or the gateway's writ is another "
      "version: look at it again with `writ plan`",
      {}};
}

// Values go out once, in the answer to who asked for them.
class StreamSink final : public TokenSink {
 public:
  explicit StreamSink(std::shared_ptr<BodyStream> stream)
      : stream_(std::move(stream)) {}
  Status Put(const ResourceId& token, const SecretValue& value) override {
    if (stream_->Write(TokenLine(token, value).Reveal())) return {};
    return Fail(ErrorCode::kIo, "nobody takes the token's value any more");
  }
  std::string Name() const override { return "the answer"; }

 private:
  std::shared_ptr<BodyStream> stream_;
};

struct ApplyWish {
  bool wants_values = false;
  Duration lock_timeout{0};
};

Result<ApplyWish> ReadWish(const HttpRequest& request) {
  ApplyWish wish;
  if (request.body.empty()) return wish;
  const auto body = ParseJson(request.body);
  if (!body || !body->IsMap()) {
    return Fail(ErrorCode::kInvalidArgument, "the body is no JSON object");
  }
  const Value* values = body->Find("token_values");
  wish.wants_values =
      values != nullptr && values->IsBoolean() && values->AsBoolean();
  const Value* wait = body->Find("lock_timeout_s");
  if (wait == nullptr) return wish;
  if (!wait->IsInteger() || wait->AsInteger() < 0 ||
      wait->AsInteger() > kLongestLockWaitS) {
    return Fail(ErrorCode::kInvalidArgument,
                "lock_timeout_s is a number of seconds, 3600 at most");
  }
  wish.lock_timeout = std::chrono::seconds(wait->AsInteger());
  return wish;
}

// One apply's answer: a problem as long as nothing has begun, a stream then.
class ApplyAnswer {
 public:
  ApplyAnswer(const HttpRequest& request, const Respond& respond)
      : request_(request), respond_(respond) {}

  const std::shared_ptr<BodyStream>& stream() const { return stream_; }

  void Begin() {
    if (std::exchange(has_begun_, true)) return;
    HttpResponse response;
    response.content_type = "application/x-ndjson";
    response.stream = stream_;
    respond_(std::move(response));
  }
  void Write(const std::string& line) {
    Begin();
    stream_->Write(line);
  }
  void Fail(const Error& error) {
    if (!has_begun_) return respond_(ExplainedProblem(error, request_));
    stream_->Write(ErrorLine(error));
    stream_->End();
  }
  void End(const std::string& line) {
    Write(line);
    stream_->End();
  }

 private:
  const HttpRequest& request_;
  const Respond& respond_;
  std::shared_ptr<BodyStream> stream_ = std::make_shared<BodyStream>();
  bool has_begun_ = false;
};

}  // namespace

RunEffects PlanService::EffectsOf(const Principal& caller) const {
  return RunEffects{*options_.clock,
                    *options_.random,
                    [who = caller.token.address() + " (" + caller.credential +
                           ")"] { return who; },
                    options_.variable,
                    [this] { return stopping_.load(); },
                    [this](StateStore& store) -> Result<FoundKeys> {
                      FoundKeys found;
                      found.ring = std::make_shared<const KeyRing>(
                          TRY(keys_.Refreshed(store.secrets())));
                      return found;
                    }};
}

Result<PlanRequest> PlanService::RequestOf(const SentPlan& plan) const {
  PlanRequest request = plan.request;
  if (request.environment.empty()) request.environment = options_.environment;
  request.load.threads = 1;
  request.find_state = [folder = options_.folder](
                           const manifests::EnvironmentConfig& /*environment*/,
                           const std::string& /*base_folder*/) {
    return Result<std::string>(folder);
  };
  // Where trust begins is the gateway's word, never the sender's; to go back is
  // theirs to want, as it is where the state is.
  request.trust = TrustOptions();
  request.trust.allow_rewind = plan.request.trust.allow_rewind;
  request.trust.host_file = options_.host_file;
  const HostFile host = TRY(ReadHostFile(options_.host_file));
  if (host.apply_from.count(options_.environment) == 0) {
    request.open_source = [&plan] {
      return Result<std::unique_ptr<manifests::Source>>(OpenSentSource(plan));
    };
    return request;
  }
  // A sender's word for what a commit holds is not enough then.
  if (options_.repository.empty() || plan.commit.id.empty()) {
    return Fail(ErrorCode::kUntrusted,
                "the host file says from which ref " + options_.environment +
                    " is applied, and the gateway has no repository to read "
                    "this commit from",
                "start it with --repository, or apply where the state is");
  }
  request.source.path = options_.repository;
  request.source.ref = plan.commit.id;
  request.source.working_tree = false;
  return request;
}

void PlanService::Keep(Kept kept) {
  const std::lock_guard lock(mutex_);
  const auto is_gone = [&](const Kept& each) {
    return each.at + kKeptFor <= kept.at || each.digest == kept.digest;
  };
  std::erase_if(kept_, is_gone);
  std::size_t bytes = kept.bytes;
  for (const Kept& each : kept_) bytes += each.bytes;
  while (!kept_.empty() && (kept_.size() >= kMaxPlans || bytes > kMaxBytes)) {
    bytes -= kept_.front().bytes;
    kept_.pop_front();
  }
  kept_.push_back(std::move(kept));
}

std::shared_ptr<const SentPlan> PlanService::Find(const std::string& digest,
                                                  const Principal& caller) {
  const std::chrono::nanoseconds now = options_.clock->Monotonic();
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find_if(kept_, [&](const Kept& each) {
    return each.digest == digest && each.credential == caller.credential &&
           now < each.at + kKeptFor;
  });
  return found == kept_.end() ? nullptr : found->plan;
}

HttpResponse PlanService::Plan(const HttpRequest& request,
                               const Principal& caller) {
  auto sent = ParseSentPlan(request.body);
  if (!sent) return ExplainedProblem(sent.error(), request);
  const auto plan = std::make_shared<const SentPlan>(*std::move(sent));
  const auto planning = RequestOf(*plan);
  if (!planning) return ExplainedProblem(planning.error(), request);
  Diagnostics diagnostics;
  auto run = MakePlanRun(EffectsOf(caller), *planning, diagnostics);
  if (!run) return ExplainedProblem(run.error(), request);
  if (!*run) return InvalidManifests(diagnostics, request);
  auto refused = RefuseBeyondReach(**run, caller, request);
  if (!refused) return ExplainedProblem(refused.error(), request);
  if (*refused) return **std::move(refused);
  const engine::Plan& planned = (*run)->planned.plan;
  if (plan->digest && *plan->digest != planned.digest) {
    return ExplainedProblem(NotTheSame(planned.digest, *plan->digest), request);
  }
  const std::string digest = planned.digest.Hex();
  Keep({digest, caller.credential, plan, request.body.size(),
        options_.clock->Monotonic()});
  HttpResponse response;
  response.status = 201;
  response.headers.push_back({"Location", "/v1/plans/" + digest});
  Value body;
  body.Set("digest", digest);
  body.Set("expires_at", FormatTimestamp(options_.clock->Now() + kKeptFor));
  auto shown = ParseJson(engine::RenderPlanJson(planned));
  body.Set("plan", shown ? *std::move(shown) : Value());
  response.body = CompactJson(body);
  return response;
}

Status PlanService::ApplyFound(const SentPlan& plan, const HttpRequest& request,
                               const Principal& caller,
                               const Respond& respond) {
  const ApplyWish wish = TRY(ReadWish(request));
  ApplyAnswer answer(request, respond);
  ApplyRequest apply;
  apply.planning = TRY(RequestOf(plan));
  apply.expected.digest = ParseDigestHex(request.Param("digest"));
  apply.host_file = options_.host_file;
  apply.lock_timeout = wish.lock_timeout;
  if (wish.wants_values) {
    apply.open_sink = [&] {
      return Result<std::unique_ptr<TokenSink>>(
          std::make_unique<StreamSink>(answer.stream()));
    };
  }
  ApplyRun run(EffectsOf(caller), std::move(apply));
  Diagnostics diagnostics;
  const auto planned = run.Plan(diagnostics);
  if (planned && !*planned) {
    respond(InvalidManifests(diagnostics, request));
    return {};
  }
  if (planned) {
    auto refused = TRY(RefuseBeyondReach(run.run(), caller, request));
    if (refused) {
      respond(*std::move(refused));
      return {};
    }
  }
  const Status applicable =
      planned ? run.CheckApplicable() : Status(tl::unexpected(planned.error()));
  if (!applicable) return tl::unexpected(run.Foremost(applicable.error()));
  // Who waits for a lease hears that the gateway is there.
  if (wish.lock_timeout > Duration(0)) answer.Begin();
  Value::List changes;
  ApplyWatcher watcher;
  watcher.begin = [&](const engine::Plan&, const std::string& holder) {
    answer.Write(BeginLine(holder));
  };
  watcher.progress = [&](const ChangeReport& report) {
    answer.Write(ChangeLine(report));
    changes.push_back(ChangeReportToValue(report));
  };
  const auto result = run.Apply(watcher, diagnostics);
  if (!result) {
    answer.Fail(result.error());
  } else if (!*result) {
    answer.Fail({ErrorCode::kInvalidManifest,
                 "the manifests can't be planned here",
                 "",
                 {}});
  } else {
    answer.End(ReportLine(**result, run.plan(), std::move(changes)));
  }
  return {};
}

void PlanService::Apply(const HttpRequest& request, const Principal& caller,
                        const Respond& respond) {
  const auto plan = Find(request.Param("digest"), caller);
  if (plan == nullptr) {
    return respond(ExplainedProblem({ErrorCode::kNotFound,
                                     "there is no such plan, or no longer",
                                     "send it again: POST /v1/plans",
                                     {}},
                                    request));
  }
  const Status done = ApplyFound(*plan, request, caller, respond);
  if (!done) respond(ExplainedProblem(done.error(), request));
}

}  // namespace writ::reconciler::gateway
