#include "reconciler/gateway/access/presented_token.h"

#include <algorithm>

#include "schema/ascii_case.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::string_view kScheme = "bearer";
constexpr char kRealm[] = "Bearer realm=\"writ\"";

bool HasScheme(std::string_view value) {
  return value.size() > kScheme.size() && value[kScheme.size()] == ' ' &&
         EqualsIgnoringCase(value.substr(0, kScheme.size()), kScheme);
}

}  // namespace

PresentedToken FindBearer(const HttpRequest& request) {
  const std::size_t count = request.CountHeader("Authorization");
  if (count == 0) return {};
  PresentedToken presented{PresentedToken::Kind::kInvalid, {}};
  if (count > 1) return presented;
  std::string_view value = *request.Header("Authorization");
  if (!HasScheme(value)) return presented;
  value.remove_prefix(kScheme.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  if (value.empty() || value.find(' ') != std::string_view::npos) {
    return presented;
  }
  presented.kind = PresentedToken::Kind::kToken;
  presented.token = value;
  return presented;
}

HttpHeader ChallengeFor(PresentedToken::Kind kind) {
  std::string challenge = kRealm;
  if (kind != PresentedToken::Kind::kNone) {
    challenge += ", error=\"invalid_token\"";
  }
  return {"WWW-Authenticate", challenge};
}

HttpHeader ScopeChallenge(std::string_view scope) {
  return {"WWW-Authenticate", std::string(kRealm) +
                                  ", error=\"insufficient_scope\", scope=\"" +
                                  std::string(scope) + "\""};
}

}  // namespace writ::reconciler::gateway
