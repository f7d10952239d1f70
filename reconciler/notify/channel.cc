#include "reconciler/notify/channel.h"

#include <algorithm>
#include <array>
#include <utility>

#include "schema/json.h"

namespace writ::reconciler {
namespace {

// From the first look-up to the last byte (Standard Webhooks: 15 to 30 s).
constexpr Duration kTimeout = std::chrono::seconds(15);
constexpr std::size_t kResponseCap = 20'000;

}  // namespace

std::map<std::string, ResourceId> SecretFieldsOf(const Value& spec) {
  constexpr std::array<std::string_view, 4> kFields = {
      "url", "webhook.signingSecret", "pagerduty.routingKey",
      "email.smtp.password"};
  std::map<std::string, ResourceId> secrets;
  for (const std::string_view field : kFields) {
    const Value* written = spec.FindPath(field);
    const Value* ref =
        written == nullptr ? nullptr : written->Find("secretRef");
    if (ref == nullptr) continue;
    secrets.emplace(field, ResourceId("Secret", ref->FindString("project"),
                                      ref->FindString("key")));
  }
  return secrets;
}

Result<Outgoing> Compose(const ChannelInput& input) {
  const std::string_view channel = input.spec.FindString("channel");
  if (channel == "slack") return channels::Slack(input);
  if (channel == "discord") return channels::Discord(input);
  if (channel == "teams") return channels::Teams(input);
  if (channel == "webhook") return channels::Webhook(input);
  if (channel == "pagerduty") return channels::PagerDuty(input);
  if (channel == "email") return channels::Email(input);
  return Fail(ErrorCode::kInvalidArgument, "the destination has no channel");
}

namespace channels {

Result<std::string> UrlOf(const ChannelInput& input) {
  const auto secret = input.secrets.find("url");
  std::string url(secret == input.secrets.end() ? input.spec.FindString("url")
                                                : secret->second.Reveal());
  // What people paste ends in a line break.
  while (!url.empty() && (url.back() == '\n' || url.back() == '\r')) {
    url.pop_back();
  }
  if (url.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "the destination has no URL");
  }
  return url;
}

Result<std::string> UrlAt(const ChannelInput& input, std::string_view channel,
                          std::initializer_list<std::string_view> hosts) {
  std::string url = TRY(UrlOf(input));
  const std::string_view origin = OriginOf(url);
  const bool own =
      std::any_of(hosts.begin(), hosts.end(), [&](std::string_view host) {
        if (!host.starts_with('.'))
          return origin == "https://" + std::string(host);
        return origin.starts_with("https://") && origin.ends_with(host) &&
               origin.find(':', 8) == std::string_view::npos;
      });
  const auto bound = input.host.BaseUrl(channel);
  if (own || (bound && OriginOf(*bound) == origin)) return url;
  return Fail(ErrorCode::kPermission,
              "the URL is none of " + std::string(channel) + "'s",
              "bind another in the host file: hosts: {" + std::string(channel) +
                  ": https://…}");
}

HttpRequest Post(const std::string& url, const Value& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.timeout = kTimeout;
  request.response_cap = kResponseCap;
  request.credential_origin = OriginOf(url);
  request.AddHeader("Content-Type", "application/json");
  request.body = SecretValue::Take(CompactJson(body));
  return request;
}

}  // namespace channels
}  // namespace writ::reconciler
