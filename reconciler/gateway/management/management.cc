#include "reconciler/gateway/management/management.h"

#include <deque>
#include <functional>
#include <string>
#include <utility>

#include "reconciler/gateway/ingest/desk.h"
#include "reconciler/gateway/ingest/vela_access.h"
#include "reconciler/gateway/ingest/vela_shape.h"
#include "reconciler/gateway/management/delivery_store.h"
#include "reconciler/gateway/management/notification_store.h"
#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::chrono::hours kNoRounds{24};

using Work = std::function<Result<Value>(const Principal&, const HttpRequest&)>;

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

// A method of a store as the work of a route, by what it takes.
template <typename Store, typename... Arguments>
using Method = Result<Value> (Store::*)(const Principal&, const Arguments&...);

template <typename Store>
Work Of(Store& store, Method<Store> method) {
  return [&store, method](const Principal& caller,
                          const HttpRequest& /*request*/) {
    return (store.*method)(caller);
  };
}
// With the request itself.
template <typename Store>
Work Of(Store& store, Method<Store, HttpRequest> method) {
  return [&store, method](const Principal& caller, const HttpRequest& request) {
    return (store.*method)(caller, request);
  };
}
template <typename Store>
Work Of(Store& store, Method<Store, std::string> method, const char* name) {
  return [&store, method, name](const Principal& caller,
                                const HttpRequest& request) {
    return (store.*method)(caller, request.Param(name));
  };
}
// Something of an app.
template <typename Store>
Work Of(Store& store, Method<Store, std::string, std::string> method,
        const char* part) {
  return [&store, method, part](const Principal& caller,
                                const HttpRequest& request) {
    return (store.*method)(caller, request.Param("app"), request.Param(part));
  };
}
template <typename Store>
Work Of(Store& store, Method<Store, Value> method) {
  return [&store, method](const Principal& caller,
                          const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, body);
  };
}
template <typename Store>
Work Of(Store& store, Method<Store, std::string, Value> method) {
  return [&store, method](const Principal& caller,
                          const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, request.Param("app"), body);
  };
}
template <typename Store>
Work Of(Store& store, Method<Store, std::string, std::string, Value> method,
        const char* part) {
  return [&store, method, part](const Principal& caller,
                                const HttpRequest& request) -> Result<Value> {
    const Value body = TRY(BodyOf(request));
    return (store.*method)(caller, request.Param("app"), request.Param(part),
                           body);
  };
}

class ManagementHandler final : public HttpHandler {
 public:
  ManagementHandler(const VelaAccess& access, Desk& desk, int status, Work work)
      : access_(access), desk_(desk), status_(status), work_(std::move(work)) {}

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
    const Result<Value> done = work_(caller, request);
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
  Desk& desk_;
  const int status_;
  const Work work_;
};

}  // namespace

struct Management::Parts {
  Parts(std::unique_ptr<ManagementStore> opened,
        const ManagementOptions& options, Authenticator& authenticator,
        UseSink* uses)
      : access(authenticator, uses, *options.clock),
        store(std::move(opened)),
        notifications(store->state(), *options.clock),
        deliveries(store->state(), *options.clock, *options.random),
        desk([] {}, kNoRounds) {}

  void Add(std::string method, std::string pattern, std::string summary,
           Work work, int status = 200) {
    handlers.emplace_back(access, desk, status, std::move(work));
    routes.push_back({std::move(method), std::move(pattern), &handlers.back(),
                      std::move(summary)});
  }
  void AddApps();
  void AddSchemas();
  void AddRules();
  void AddDestinations();
  void AddDeliveries();
  void AddSecrets();

  VelaAccess access;
  std::unique_ptr<ManagementStore> store;
  NotificationStore notifications;
  DeliveryStore deliveries;
  std::deque<ManagementHandler> handlers;
  std::vector<Route> routes;
  Desk desk;  // goes first: what is queued uses the rest
};

void Management::Parts::AddApps() {
  using Store = ManagementStore;
  const std::string app = "/v1/apps/{app}";
  Add("GET", "/v1/apps", "List apps", Of(*store, &Store::ListApps));
  Add("POST", "/v1/apps", "Make an app; its key is shown once",
      Of(*store, &Store::CreateApp), 201);
  Add("GET", app, "Show an app", Of(*store, &Store::GetApp, "app"));
  Add("PATCH", app, "Change an app's name or slug",
      Of(*store, &Store::ChangeApp));
  Add("DELETE", app, "Delete an app with what belongs to it",
      Of(*store, &Store::DeleteApp, "app"), 204);
  Add("POST", app + "/keys/rotate",
      "Replace an app's key; the old one is revoked at once",
      Of(*store, &Store::RotateKey, "app"), 201);
}

