// An endpoint that takes credentials by HTTP (targets.md, sections 11 and 14):
// one POST an operation, signed as Standard Webhooks 1.0.0 has it.
//
//   {"type":"writ.target.put","timestamp":"2026-12-01T00:00:00Z",
//    "data":{"name":"API_TOKEN","rotation":"…","generation":1,
//            "expectedVersion":"…","sealedValue":"…" or "value":"…"}}
//
// The answer is nothing, or a JSON object: {"state":"applied"|"pending"|
// "failed","version":"…","present":true}; to writ.target.preflight also
// {"can":["observe","compare","activate","health","remove"]}. The id of a
// message is the same for each retry of an operation, so that the receiver can
// tell one.
#include <algorithm>
#include <utility>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "reconciler/targets/api_client.h"
#include "reconciler/targets/sealed_box.h"
#include "reconciler/targets/types.h"

namespace writ::reconciler::targets {
namespace {

// "whsec_" and base64, as senders show it; else the bytes themselves.
SecretValue SigningKey(const SecretValue& shown) {
  constexpr std::string_view kPrefix = "whsec_";
  const std::string_view text = shown.Reveal();
  if (!text.starts_with(kPrefix)) return shown.Clone();
  auto bytes = ParseBase64(text.substr(kPrefix.size()));
  return bytes ? SecretValue::Take(std::move(*bytes)) : SecretValue();
}

class Webhook final : public Target {
 public:
  Webhook(TargetSetup& setup, std::string seal_to)
      : key_(SigningKey(setup.secrets.find("signingSecret")->second)),
        clock_(setup.clock),
        seal_to_(std::move(seal_to)),
        api_(setup, {TextOf(setup, "url"), {}, "the webhook"}) {}

  Capabilities capabilities() const override { return can_; }
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
  TargetResult<ApiReply> Tell(std::string_view verb, const Delivery& delivery,
                              const SecretValue* value = nullptr,
                              const std::string& expected_version = {});
  void Sign(ApiCall& call, const std::string& id) const;

  SecretValue key_;
  const Clock& clock_;
  std::string seal_to_;
  ApiClient api_;
  Capabilities can_;
};

void Webhook::Sign(ApiCall& call, const std::string& id) const {
  const std::string timestamp =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                         clock_.Now().time_since_epoch())
                         .count());
  SecretBuilder text;
  text.Append(id).Append(".").Append(timestamp).Append(".").Append(call.body);
  const SecretValue signed_text = text.Finish();
  const std::string mac = HmacSha256(key_.Reveal(), signed_text.Reveal());
  call.headers.push_back({"webhook-id", SecretValue::Copy(id)});
  call.headers.push_back({"webhook-timestamp", SecretValue::Copy(timestamp)});
  call.headers.push_back(
      {"webhook-signature", SecretValue::Copy("v1," + Base64(mac))});
}

TargetResult<ApiReply> Webhook::Tell(std::string_view verb,
                                     const Delivery& delivery,
                                     const SecretValue* value,
                                     const std::string& expected_version) {
  JsonObject message_data;
  message_data.Add("name", delivery.name);
  if (!delivery.rotation_id.empty()) {
    message_data.Add("rotation", delivery.rotation_id);
    message_data.Add("generation", std::int64_t{delivery.generation});
  }
  if (!expected_version.empty()) {
    message_data.Add("expectedVersion", expected_version);
  }
  if (value != nullptr && seal_to_.empty()) {
    message_data.AddSecret("value", *value);
  } else if (value != nullptr) {
    auto box = SealTo(seal_to_, *value);
    if (!box) return InvalidTarget(std::move(box.error()));
    message_data.Add("sealedValue", *box);
  }
  // Of the operation, not of the attempt; free of dots, which the signature
  // divides by.
  std::string id = "writ_" + std::string(verb) + "_" + delivery.name;
  if (delivery.rotation_id.empty()) {
    id += "_" + std::to_string(clock_.Now().time_since_epoch().count());
  } else {
    id +=
        "_" + delivery.rotation_id + "_" + std::to_string(delivery.generation);
  }
  std::replace(id.begin(), id.end(), '.', '-');
  ApiCall call;
  call.method = "POST";
  call.value = value;
  call.reads = verb == "preflight" || verb == "observe" || verb == "health";
  call.body = JsonObject()
                  .Add("type", "writ.target." + std::string(verb))
                  .Add("timestamp", FormatTimestamp(clock_.Now()))
                  .AddObject("data", std::move(message_data))
                  .Finish();
  Sign(call, id);
  ApiReply reply = TRY_TARGET(api_.Call(call));
  if (reply.json.Text("state") != "failed") return reply;
  return FailTarget(FailureClass::kInvalid, ErrorCode::kUnsupported,
                    api_.Said(reply, value));
}

TargetStatus Webhook::Preflight(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const ApiReply reply = TRY_TARGET(Tell("preflight", Delivery{name, "", 0}));
  const Value* list = reply.json.Find("can");
  const auto can = [&](const char* what) {
    return list != nullptr && list->IsList() &&
           std::find(list->AsList().begin(), list->AsList().end(),
                     Value(what)) != list->AsList().end();
  };
  can_.compares_version = can("compare");
  can_.activates = can("activate");
  can_.reports_health = can("health");
  can_.removes = can("remove");
  return {};
}

TargetResult<Observation> Webhook::Observe(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  const ApiReply reply = TRY_TARGET(Tell("observe", Delivery{name, "", 0}));
  Observation seen;
  seen.present = reply.json.IsTrue("present");
  seen.version = reply.json.Text("version");
  return seen;
}

TargetResult<Written> Webhook::Put(const PutRequest& request) {
  TRY_TARGET(CheckVariableName(request.delivery.name));
  TRY_TARGET(CheckText(request.value, std::size_t{64} << 10));
  const ApiReply reply = TRY_TARGET(
      Tell("put", request.delivery, &request.value, request.expected_version));
  return Written{reply.json.Text("version")};
}

TargetStatus Webhook::Activate(const Delivery& delivery) {
  TRY_TARGET(Tell("activate", delivery));
  return {};
}

TargetResult<Health> Webhook::CheckHealth(const Delivery& delivery) {
  const ApiReply reply = TRY_TARGET(Tell("health", delivery));
  return reply.json.Text("state") == "pending" ? Health::kPending
                                               : Health::kHealthy;
}

TargetStatus Webhook::Remove(const std::string& name) {
  TRY_TARGET(CheckVariableName(name));
  TRY_TARGET(Tell("remove", Delivery{name, "", 0}));
  return {};
}

}  // namespace

Made MakeWebhook(TargetSetup& setup) {
  TRY(setup.host.MaySendTo("webhook", TextOf(setup, "url")));
  if (SigningKey(setup.secrets.find("signingSecret")->second).empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "the signing secret begins with whsec_, but base64 doesn't "
                "follow");
  }
  std::string seal_to = TextOf(setup, "sealTo");
  if (!seal_to.empty()) TRY(SealTo(seal_to, SecretValue::Copy("probe")));
  return std::make_unique<Webhook>(setup, std::move(seal_to));
}

}  // namespace writ::reconciler::targets
