// A receiver of credentials (targets.md, sections 11 and 14).
#include "tests/reconciler/targets/fake_webhook.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include "reconciler/egress/encoding.h"

namespace writ::reconciler::testing {
namespace {

constexpr char kKey[] = "0123456789abcdef0123456789abcdef";

}  // namespace

FakeWebhook::FakeWebhook(bool sealed) : sealed_(sealed) {
  crypto_box_keypair(public_key_.data(), private_key_.data());
}

std::map<std::string, std::string> FakeWebhook::Secrets() const {
  return {{"signingSecret", "whsec_" + Base64(kKey)}};
}

Value FakeWebhook::Spec(const std::string& url) const {
  Value block = Value::Map{{"url", {}, url + "/hooks/writ"},
                           {"signingSecret",
                            {},
                            Value::Map{{"secretRef",
                                        {},
                                        Value::Map{{"project", {}, "platform"},
                                                   {"key", {}, "HOOK"}}}}}};
  if (sealed_) {
    block.Set("sealTo",
              Base64({reinterpret_cast<const char*>(public_key_.data()), 32}));
  }
  return Value::Map{{"type", {}, "webhook"}, {"webhook", {}, block}};
}

// As Standard Webhooks 1.0.0 says, written down here a second time.
bool FakeWebhook::IsSigned(const ReceivedRequest& request) const {
  const std::string text = request.Header("webhook-id") + "." +
                           request.Header("webhook-timestamp") + "." +
                           request.body;
  std::string mac(32, '\0');
  HMAC(EVP_sha256(), kKey, 32,
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(mac.data()), nullptr);
  return request.Header("webhook-signature") == "v1," + Base64(mac) &&
         request.Header("webhook-id").find('.') == std::string::npos &&
         request.Header("webhook-timestamp") == "1796083200";
}

std::optional<std::string> FakeWebhook::ValueOf(
    const Value& message_data) const {
  if (!sealed_) return std::string(message_data.FindString("value"));
  const auto box =
      ParseBase64(std::string(message_data.FindString("sealedValue")));
  if (!box || box->size() < crypto_box_SEALBYTES) return std::nullopt;
  std::string value(box->size() - crypto_box_SEALBYTES, '\0');
  if (crypto_box_seal_open(reinterpret_cast<unsigned char*>(value.data()),
                           reinterpret_cast<const unsigned char*>(box->data()),
                           box->size(), public_key_.data(),
                           private_key_.data()) != 0) {
    return std::nullopt;
  }
  return value;
}

ScriptedResponse FakeWebhook::Put(const Value& message_data) {
  const std::string_view expected = message_data.FindString("expectedVersion");
  if (!expected.empty() && expected != std::to_string(version_)) {
    return Json(409, Value::Map{});
  }
  held_ = ValueOf(message_data);
  ++version_;
  return Json(200, Value::Map{{"state", {}, state},
                              {"version", {}, std::to_string(version_)}});
}

ScriptedResponse FakeWebhook::Answer(const ReceivedRequest& request) {
  if (!IsSigned(request)) return {.status = 401};
  ++ids[request.Header("webhook-id")];
  const auto body = ParseJson(request.body);
  if (!body) return {.status = 400};
  const std::string_view type = body->FindString("type");
  const Value& message_data = *body->Find("data");
  if (type == "writ.target.put") return Put(message_data);
  if (type == "writ.target.remove") {
    held_.reset();
    return {.status = 204};
  }
  if (type == "writ.target.observe") {
    return Json(200, Value::Map{{"present", {}, held_.has_value()},
                                {"version", {}, std::to_string(version_)}});
  }
  if (type == "writ.target.preflight") {
    return Json(200, Value::Map{{"can",
                                 {},
                                 Value::List{"observe", "compare", "activate",
                                             "health", "remove"}}});
  }
  return Json(200, Value::Map{{"state", {}, state}});
}

std::optional<std::string> FakeWebhook::Holds() const { return held_; }

void FakeWebhook::Plant(const std::string& value) {
  held_ = value;
  ++version_;
}

std::unique_ptr<FakeApi> MakeFakeWebhook() {
  return std::make_unique<FakeWebhook>(false);
}
std::unique_ptr<FakeApi> MakeFakeSealedWebhook() {
  return std::make_unique<FakeWebhook>(true);
}

}  // namespace writ::reconciler::testing
