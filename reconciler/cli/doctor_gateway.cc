#include "reconciler/cli/doctor_gateway.h"

#include <chrono>
#include <utility>

#include "reconciler/cli/remote_commands.h"
#include "reconciler/cli/remote_session.h"
#include "reconciler/egress/http_date.h"
#include "schema/json.h"
#include "schema/time.h"

namespace writ::reconciler {
namespace {

// HTTP's dates have whole seconds, and the answer took its time (T-24).
constexpr std::chrono::seconds kSkewTolerance{5};
constexpr std::chrono::hours kExpiresSoon{24 * 7};

Finding LookAtSecret(const HttpResponse& response, Timestamp now) {
  const auto answer = ParseJson(response.body.Reveal());
  if (!answer || !answer->IsMap()) {
    return {"secret", false, "the gateway doesn't say whose it is", ""};
  }
  const std::string text = std::string(answer->FindString("token")) + ", " +
                           std::string(answer->FindString("hint"));
  const auto expires = ParseTimestamp(answer->FindString("expiresAt"));
  if (!expires) return {"secret", true, text, ""};
  const bool soon = *expires < now + kExpiresSoon;
  return {"secret", !soon, text + ", until " + FormatSeconds(*expires),
          soon ? "rotate it before: writ rotate " +
                     std::string(answer->FindString("token"))
               : ""};
}

Finding LookAtClocks(const HttpResponse& response, Timestamp now) {
  const auto there = ParseHttpDate(response.Header("date"), now);
  if (!there) return {"clock", true, FormatSeconds(now), ""};
  const bool good = std::chrono::abs(now - *there) <= kSkewTolerance;
  return {"clock", good,
          FormatSeconds(now) + " here, " + FormatSeconds(*there) +
              " at the gateway",
          good ? "" : "set the one that is wrong: plans expire by it"};
}

// /readyz says in a word what isn't.
Finding LookAtReadiness(GatewayClient& client) {
  GatewayRequest request;
  request.path = "/readyz";
  const auto response = client.Send(request);
  if (!response) return FindingOf("gateway", response.error());
  return {"gateway", true, client.url() + " is ready", ""};
}

Finding LookAtContents(const Session& session, const std::string& server) {
  const auto verified =
      ResultThere(session, server, "state.verify", Value(Value::Map{}));
  if (verified) return {"contents", true, "every row and digest holds", ""};
  if (verified.error().code == ErrorCode::kPermission) {
    return {"contents", true, "not looked at: " + verified.error().message, ""};
  }
  return FindingOf("contents", verified.error());
}

}  // namespace

Finding FindingOf(const std::string& subject, const Error& error) {
  return {subject, false, Describe(error), error.remedy};
}

std::vector<Finding> LookAtGateway(const Session& session,
                                   const std::string& server) {
  const auto gateway = ConnectTo(session, server);
  if (!gateway) return {FindingOf("gateway", gateway.error())};
  GatewayClient& client = (*gateway)->client;
  std::vector<Finding> findings = {LookAtReadiness(client)};
  GatewayRequest request;
  request.path = "/v1/token";
  const auto response = client.Send(request);
  if (!response) {
    // Where nothing answers, that has been said.
    if (response.error().code == ErrorCode::kPermission) {
      findings.push_back(FindingOf("secret", response.error()));
    }
    return findings;
  }
  const Timestamp now = session.clock.Now();
  findings.push_back(LookAtSecret(*response, now));
  findings.push_back(LookAtClocks(*response, now));
  findings.push_back(LookAtContents(session, server));
  return findings;
}

}  // namespace writ::reconciler