void Management::Parts::AddSchemas() {
  using Store = ManagementStore;
  const std::string schemas = "/v1/apps/{app}/schemas";
  Add("GET", schemas, "List an app's event schemas",
      Of(*store, &Store::ListSchemas, "app"));
  Add("POST", schemas, "Make an event schema", Of(*store, &Store::CreateSchema),
      201);
  Add("GET", schemas + "/by-event-name/{event}", "Show an event's schema",
      Of(*store, &Store::GetSchema, "event"));
  Add("PATCH", schemas + "/{schema}", "Change an event schema",
      Of(*store, &Store::ChangeSchema, "schema"));
  Add("DELETE", schemas + "/{schema}", "Delete an event schema",
      Of(*store, &Store::DeleteSchema, "schema"), 204);
}

void Management::Parts::AddRules() {
  using Store = NotificationStore;
  const std::string rules = "/v1/apps/{app}/notification-rules";
  const std::string one = rules + "/{rule}";
  Add("GET", rules, "List an app's notification rules",
      Of(notifications, &Store::ListRules, "app"));
  Add("POST", rules, "Make a notification rule",
      Of(notifications, &Store::CreateRule), 201);
  Add("GET", one, "Show a notification rule",
      Of(notifications, &Store::GetRule, "rule"));
  Add("PATCH", one, "Change a notification rule",
      Of(notifications, &Store::ChangeRule, "rule"));
  Add("DELETE", one, "Delete a notification rule",
      Of(notifications, &Store::DeleteRule, "rule"), 204);
}

void Management::Parts::AddDestinations() {
  using Store = NotificationStore;
  const std::string destinations = "/v1/apps/{app}/notification-destinations";
  const std::string one = destinations + "/{destination}";
  Add("GET", destinations, "List where an app's notifications may go",
      Of(notifications, &Store::ListDestinations, "app"));
  Add("POST", destinations, "Make a destination",
      Of(notifications, &Store::CreateDestination), 201);
  Add("GET", one, "Show a destination; never its URL",
      Of(notifications, &Store::GetDestination, "destination"));
  Add("PATCH", one, "Change a destination",
      Of(notifications, &Store::ChangeDestination, "destination"));
  Add("DELETE", one, "Delete a destination that no rule tells",
      Of(notifications, &Store::DeleteDestination, "destination"), 204);
  Add("POST", one + "/test", "Send a test notification to a destination",
      Of(deliveries, &DeliveryStore::Test, "destination"));
}

void Management::Parts::AddDeliveries() {
  using Store = DeliveryStore;
  const std::string attempts = "/v1/apps/{app}/notification-delivery-attempts";
  Add("GET", attempts, "List an app's deliveries and their attempts",
      Of(deliveries, &Store::List));
  Add("GET", attempts + "/dlq", "List deliveries that failed for good",
      Of(deliveries, &Store::ListDead));
  Add("POST", attempts + "/dlq/replay", "Send dead letters again",
      Of(deliveries, &Store::Replay));
}

void Management::Parts::AddSecrets() {
  using Store = ManagementStore;
  const std::string secrets = "/v1/client-secrets";
  Add("GET", secrets, "List client secrets", Of(*store, &Store::ListSecrets));
  Add("POST", secrets, "Make a client secret; its value is shown once",
      Of(*store, &Store::CreateSecret), 201);
  Add("DELETE", secrets + "/{secret}", "Revoke a client secret",
      Of(*store, &Store::RevokeSecret, "secret"), 204);
}

Management::Management(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {
  parts_->AddApps();
  parts_->AddSchemas();
  parts_->AddRules();
  parts_->AddDestinations();
  parts_->AddDeliveries();
  parts_->AddSecrets();
}

Management::~Management() = default;

Result<std::unique_ptr<Management>> Management::Open(
    const ManagementOptions& options, const KeyRing& keys,
    Authenticator& authenticator, UseSink* uses) {
  auto store = TRY(ManagementStore::Open(options, keys));
  return std::unique_ptr<Management>(new Management(
      std::make_unique<Parts>(std::move(store), options, authenticator, uses)));
}

std::vector<Route> Management::routes() { return parts_->routes; }

}  // namespace writ::reconciler::gateway
