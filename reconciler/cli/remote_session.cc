#include "reconciler/cli/remote_session.h"

#include <utility>

#include "reconciler/host/host_file.h"
#include "reconciler/remote/replica.h"

namespace writ::reconciler {
namespace {

// Whoever runs this names the gateway; it may be in their own network.
HostFile AnyNetwork() {
  HostFile host;
  host.networks = {*ParseIpNetwork("0.0.0.0/0"), *ParseIpNetwork("::/0")};
  return host;
}

std::string Trimmed(const std::string& text) {
  constexpr char kBlank[] = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string CacheOf(const Session& session) {
  const auto configured = session.variable("XDG_CACHE_HOME");
  if (configured && configured->starts_with('/')) return *configured;
  return session.variable("HOME").value_or("") + "/.cache";
}

}  // namespace

GatewayConnection::GatewayConnection(const Session& session,
                                     GatewayAccess access)
    : http(AnyNetwork()), client(std::move(access), http, session.clock) {}

Result<std::unique_ptr<GatewayConnection>> ConnectTo(const Session& session,
                                                     const std::string& url) {
  std::string secret =
      Trimmed(session.variable(kClientSecretVariable).value_or(""));
  if (secret.empty()) {
    return Fail(ErrorCode::kPermission,
                "the gateway at " + url +
                    " wants a client secret, and VELA_CLIENT_SECRET holds none",
                "set it to one that was issued from the gateway's state: writ "
                "token issue Token/WORKSPACE/NAME");
  }
  return ConnectWith(session, url, SecretValue::Take(std::move(secret)),
                     kClientSecretVariable);
}

std::unique_ptr<GatewayConnection> ConnectWith(const Session& session,
                                               const std::string& url,
                                               SecretValue secret,
                                               const std::string& source) {
  GatewayAccess access;
  access.url = url;
  access.secret = std::move(secret);
  access.source = source;
  access.ca_file = session.variable(kCaFileVariable).value_or("");
  return std::make_unique<GatewayConnection>(session, std::move(access));
}

Result<std::string> FetchReplica(const Session& session, const std::string& url,
                                 const std::string& environment) {
  const auto gateway = TRY(ConnectTo(session, url));
  const Replica replica = TRY(
      RefreshReplica(gateway->client, ReplicaFolder(CacheOf(session), url)));
  if (environment.empty() || replica.environment == environment) {
    return replica.folder;
  }
  return Fail(ErrorCode::kInvalidArgument,
              "the gateway at " + url + " has the environment \"" +
                  replica.environment + "\", not \"" + environment + "\"",
              "name another gateway: one state holds one environment");
}

}  // namespace writ::reconciler
