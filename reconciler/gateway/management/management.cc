#include "reconciler/gateway/management/management.h"

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "reconciler/gateway/ingest/vela_shape.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::hours kNoRounds{24};

using Work = std::function<Result<Value>(ManagementStore&, const Principal&,
                                         const HttpRequest&)>;

// What went wrong inside is not told.
VelaError VelaErrorOf(const Error& error) {
  if (error.code == ErrorCode::kInvalidArgument) return {400, error.message};
  if (error.code == ErrorCode::kNotFound) return {404, error.message};
  if (error.code == ErrorCode::kConflict || error.code == ErrorCode::kLimit) {
    return {409, error.message};
  }
  VelaError told{ToHttpStatus(error.code), "the state can't be used now"};
  if (told.status == 503) told.headers.push_back({"Retry-After", "1"});
  return told;
}

Result<Value> BodyOf(const HttpRequest& request) {
  auto body = ParseJson(request.body);
  if (body) return *std::move(body);
  return Fail(ErrorCode::kInvalidArgument, "the body is no JSON");
}

using OnCaller = Result<Value> (ManagementStore::*)(const Principal&);
using OnApp = Result<Value> (ManagementStore::*)(const Principal&,
                                                 const std::string&);
using OnPart = Result<Value> (ManagementStore::*)(const Principal&,
                                                  const std::string&,
                                                  const std::string&);
using OnBody = Result<Value> (ManagementStore::*)(const Principal&,
                                                  const Value&);
using OnAppBody = Result<Value> (ManagementStore::*)(const Principal&,
                                                     const std::string&,
                                                     const Value&);
using OnPartBody = Result<Value> (ManagementStore::*)(const Principal&,
                                                      const std::string&,
                                                      const std::string&,
                                                      const Value&);

Work Of(OnCaller method) {
  return [method](ManagementStore& store, const Principal& caller,
                  const HttpRequest& /*request*/) {
    return (store.*method)(caller);
  };
}
Work Of(OnApp method, const char* name) {
  return [method, name](ManagementStore& store, const Principal& caller,
                        const HttpRequest& request) {
    return (store.*method)(caller, request.Param(name));
  };
}
Work Of(OnPart method, const char* part) {
  return [method, part](ManagementStore& store, const Principal& caller,
                        const HttpRequest& request) {
    return (store.*method)(caller, request.Param("app"), request.Param(part));
  };
}
Work Of(OnBody method) {
  return [method](ManagementStore& store, const Principal& caller,
                  const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, body);
  };
}
Work Of(OnAppBody method) {
  return [method](ManagementStore& store, const Principal& caller,
                  const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, request.Param("app"), body);
  };
}
Work Of(OnPartBody method, const char* part) {
  return [method, part](ManagementStore& store, const Principal& caller,
                        const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, request.Param("app"), request.Param(part),
                           body);
  };
}

class ManagementHandler final : public HttpHandler {
 public:
  ManagementHandler(const VelaAccess& access, ManagementStore& store,
                    Desk& desk, int status, Work work)
      : access_(access),
        store_(store),
        desk_(desk),
        status_(status),
        work_(std::move(work)) {}

  void Handle(const HttpRequest& request, Respond respond) override {
    auto caller = access_.Admit(request, "clientSecret");
    if (!caller) {
      respond(VelaErrorResponse(caller.error(), request, access_.Now()));
      return;
    }
    auto who = *std::move(caller);
    const bool submitted = desk_.Submit(
        [this, &request, who, respond] { respond(Answer(request, *who)); });
    if (submitted) return;
    VelaError error{503, "too much is waiting"};
    error.headers.push_back({"Retry-After", "1"});
    respond(VelaErrorResponse(error, request, access_.Now()));
  }

