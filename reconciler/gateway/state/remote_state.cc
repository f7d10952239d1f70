#include "reconciler/gateway/state/remote_state.h"

#include <chrono>
#include <deque>
#include <utility>

#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/state/snapshots.h"
#include "reconciler/gateway/state/state_handler.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::hours kNoRounds{24};

std::string Quoted(const std::string& version) { return '"' + version + '"'; }

// The version that If-None-Match names; weak or not, there is one form of it.
std::string_view KnownVersion(const HttpRequest& request) {
  std::string_view tag = request.Header("If-None-Match").value_or("");
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return {};
  return tag.substr(1, tag.size() - 2);
}

HttpResponse AnswerState(Snapshots& snapshots, const HttpRequest& request) {
  auto found = snapshots.Find(KnownVersion(request),
                              QueryParameter(request.query, "since"));
  if (!found) return ProblemOf(found.error(), request);
  HttpResponse response;
  response.status = found->text.empty() ? 304 : 200;
  response.headers.push_back({"ETag", Quoted(found->version)});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Authorization"});
  response.body = std::move(found->text);
  return response;
}

}  // namespace

struct RemoteState::Parts {
  Parts(const RemoteStateOptions& options, Authenticator& authenticator,
        UseSink* uses, std::unique_ptr<Snapshots> opened)
      : access(authenticator, uses, *options.clock),
        snapshots(std::move(opened)),
        reading([] {}, kNoRounds) {}

  void Add(std::string method, std::string pattern, std::string summary,
           Desk& desk, StateHandler::Work work, std::size_t body_limit = 0) {
    handlers.emplace_back(access, desk, std::move(work), body_limit);
    routes.push_back({std::move(method), std::move(pattern), &handlers.back(),
                      std::move(summary)});
  }
  void AddRoutes();

  VelaAccess access;
  std::unique_ptr<Snapshots> snapshots;
  std::deque<StateHandler> handlers;
  std::vector<Route> routes;
  Desk reading;  // goes first: what is queued uses the rest
};

void RemoteState::Parts::AddRoutes() {
  Add("GET", "/v1/state",
      "Read what plans read of the state: no value, no digest of one", reading,
      [this](const HttpRequest& request, const Principal& /*caller*/) {
        return AnswerState(*snapshots, request);
      });
}

RemoteState::RemoteState(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {
  parts_->AddRoutes();
}

RemoteState::~RemoteState() = default;

Result<std::unique_ptr<RemoteState>> RemoteState::Open(
    const RemoteStateOptions& options, Authenticator& authenticator,
    UseSink* uses) {
  auto snapshots = TRY(Snapshots::Open(options.folder));
  return std::unique_ptr<RemoteState>(new RemoteState(std::make_unique<Parts>(
      options, authenticator, uses, std::move(snapshots))));
}

std::vector<Route> RemoteState::routes() { return parts_->routes; }

}  // namespace writ::reconciler::gateway
