// An environment variable of a Render service or environment group (targets.md,
// section 5). One variable a call: the call for all of them replaces the set.
// What runs sees it after a deploy.
#include <array>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kRenderMaxValue = std::size_t{64} << 10;

class Render final : public Target {
 public:
  Render(TargetSetup& setup, ApiClient::Options options, std::string service,
         const std::string& group)
      : place_(group.empty() ? "/services/" + service : "/env-groups/" + group),
        service_(std::move(service)),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.activates = true;
    can.reports_health = true;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery& delivery) override;
  TargetResult<Health> CheckHealth(const Delivery& delivery) override;
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  std::string PathOf(const std::string& name) const {
    return place_ + "/env-vars/" + name;
  }
  // kGone where the service or group isn't there.
  TargetResult<ApiReply> ReadPlace();
  // The service, or those that the group is linked to.
  TargetResult<std::vector<std::string>> Services();

  std::string place_;
  std::string service_;
  ApiClient api_;
};

TargetResult<ApiReply> Render::ReadPlace() {
  ApiCall call;
  call.path = place_;
  return api_.Call(call);
}

TargetResult<std::vector<std::string>> Render::Services() {
  if (!service_.empty()) return std::vector<std::string>{service_};
  const ApiReply group = TRY_TARGET(ReadPlace());
  std::vector<std::string> services;
  const Value* links = group.json.Find("serviceLinks");
  if (links == nullptr || !links->IsList()) return services;
  for (const Value& link : links->AsList()) {
    services.push_back(PercentEncode(link.FindString("id")));
  }
  return services;
}

TargetStatus Render::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(ReadPlace());
  return {};
}

TargetResult<Observation> Render::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.path = PathOf(name);
  const ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  Observation seen;
  seen.readable = true;
  if (reply.status == kNotFound) {
    TRY_TARGET(ReadPlace());
    return seen;
  }
  seen.present = true;
  seen.value = SecretValue::Take(reply.json.Text("value"));
  return seen;
}

TargetResult<Written> Render::Put(const PutRequest& request) {
  TRY_TARGET(CheckVariableName(request.delivery.name));
  TRY_TARGET(CheckText(request.value, kRenderMaxValue));
  ApiCall call;
  call.method = "PUT";
  call.path = PathOf(request.delivery.name);
  call.body = JsonObject().AddSecret("value", request.value).Finish();
  call.value = &request.value;
  TRY_TARGET(api_.Call(call));
  return Written{};
}

TargetStatus Render::Activate(const Delivery&) {
  for (const std::string& service : TRY_TARGET(Services())) {
    ApiCall call;
    call.method = "POST";
    call.path = "/services/" + service + "/deploys";
    call.body = SecretValue::Copy("{}");
    TRY_TARGET(api_.Call(call));
  }
  return {};
}

TargetResult<Health> Render::CheckHealth(const Delivery&) {
  constexpr std::array<std::string_view, 5> kEndedBadly = {
      "build_failed", "update_failed", "pre_deploy_failed", "canceled",
      "deactivated"};
  Health health = Health::kHealthy;
  for (const std::string& service : TRY_TARGET(Services())) {
    ApiCall call;
    call.path = "/services/" + service + "/deploys?limit=1";
    const ApiReply reply = TRY_TARGET(api_.Call(call));
    const Value& list = reply.json.value();
    if (!list.IsList() || list.AsList().empty()) {
      health = Health::kPending;
      continue;
    }
    const Value* deploy = list.AsList()[0].Find("deploy");
    const std::string status(deploy == nullptr ? ""
                                               : deploy->FindString("status"));
    if (std::find(kEndedBadly.begin(), kEndedBadly.end(), status) !=
        kEndedBadly.end()) {
      return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                        std::string("the deploy of ")
                            .append(service)
                            .append(" at Render ended as ")
                            .append(status));
    }
    if (status != "live") health = Health::kPending;
  }
  return health;
}

TargetStatus Render::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.method = "DELETE";
  call.path = PathOf(name);
  TRY_TARGET(api_.Call(call, {kNotFound}));
  return {};
}

}  // namespace

Made MakeRender(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://api.render.com/v1");
  options.name = "Render";
  options.headers.push_back(Bearer(setup));
  options.headers.push_back({"Accept", SecretValue::Copy("application/json")});
  const std::string service = PercentEncode(TextOf(setup, "service"));
  const std::string group = PercentEncode(TextOf(setup, "envGroup"));
  return std::make_unique<Render>(setup, std::move(options), service, group);
}

}  // namespace writ::reconciler::targets
