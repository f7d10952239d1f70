// A secret of a Doppler config (targets.md, section 10). A write names the
// secrets that it changes and leaves the rest. "${" would be taken for a
// reference to another secret.
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

constexpr std::size_t kDopplerMaxValue = std::size_t{48} << 10;

class Doppler final : public Target {
 public:
  Doppler(TargetSetup& setup, ApiClient::Options options)
      : project_(TextOf(setup, "project")),
        config_(TextOf(setup, "config")),
        api_(setup, std::move(options)) {}

  Capabilities capabilities() const override {
    Capabilities can;
    can.reads_back = true;
    can.removes = true;
    return can;
  }
  TargetStatus Preflight(const std::string& name) override;
  TargetResult<Observation> Observe(const std::string& name) override;
  TargetResult<Written> Put(const PutRequest& request) override;
  TargetStatus Activate(const Delivery&) override { return {}; }
  TargetResult<Health> CheckHealth(const Delivery&) override {
    return Health::kHealthy;
  }
  TargetStatus Remove(const std::string& name) override;
  TargetResult<Written> Restore(const Delivery&, const std::string&) override {
    return CannotRestore();
  }

 private:
  std::string Place() const {
    return "project=" + PercentEncode(project_) +
           "&config=" + PercentEncode(config_);
  }
  TargetStatus ReadConfig();

  std::string project_;
  std::string config_;
  ApiClient api_;
};

TargetStatus CheckDopplerName(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const bool upper = std::none_of(name.begin(), name.end(),
                                  [](char c) { return c >= 'a' && c <= 'z'; });
  if (upper && !name.starts_with("DOPPLER_")) return {};
  return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                    "Doppler takes names in upper case that don't begin with "
                    "DOPPLER_");
}

TargetStatus Doppler::ReadConfig() {
  ApiCall call;
  call.path = "/v3/configs/config?" + Place();
  TRY_TARGET(api_.Call(call));
  return {};
}

TargetStatus Doppler::Preflight(const std::string& name) {
  TRY_TARGET(CheckDopplerName(name));
  return ReadConfig();
}

TargetResult<Observation> Doppler::Observe(const std::string& name) {
  TRY_TARGET(CheckDopplerName(name));
  ApiCall call;
  call.path = "/v3/configs/config/secret?" + Place() + "&name=" + name;
  const ApiReply reply = TRY_TARGET(api_.Call(call, {kNotFound}));
  Observation seen;
  seen.readable = true;
  if (reply.status == kNotFound) {
    TRY_TARGET(ReadConfig());
    return seen;
  }
  const Value* raw = reply.json.Find("value.raw");
  seen.present = true;
  // A restricted one is there and has no value.
  seen.readable = raw != nullptr && raw->IsString();
  if (seen.readable) seen.value = SecretValue::Copy(raw->AsString());
  return seen;
}

TargetResult<Written> Doppler::Put(const PutRequest& request) {
  TRY_TARGET(CheckDopplerName(request.delivery.name));
  TRY_TARGET(CheckText(request.value, kDopplerMaxValue));
  if (request.value.Reveal().find("${") != std::string_view::npos) {
    return FailTarget(FailureClass::kInvalid, ErrorCode::kInvalidArgument,
                      "the value holds ${, which Doppler takes for a "
                      "reference");
  }
  JsonObject secrets;
  secrets.AddSecret(request.delivery.name, request.value);
  ApiCall call;
  call.method = "POST";
  call.path = "/v3/configs/config/secrets";
  call.body = JsonObject()
                  .Add("project", project_)
                  .Add("config", config_)
                  .AddObject("secrets", std::move(secrets))
                  .Finish();
  call.value = &request.value;
  TRY_TARGET(api_.Call(call));
  return Written{};
}

TargetStatus Doppler::Remove(const std::string& name) {
  TRY_TARGET(CheckDopplerName(name));
  ApiCall call;
  call.method = "DELETE";
  call.path = "/v3/configs/config/secret?" + Place() + "&name=" + name;
  TRY_TARGET(api_.Call(call, {kNotFound}));
  return {};
}

}  // namespace

Made MakeDoppler(TargetSetup& setup) {
  ApiClient::Options options;
  options.base_url = BaseUrlOf(setup, "https://api.doppler.com");
  options.name = "Doppler";
  options.headers.push_back(Bearer(setup));
  return std::make_unique<Doppler>(setup, std::move(options));
}

}  // namespace writ::reconciler::targets
