#include "reconciler/gateway/projects/project_access.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::string_view kScheme = "bearer ";

// Empty where none was presented.
ProjectResult<std::string_view> ReadToken(const HttpRequest& request) {
  if (request.CountHeader("Authorization") > 1 ||
      request.CountHeader("x-api-key") > 0) {
    return Refuse(400, "request/invalid_credentials",
                  "one credential, as Authorization: Bearer");
  }
  std::string_view value = request.Header("Authorization").value_or("");
  if (value.empty()) return value;
  const bool is_bearer =
      value.size() > kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), value.begin(),
                 [](char want, char c) { return want == LowerCase(c); });
  if (!is_bearer) return InvalidKey();
  return value.substr(kScheme.size());
}

tl::unexpected<ProjectError> MissingKey() {
  return tl::unexpected<ProjectError>(
      ProjectError{401,
                   "auth/missing_api_key",
                   "no API key: send Authorization: Bearer",
                   {{"WWW-Authenticate", "Bearer realm=\"writ\""}}});
}

tl::unexpected<ProjectError> Unavailable() {
  return tl::unexpected<ProjectError>(
      ProjectError{503,
                   "server/unavailable",
                   "API keys can't be checked at the moment",
                   {{"Retry-After", "1"}}});
}

// Why the role isn't enough, or nothing.
std::optional<ProjectError> Lacks(const CredentialRights& rights,
                                  ProjectRole role) {
  const bool wants_account = role == ProjectRole::kAccount;
  if (rights.type != (wants_account ? "accountToken" : "projectKey")) {
    return ProjectError{403, "auth/insufficient_role",
                        wants_account ? "this path takes an account token"
                                      : "this path takes a project's API key"};
  }
  if (role == ProjectRole::kMember && rights.role != "MEMBER") {
    return ProjectError{403, "auth/insufficient_role",
                        "the key only reads; this wants the role MEMBER"};
  }
  return std::nullopt;
}

}  // namespace

std::string ActorOf(const Principal& principal) {
  return principal.token.address() + " (" + principal.credential + ")";
}

tl::unexpected<ProjectError> InvalidKey() {
  return tl::unexpected<ProjectError>(
      ProjectError{401,
                   "auth/invalid_api_key",
                   "the API key is not valid",
                   {{"WWW-Authenticate",
                     "Bearer realm=\"writ\", error=\"invalid_token\""}}});
}

void ProjectAccess::RecordUse(const HttpRequest& request,
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

ProjectResult<std::shared_ptr<const Principal>> ProjectAccess::Admit(
    const HttpRequest& request, ProjectRole role) const {
  const auto token = ReadToken(request);
  if (!token) return tl::unexpected<ProjectError>(token.error());
  if (token->empty()) return MissingKey();
  if (!authenticator_.IsCurrent()) return Unavailable();
  Authentication who = authenticator_.Check(*token, request.client);
  if (!who.is_current) return Unavailable();
  if (who.principal == nullptr) return InvalidKey();
  const auto lacks = Lacks(who.principal->rights, role);
  const bool valid = who.verdict == Verdict::kValid;
  RecordUse(request, *who.principal, !valid || lacks);
  if (who.verdict == Verdict::kWrongAddress) {
    return Refuse(403, "auth/ip_not_allowed",
                  "the API key may not be used from this address");
  }
  if (!valid) return InvalidKey();
  if (lacks) return tl::unexpected<ProjectError>(*lacks);
  return std::move(who.principal);
}

}  // namespace writ::reconciler::gateway
