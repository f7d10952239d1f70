#include "reconciler/gateway/access/token_self_service.h"

#include <utility>

#include "reconciler/credentials/credentials.h"
#include "reconciler/credentials/issue.h"
#include "reconciler/gateway/problem.h"
#include "schema/credential/token_format.h"
#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

HttpResponse Unavailable(const HttpRequest& request) {
  HttpResponse response = Problem(
      503, "unavailable", "The state can't be read. Try again.", request);
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

HttpResponse Describe(const Principal& principal) {
  Value value;
  value.Set("id", principal.credential);
  value.Set("token", principal.token.address());
  value.Set("type", principal.rights.type);
  value.Set("hint", MaskedHint(principal.hint));
  value.Set("status", "active");
  if (!principal.rights.role.empty()) value.Set("role", principal.rights.role);
  if (principal.rights.type == "workspaceToken") {
    value.Set("mode", principal.rights.mode);
    value.Set("scopes", Value::List(principal.rights.scopes.begin(),
                                    principal.rights.scopes.end()));
  }
  value.Set("expiresAt", principal.expires_at
                             ? Value(FormatTimestamp(*principal.expires_at))
                             : Value());
  HttpResponse response;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.body = CompactJson(value);
  return response;
}

}  // namespace

TokenSelfService::TokenSelfService(Parts parts)
    : parts_(std::move(parts)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

TokenSelfService::~TokenSelfService() {
  thread_.request_stop();
  thread_.join();
  for (const Revocation& revocation : waiting_) {
    revocation.respond(Unavailable(*revocation.request));
  }
}

void TokenSelfService::Handle(const HttpRequest& request, Respond respond) {
  if (!parts_.authenticator.IsCurrent()) {
    respond(Unavailable(request));
    return;
  }
  const PresentedToken presented = FindBearer(request);
  Authentication answer;
  if (presented.kind == PresentedToken::Kind::kToken) {
    answer = parts_.authenticator.Check(presented.token, request.client);
  }
  if (!answer.is_current) {
    respond(Unavailable(request));
    return;
  }
  const bool is_valid = answer.verdict == Verdict::kValid;
  if (answer.principal != nullptr) {
    Record(request, *answer.principal, !is_valid);
  }
  if (!is_valid) {
    respond(RefuseToken(request, presented.kind));
  } else if (request.method == "DELETE") {
    Enqueue({&request, std::move(answer.principal), std::move(respond)});
  } else {
    respond(Describe(*answer.principal));
  }
}

HttpResponse TokenSelfService::RefuseToken(const HttpRequest& request,
                                           PresentedToken::Kind kind) {
  const auto wait = kind == PresentedToken::Kind::kNone
                        ? std::chrono::seconds(0)
                        : parts_.throttle.Refused(request.client);
  HttpResponse response =
      wait.count() > 0
          ? Problem(429, "too_many_requests",
                    "Too many refused tokens came from this address.", request)
          : Problem(401, "unauthorized",
                    "The token is missing, invalid, expired or revoked.",
                    request);
  if (wait.count() > 0) {
    response.headers.push_back({"Retry-After", std::to_string(wait.count())});
  } else {
    response.headers.push_back(ChallengeFor(kind));
  }
  return response;
}

void TokenSelfService::Record(const HttpRequest& request,
                              const Principal& principal, bool refused) {
  Use use;
  use.credential = principal.credential;
  use.at = parts_.clock.Now();
  use.client = request.client;
  use.agent = request.Agent();
  use.route = request.method + " /v1/token";
  use.refused = refused;
  parts_.uses.Record(std::move(use));
}

void TokenSelfService::Enqueue(Revocation revocation) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() < kMostWaiting) {
      waiting_.push_back(std::move(revocation));
      wakeup_.notify_one();
      return;
    }
  }
  revocation.respond(Unavailable(*revocation.request));
}

// Needs no master key: it only takes away.
HttpResponse TokenSelfService::Revoke(const Revocation& revocation) {
  OpenOptions options;
  options.folder = parts_.folder;
  options.mode = OpenMode::kReadWrite;
  options.clock = &parts_.clock;
  options.random = &parts_.random;
  auto store = StateStore::Open(options);
  if (!store) return ProblemOf(store.error(), *revocation.request);
  Credentials credentials(**store, nullptr, parts_.clock, parts_.random);
  const Principal& principal = *revocation.principal;
  const Author author{principal.credential, "revoked by itself"};
  const Status done =
      Transact(**store, "", [&](WriteTransaction& transaction) -> Status {
        TRY(credentials.Revoke(transaction, principal.credential, author));
        return credentials.UpdateTokenStatus(transaction, principal.token);
      });
  if (!done) return ProblemOf(done.error(), *revocation.request);
  HttpResponse response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

void TokenSelfService::Run(const std::stop_token& stop) {
  while (true) {
    Revocation next;
    {
      std::unique_lock lock(mutex_);
      if (!wakeup_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
      if (stop.stop_requested()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next.respond(Revoke(next));
  }
}

}  // namespace writ::reconciler::gateway