 private:
  HttpResponse Answer(const HttpRequest& request, const Principal& caller) {
    const Result<Value> done = work_(store_, caller, request);
    if (!done) {
      return VelaErrorResponse(VelaErrorOf(done.error()), request,
                               access_.Now());
    }
    HttpResponse response;
    response.status = status_;
    response.headers.push_back({"Cache-Control", "no-store"});
    if (!done->IsNull()) response.body = CanonicalJson(*done);
    return response;
  }

  const VelaAccess& access_;
  ManagementStore& store_;
  Desk& desk_;
  const int status_;
  const Work work_;
};

}  // namespace

struct Management::Parts {
  Parts(std::unique_ptr<ManagementStore> opened, Authenticator& authenticator,
        UseSink* uses, const Clock& clock)
      : access(authenticator, uses, clock),
        store(std::move(opened)),
        desk([] {}, kNoRounds) {}

  void Add(std::string method, std::string pattern, std::string summary,
           Work work, int status = 200) {
    handlers.emplace_back(access, *store, desk, status, std::move(work));
    routes.push_back({std::move(method), std::move(pattern), &handlers.back(),
                      std::move(summary)});
  }
  void AddApps();
  void AddSchemas();
  void AddSecrets();

  VelaAccess access;
  std::unique_ptr<ManagementStore> store;
  std::deque<ManagementHandler> handlers;
  std::vector<Route> routes;
  Desk desk;  // goes first: what is queued uses the rest
};

void Management::Parts::AddApps() {
  using Store = ManagementStore;
  const std::string app = "/v1/apps/{app}";
  Add("GET", "/v1/apps", "List apps", Of(&Store::ListApps));
  Add("POST", "/v1/apps", "Make an app; its key is shown once",
      Of(&Store::CreateApp), 201);
  Add("GET", app, "Show an app", Of(&Store::GetApp, "app"));
  Add("PATCH", app, "Change an app's name or slug", Of(&Store::ChangeApp));
  Add("DELETE", app, "Delete an app with what belongs to it",
      Of(&Store::DeleteApp, "app"), 204);
  Add("POST", app + "/keys/rotate",
      "Replace an app's key; the old one is revoked at once",
      Of(&Store::RotateKey, "app"), 201);
}

void Management::Parts::AddSchemas() {
  using Store = ManagementStore;
  const std::string schemas = "/v1/apps/{app}/schemas";
  Add("GET", schemas, "List an app's event schemas",
      Of(&Store::ListSchemas, "app"));
  Add("POST", schemas, "Make an event schema", Of(&Store::CreateSchema), 201);
  Add("GET", schemas + "/by-event-name/{event}", "Show an event's schema",
      Of(&Store::GetSchema, "event"));
  Add("PATCH", schemas + "/{schema}", "Change an event schema",
      Of(&Store::ChangeSchema, "schema"));
  Add("DELETE", schemas + "/{schema}", "Delete an event schema",
      Of(&Store::DeleteSchema, "schema"), 204);
}

void Management::Parts::AddSecrets() {
  using Store = ManagementStore;
  const std::string secrets = "/v1/client-secrets";
  Add("GET", secrets, "List client secrets", Of(&Store::ListSecrets));
  Add("POST", secrets, "Make a client secret; its value is shown once",
      Of(&Store::CreateSecret), 201);
  Add("DELETE", secrets + "/{secret}", "Revoke a client secret",
      Of(&Store::RevokeSecret, "secret"), 204);
}

Management::Management(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {
  parts_->AddApps();
  parts_->AddSchemas();
  parts_->AddSecrets();
}

Management::~Management() = default;

Result<std::unique_ptr<Management>> Management::Open(
    const ManagementOptions& options, const KeyRing& keys,
    Authenticator& authenticator, UseSink* uses) {
  auto store = TRY(ManagementStore::Open(options, keys));
  return std::unique_ptr<Management>(new Management(std::make_unique<Parts>(
      std::move(store), authenticator, uses, *options.clock)));
}

std::vector<Route> Management::routes() { return parts_->routes; }

}  // namespace writ::reconciler::gateway
