#include "reconciler/gateway/ingest/vela_access.h"

#include <algorithm>
#include <string>
#include <utility>

#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::string_view kScheme = "bearer ";

tl::unexpected<VelaError> Refuse(VelaError error) {
  return tl::unexpected<VelaError>(std::move(error));
}

// RFC 6750, section 3: no error code where nothing was presented.
VelaError Unauthenticated(bool presented) {
  VelaError error;
  error.status = 401;
  error.message = presented ? "the credential is not valid"
                            : "a credential is missing: x-api-key, or "
                              "Authorization: Bearer";
  error.headers.push_back(
      {"WWW-Authenticate",
       presented ? "Bearer realm=\"writ\", error=\"invalid_token\""
                 : "Bearer realm=\"writ\""});
  return error;
}

VelaError Unavailable() {
  VelaError error;
  error.status = 503;
  error.message = "credentials can't be checked at the moment";
  error.headers.push_back({"Retry-After", "1"});
  return error;
}

// The credential as it was presented; empty where none was.
tl::expected<std::string_view, VelaError> ReadToken(
    const HttpRequest& request) {
  const std::size_t keys = request.CountHeader("x-api-key");
  const std::size_t bearers = request.CountHeader("Authorization");
  if (keys + bearers > 1) {
    return Refuse(VelaError{
        400, "more than one credential: send x-api-key or Authorization"});
  }
  if (keys == 1) return request.Header("x-api-key").value_or("");
  if (bearers == 0) return std::string_view();
  std::string_view value = request.Header("Authorization").value_or("");
  const bool is_bearer =
      value.size() > kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), value.begin(),
                 [](char want, char c) { return want == LowerCase(c); });
  if (!is_bearer) return Refuse(Unauthenticated(true));
  value.remove_prefix(kScheme.size());
  return value;
}

std::string Expected(std::string_view type) {
  return type == "apiKey" ? "an app's API key" : "a client secret";
}

}  // namespace

void VelaAccess::RecordUse(const HttpRequest& request,
                           const Principal& principal, bool refused) const {
  if (uses_ == nullptr) return;
  Use use;
  use.credential = principal.credential;
  use.at = clock_.Now();
  use.client = request.client;
  use.agent = request.Agent();
  use.route = std::string(request.route);
  use.refused = refused;
  uses_->Record(std::move(use));
}

bool VelaAccess::WouldAdmit(const HttpRequest& request,
                            std::string_view type) const {
  const auto token = ReadToken(request);
  if (!token || token->empty() || !authenticator_.IsCurrent()) return false;
  const Authentication who = authenticator_.Check(*token, request.client);
  return who.is_current && who.verdict == Verdict::kValid &&
         who.principal != nullptr && who.principal->rights.type == type;
}

tl::expected<std::shared_ptr<const Principal>, VelaError> VelaAccess::Admit(
    const HttpRequest& request, std::string_view type) const {
  const auto token = ReadToken(request);
  if (!token) return tl::unexpected<VelaError>(token.error());
  if (token->empty()) return Refuse(Unauthenticated(false));
  if (!authenticator_.IsCurrent()) return Refuse(Unavailable());
  Authentication who = authenticator_.Check(*token, request.client);
  if (!who.is_current) return Refuse(Unavailable());
  if (who.verdict != Verdict::kValid || who.principal == nullptr) {
    if (who.principal != nullptr) RecordUse(request, *who.principal, true);
    return Refuse(Unauthenticated(true));
  }
  const bool fits = who.principal->rights.type == type;
  RecordUse(request, *who.principal, !fits);
  if (fits) return std::move(who.principal);
  return Refuse(VelaError{403, "this path takes " + Expected(type) +
                                   ", not a credential of another kind"});
}

}  // namespace writ::reconciler::gateway
