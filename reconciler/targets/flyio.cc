// A secret of a Fly.io app, over the Machines API (targets.md, section 6). It
// tells a digest of its own and never the value; machines see it when they
// boot, so activating restarts those that run, one after the other.
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kFlyioMaxValue = std::size_t{64} << 10;

class Flyio final : public Target {
 public:
  Flyio(TargetSetup& setup, ApiClient::Options options)
      : app_("/apps/" + PercentEncode(TextOf(setup, "app"))),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
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
  struct Machine {
    std::string id;
    std::string state;
    bool passing = true;  // every check that it has
  };
  TargetResult<std::vector<Machine>> Machines();

  std::string app_;
  ApiClient api_;
};

TargetResult<std::vector<Flyio::Machine>> Flyio::Machines() {
  ApiCall call;
  call.path = app_ + "/machines";
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  std::vector<Machine> machines;
  if (!reply.json.value().IsList()) return machines;
  for (const Value& item : reply.json.value().AsList()) {
    Machine machine{PercentEncode(item.FindString("id")),
                    std::string(item.FindString("state")), true};
    const Value* checks = item.Find("checks");
    if (checks != nullptr && checks->IsList()) {
      for (const Value& check : checks->AsList()) {
        machine.passing =
            machine.passing && check.FindString("status") == "passing";
      }
    }
    machines.push_back(std::move(machine));
  }
  return machines;
}

TargetStatus Flyio::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.path = app_ + "/secrets";
  TRY_TARGET(api_.Call(call));
  return {};
}

TargetResult<Observation> Flyio::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.path = app_ + "/secrets";
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  const Value* list = reply.json.value().IsList() ? &reply.json.value()
                                                  : reply.json.Find("secrets");
  Observation seen;
  if (list == nullptr || !list->IsList()) return seen;
  for (const Value& secret : list->AsList()) {
    if (secret.FindString("name") != name) continue;
    seen.present = true;
    seen.version = secret.FindString("digest");
  }
  return seen;
}

TargetResult<Written> Flyio::Put(const PutRequest& request) {
  const std::string& name = request.delivery.name;
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(CheckText(request.value, kFlyioMaxValue));
  ApiCall call;
  call.method = "POST";
  call.path = app_ + "/secrets/" + name;
  call.body = JsonObject().AddSecret("value", request.value).Finish();
  call.value = &request.value;
  const ApiReply reply = TRY_TARGET(api_.Call(call));
  return Written{reply.json.Text("digest")};
}

TargetStatus Flyio::Activate(const Delivery&) {
  for (const Machine& machine : TRY_TARGET(Machines())) {
    // One that is stopped reads its secrets when it starts.
    if (machine.state != "started") continue;
    ApiCall call;
    call.method = "POST";
    call.path = app_ + "/machines/" + machine.id + "/restart";
    TRY_TARGET(api_.Call(call));
  }
  return {};
}

TargetResult<Health> Flyio::CheckHealth(const Delivery&) {
  for (const Machine& machine : TRY_TARGET(Machines())) {
    const bool resting = machine.state == "stopped" ||
                         machine.state == "suspended" ||
                         machine.state == "destroyed";
    if (machine.state == "failed") {
      return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                        "machine " + machine.id + " at Fly.io has failed");
    }
    if (!resting && (machine.state != "started" || !machine.passing)) {
      return Health::kPending;
    }
  }
  return Health::kHealthy;
}

TargetStatus Flyio::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  ApiCall call;
  call.method = "DELETE";
  call.path = app_ + "/secrets/" + name;
  TRY_TARGET(api_.Call(call, {kNotFound}));
  return {};
}

}  // namespace

Made MakeFlyio(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://api.machines.dev/v1");
  options.name = "Fly.io";
  options.headers.push_back(Bearer(setup));
  return std::make_unique<Flyio>(setup, std::move(options));
}

}  // namespace writ::reconciler::targets
