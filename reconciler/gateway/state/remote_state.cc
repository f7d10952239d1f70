#include "reconciler/gateway/state/remote_state.h"

#include <chrono>
#include <deque>
#include <utility>

#include "reconciler/credentials/workspace_reach.h"
#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "reconciler/gateway/problem.h"
#include "reconciler/gateway/state/command_service.h"
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

HttpResponse AnswerState(Snapshots& snapshots, const HttpRequest& request,
                         const Principal& caller) {
  auto found = snapshots.Find(
      KnownVersion(request), QueryParameter(request.query, "since"),
      OpensWholeState(caller.rights) ? "" : caller.rights.parent_uid);
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
  Parts(const PlanServiceOptions& options, const KeyRing& keys,
        StateCommands* known_commands, Authenticator& authenticator,
        UseSink* uses, std::unique_ptr<Snapshots> opened)
      : access(authenticator, uses, *options.clock),
        snapshots(std::move(opened)),
        plans(options, keys),
        commands(known_commands),
        reading([] {}, kNoRounds),
        planning([] {}, kNoRounds),
        applying([] {}, kNoRounds),
        commanding([] {}, kNoRounds) {}
  ~Parts() { plans.Stop(); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void Add(std::string method, std::string pattern, std::string summary,
           Desk& desk, StateHandler::Work work, std::size_t body_limit = 0) {
    handlers.emplace_back(access, desk, std::move(work), body_limit);
    routes.push_back({std::move(method), std::move(pattern), &handlers.back(),
                      std::move(summary)});
  }
  void AddRoutes();

  VelaAccess access;
  std::unique_ptr<Snapshots> snapshots;
  PlanService plans;
  CommandService commands;
  std::deque<StateHandler> handlers;
  std::vector<Route> routes;
  // Go first: what is queued uses the rest.
  Desk reading;
  Desk planning;
  Desk applying;
  Desk commanding;
};

void RemoteState::Parts::AddRoutes() {
  Add("GET", "/v1/state",
      "Read what plans read of the state: no value, no digest of one", reading,
      [this](const HttpRequest& request, const Principal& caller,
             const Respond& respond) {
        respond(AnswerState(*snapshots, request, caller));
      });
  Add(
      "POST", "/v1/plans",
      "Plan the manifests that are sent, or their commit, against the state",
      planning,
      [this](const HttpRequest& request, const Principal& caller,
             const Respond& respond) { respond(plans.Plan(request, caller)); },
      PlanService::kMaxBody);
  Add("POST", "/v1/plans/{digest}/apply",
      "Apply a plan that was sent; its progress, as lines of JSON", applying,
      [this](const HttpRequest& request, const Principal& caller,
             const Respond& respond) {
        plans.Apply(request, caller, respond);
      });
  Add("POST", "/v1/commands/{command}",
      "Carry a command out; what it says, as lines of JSON", commanding,
      [this](const HttpRequest& request, const Principal& caller,
             const Respond& respond) {
        commands.Run(request, caller, respond);
      });
}

RemoteState::RemoteState(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {
  parts_->AddRoutes();
}

RemoteState::~RemoteState() = default;

Result<std::unique_ptr<RemoteState>> RemoteState::Open(
    const PlanServiceOptions& options, const KeyRing& keys,
    StateCommands* commands, Authenticator& authenticator, UseSink* uses) {
  auto snapshots = TRY(Snapshots::Open(options.folder));
  return std::unique_ptr<RemoteState>(new RemoteState(std::make_unique<Parts>(
      options, keys, commands, authenticator, uses, std::move(snapshots))));
}

std::vector<Route> RemoteState::routes() { return parts_->routes; }

}  // namespace writ::reconciler::gateway
