// PagerDuty's Events API v2. The same group of a rule is the same incident:
// dedup_key is rule and group, cut by a digest where it would exceed the 255
// characters that PagerDuty takes; summary is cut to 1,024.
#include "reconciler/notify/channel.h"
#include "schema/digest.h"
#include "schema/json.h"

namespace writ::reconciler::channels {
namespace {

constexpr std::size_t kMaxDedupKey = 255;
constexpr std::size_t kMaxSummary = 1024;

std::string DedupKey(const Message& message) {
  const std::string& part = message.group.empty() ? message.id : message.group;
  std::string key = message.rule.address() + "/" + part;
  if (key.size() <= kMaxDedupKey) return key;
  return Sha256(key).Hex();
}

std::string_view SeverityOf(const Message& message) {
  if (message.critical) return "critical";
  const std::string_view level = LevelOf(message);
  return level == "success" ? "info" : level;
}

}  // namespace

Result<Outgoing> PagerDuty(const ChannelInput& input) {
  const auto key = input.secrets.find("pagerduty.routingKey");
  if (key == input.secrets.end() || key->second.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "there is no routing key");
  }
  const Message& message = input.message;
  const std::string base =
      input.host.BaseUrl("pagerduty").value_or("https://events.pagerduty.com");
  Value event;
  event.Set("summary", TitleOf(message, kMaxSummary));
  event.Set("source", message.rule.parent());
  event.Set("severity", SeverityOf(message));
  event.Set("timestamp", FormatTimestamp(message.at));
  event.Set("component", message.rule.name());
  event.Set("class",
            message.samples.empty() ? std::string() : message.samples[0].event);
  event.Set("custom_details", MessageToValue(message));
  Value body;
  body.Set("routing_key", key->second.Reveal());
  body.Set("event_action", "trigger");
  body.Set("dedup_key", DedupKey(message));
  body.Set("client", "writ");
  body.Set("payload", std::move(event));
  return Outgoing(Post(base + "/v2/enqueue", body));
}

}  // namespace writ::reconciler::channels
