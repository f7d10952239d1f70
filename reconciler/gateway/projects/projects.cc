#include "reconciler/gateway/projects/projects.h"

#include <deque>
#include <functional>
#include <utility>

#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/projects/project_access.h"
#include "reconciler/gateway/request_path.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::hours kNoRounds{24};

// What a request comes to: JSON, or why not.
using Work = std::function<ProjectResult<std::string>(
    ProjectStore&, const Principal&, const HttpRequest&)>;

ProjectResult<std::string> Printed(const ProjectResult<Value>& value) {
  if (!value) return tl::unexpected<ProjectError>(value.error());
  return CanonicalJson(*value);
}

// The value of a parameter; empty where it doesn't stand.
ProjectResult<std::string> QueryValue(std::string_view query,
                                      std::string_view name) {
  const auto parameters = ReadQuery(query);
  if (!parameters) {
    return Refuse(400, "request/invalid_query", parameters.error().message);
  }
  for (const auto& [each, value] : *parameters) {
    if (each == name) return value;
  }
  return std::string();
}

ProjectResult<Value> BodyOf(const HttpRequest& request) {
  auto body = ParseJson(request.body);
  if (!body) {
    return Refuse(400, "request/invalid_json", "the body is no JSON");
  }
  if (!body->IsMap()) {
    return Refuse(400, "request/invalid_body", "the body is an object");
  }
  return *std::move(body);
}

using OnBody = ProjectResult<Value> (ProjectStore::*)(const Principal&,
                                                      const std::string&,
                                                      const Value&);
Work WithBody(OnBody method) {
  return [method](ProjectStore& store, const Principal& caller,
                  const HttpRequest& request) -> ProjectResult<std::string> {
    const auto body = BodyOf(request);
    if (!body) return tl::unexpected<ProjectError>(body.error());
    return Printed((store.*method)(caller, request.Param("project"), *body));
  };
}

ProjectResult<std::string> GetConfig(ProjectStore& store,
                                     const Principal& caller,
                                     const HttpRequest& request) {
  const auto environment = QueryValue(request.query, "environment");
  if (!environment) return tl::unexpected<ProjectError>(environment.error());
  return store.ReadConfig(caller, request.Param("project"), *environment);
}

ProjectResult<std::string> GetSchema(ProjectStore& store,
                                     const Principal& caller,
                                     const HttpRequest& request) {
  return Printed(store.ReadSchema(caller, request.Param("project")));
}

ProjectResult<std::string> GetProjects(ProjectStore& store,
                                       const Principal& caller,
                                       const HttpRequest& /*request*/) {
  return Printed(store.ListProjects(caller));
}

ProjectResult<std::string> PostProject(ProjectStore& store,
                                       const Principal& caller,
                                       const HttpRequest& request) {
  const auto body = BodyOf(request);
  if (!body) return tl::unexpected<ProjectError>(body.error());
  return Printed(store.CreateProject(caller, *body));
}

class ProjectHandler final : public HttpHandler {
 public:
  ProjectHandler(const ProjectAccess& access, ProjectStore& store, Desk& desk,
                 ProjectRole role, int status, Work work)
      : access_(access),
        store_(store),
        desk_(desk),
        role_(role),
        status_(status),
        work_(std::move(work)) {}

  void Handle(const HttpRequest& request, Respond respond) override {
    auto caller = access_.Admit(request, role_);
    if (!caller) {
      respond(ProjectErrorResponse(caller.error(), request));
      return;
    }
    auto who = *std::move(caller);
    const bool submitted = desk_.Submit(
        [this, &request, who, respond] { respond(Answer(request, *who)); });
    if (submitted) return;
    respond(ProjectErrorResponse({503,
                                  "server/unavailable",
                                  "too much is waiting",
                                  {{"Retry-After", "1"}}},
                                 request));
  }

 private:
  HttpResponse Answer(const HttpRequest& request, const Principal& caller) {
    ProjectResult<std::string> done = work_(store_, caller, request);
    if (!done) return ProjectErrorResponse(done.error(), request);
    HttpResponse response;
    response.status = status_;
    response.headers.push_back({"Cache-Control", "no-store"});
    response.body = *std::move(done);
    return response;
  }

  const ProjectAccess& access_;
  ProjectStore& store_;
  Desk& desk_;
  const ProjectRole role_;
  const int status_;
  const Work work_;
};

}  // namespace

struct Projects::Parts {
  Parts(const ProjectsOptions& options, std::unique_ptr<ProjectStore> opened)
      : access(*options.authenticator, options.uses, *options.store.clock),
        store(std::move(opened)),
        desk([] {}, kNoRounds) {}

  void Add(std::string method, std::string pattern, std::string summary,
           ProjectRole role, Work work, int status = 200) {
    handlers.emplace_back(access, *store, desk, role, status, std::move(work));
    routes.push_back({std::move(method), std::move(pattern), &handlers.back(),
                      std::move(summary)});
  }

  ProjectAccess access;
  std::unique_ptr<ProjectStore> store;
  std::deque<ProjectHandler> handlers;
  std::vector<Route> routes;
  Desk desk;  // goes first: what is queued uses the rest
};

Projects::Projects(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {
  const std::string project = "/v1/projects/{project}";
  Parts& p = *parts_;
  p.Add("GET", "/v1/projects", "List the projects of the token's workspace",
        ProjectRole::kAccount, GetProjects);
  p.Add("POST", "/v1/projects", "Make a project", ProjectRole::kAccount,
        PostProject, 201);
  p.Add("GET", project + "/config", "Read an environment's configuration",
        ProjectRole::kViewer, GetConfig);
  p.Add("GET", project + "/schema", "Read the project's keys and their types",
        ProjectRole::kViewer, GetSchema);
  p.Add("PUT", project + "/schema", "Add keys, change types and scopes",
        ProjectRole::kMember, WithBody(&ProjectStore::PutSchema));
  const std::string environments = project + "/environments";
  p.Add("POST", environments, "Add an environment", ProjectRole::kMember,
        WithBody(&ProjectStore::AddEnvironment), 201);
  p.Add("PATCH", environments, "Rename an environment without values",
        ProjectRole::kAccount, WithBody(&ProjectStore::RenameEnvironment));
  p.Add("DELETE", environments, "Remove an environment without values",
        ProjectRole::kAccount, WithBody(&ProjectStore::RemoveEnvironment));
  p.Add("PUT", project + "/secrets", "Set values of an environment",
        ProjectRole::kMember, WithBody(&ProjectStore::PutSecrets));
  p.Add("DELETE", project + "/secrets", "Destroy values of an environment",
        ProjectRole::kMember, WithBody(&ProjectStore::RemoveSecrets));
}

Projects::~Projects() = default;

Result<std::unique_ptr<Projects>> Projects::Open(ProjectsOptions options,
                                                 const KeyRing& keys) {
  auto store = TRY(ProjectStore::Open(options.store, keys));
  return std::unique_ptr<Projects>(
      new Projects(std::make_unique<Parts>(options, std::move(store))));
}

std::vector<Route> Projects::routes() { return parts_->routes; }

}  // namespace writ::reconciler::gateway
