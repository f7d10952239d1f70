// What each channel makes of a message: a request over HTTP, or a mail. Each in
// the file of its name; what senders of events wrote is escaped for the channel
// (T-17): no mention, no markup, no link that says something else.
//
// Pure; nothing is sent here.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "reconciler/egress/http_client.h"
#include "reconciler/egress/smtp_client.h"
#include "reconciler/host/host_file.h"
#include "reconciler/notify/message.h"
#include "schema/result.h"
#include "schema/secret_value.h"

namespace writ::reconciler {

// By field of the spec: "url", "webhook.signingSecret",
// "pagerduty.routingKey", "email.smtp.password".
using DestinationSecrets = std::map<std::string, SecretValue, std::less<>>;

struct ChannelInput {
  const Message& message;
  const std::string& delivery_id;
  const Value& spec;  // of the Destination, normalised
  const DestinationSecrets& secrets;
  const HostFile& host;
  Timestamp now;  // of this attempt
};

using Outgoing = std::variant<HttpRequest, Mail>;

// kPermission where the host file or the channel's own rule of addresses
// refuses, kInvalidArgument where the spec or a secret can't be used.
Result<Outgoing> Compose(const ChannelInput& input);

// Where secrets stand in a spec, by the field they are for.
std::map<std::string, ResourceId> SecretFieldsOf(const Value& spec);

namespace channels {

Result<Outgoing> Slack(const ChannelInput& input);
Result<Outgoing> Discord(const ChannelInput& input);
Result<Outgoing> Teams(const ChannelInput& input);
Result<Outgoing> Webhook(const ChannelInput& input);
Result<Outgoing> PagerDuty(const ChannelInput& input);
Result<Outgoing> Email(const ChannelInput& input);

// The destination's URL, from its secret or its spec. kInvalidArgument.
Result<std::string> UrlOf(const ChannelInput& input);
// The URL where it is one of the channel's own hosts, or of the origin that the
// host file binds the channel to. kPermission.
Result<std::string> UrlAt(const ChannelInput& input, std::string_view channel,
                          std::initializer_list<std::string_view> hosts);
// A POST of JSON.
HttpRequest Post(const std::string& url, const Value& body);

}  // namespace channels
}  // namespace writ::reconciler
