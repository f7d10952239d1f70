// A state behind a gateway, as commands reach it: `state: https://…`, --server,
// --state https://… or WRIT_STATE, with the client secret that
// VELA_CLIENT_SECRET holds (docs/gateway.md, "Remote state").
#pragma once

#include <memory>
#include <string>

#include "reconciler/cli/session.h"
#include "reconciler/egress/curl_http_client.h"
#include "reconciler/remote/gateway_client.h"
#include "schema/result.h"

namespace writ::reconciler {

inline constexpr char kClientSecretVariable[] = "VELA_CLIENT_SECRET";
inline constexpr char kCaFileVariable[] = "WRIT_CA_FILE";

// A gateway and the way there. Stays where it is; the session outlives it.
struct GatewayConnection {
  GatewayConnection(const Session& session, GatewayAccess access);
  GatewayConnection(const GatewayConnection&) = delete;
  GatewayConnection& operator=(const GatewayConnection&) = delete;

  CurlHttpClient http;
  GatewayClient client;
};

// Nothing is sent yet. kPermission where VELA_CLIENT_SECRET holds nothing.
Result<std::unique_ptr<GatewayConnection>> ConnectTo(const Session& session,
                                                     const std::string& url);

// With another credential, and where it was found.
std::unique_ptr<GatewayConnection> ConnectWith(const Session& session,
                                               const std::string& url,
                                               SecretValue secret,
                                               const std::string& source);

// A folder with what plans read of the gateway's state, as it is now.
// kInvalidArgument where it holds another environment than this one (empty:
// any).
Result<std::string> FetchReplica(const Session& session, const std::string& url,
                                 const std::string& environment);

}  // namespace writ::reconciler
