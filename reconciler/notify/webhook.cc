// A generic webhook as Standard Webhooks 1.0.0 has it: webhook-id is the
// delivery's and the same on each retry, webhook-timestamp that of the attempt,
// webhook-signature one `v1,…` for each signing secret. While a secret is
// rotated its value holds the new and the old one, divided by white space, and
// each delivery carries both signatures.
#include <optional>
#include <vector>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "reconciler/notify/channel.h"
#include "schema/json.h"

namespace writ::reconciler::channels {
namespace {

constexpr std::size_t kMaxKeys = 11;  // the current one and 10 old ones
constexpr std::string_view kSpace = " \t\r\n";

// "whsec_" and base64, as senders show it; else the bytes themselves.
std::optional<SecretValue> KeyOf(std::string_view shown) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!shown.starts_with(kPrefix)) return SecretValue::Copy(shown);
  auto bytes = ParseBase64(shown.substr(kPrefix.size()));
  if (!bytes || bytes->empty()) return std::nullopt;
  return SecretValue::Take(std::move(*bytes));
}

Result<std::vector<SecretValue>> KeysOf(std::string_view shown) {
  std::vector<SecretValue> keys;
  while (true) {
    const std::size_t first = shown.find_first_not_of(kSpace);
    if (first == std::string_view::npos) break;
    shown.remove_prefix(first);
    const std::size_t size =
        std::min(shown.find_first_of(kSpace), shown.size());
    auto key = KeyOf(shown.substr(0, size));
    if (!key) {
      return Fail(ErrorCode::kInvalidArgument,
                  "the signing secret begins with whsec_, but base64 doesn't "
                  "follow");
    }
    keys.push_back(std::move(*key));
    shown.remove_prefix(size);
  }
  if (!keys.empty() && keys.size() <= kMaxKeys) return keys;
  return Fail(ErrorCode::kInvalidArgument,
              keys.empty() ? "the signing secret is empty"
                           : "the signing secret holds more than 11 keys");
}

Result<SecretValue> SignaturesOf(const ChannelInput& input,
                                 const std::string& timestamp,
                                 const SecretValue& body) {
  const auto secret = input.secrets.find("webhook.signingSecret");
  if (secret == input.secrets.end()) return SecretValue();
  const std::string signed_text =
      input.delivery_id + "." + timestamp + "." + std::string(body.Reveal());
  std::string signatures;
  for (const SecretValue& key : TRY(KeysOf(secret->second.Reveal()))) {
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + Base64(HmacSha256(key.Reveal(), signed_text));
  }
  return SecretValue::Take(std::move(signatures));
}

std::optional<std::vector<IpNetwork>> NetworksOf(const Value& spec) {
  const Value* written = spec.FindPath("webhook.allowNetworks");
  if (written == nullptr || !written->IsList() || written->AsList().empty()) {
    return std::nullopt;
  }
  std::vector<IpNetwork> networks;
  for (const Value& each : written->AsList()) {
    const auto network =
        each.IsString() ? ParseIpNetwork(each.AsString()) : std::nullopt;
    if (network) networks.push_back(*network);
  }
  return networks;
}

}  // namespace

Result<Outgoing> Webhook(const ChannelInput& input) {
  Value body;
  body.Set("type", "writ.notification");
  body.Set("timestamp", FormatTimestamp(input.message.at));
  body.Set("data", MessageToValue(input.message));
  HttpRequest request = Post(TRY(UrlOf(input)), body);
  request.only_networks = NetworksOf(input.spec);
  const std::string timestamp =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                         input.now.time_since_epoch())
                         .count());
  request.AddHeader("webhook-id", input.delivery_id);
  request.AddHeader("webhook-timestamp", timestamp);
  SecretValue signatures = TRY(SignaturesOf(input, timestamp, request.body));
  if (!signatures.empty()) {
    request.headers.push_back({"webhook-signature", std::move(signatures)});
  }
  return Outgoing(std::move(request));
}

}  // namespace writ::reconciler::channels
