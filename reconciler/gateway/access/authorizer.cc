#include "reconciler/gateway/access/authorizer.h"

#include <algorithm>
#include <utility>

#include "reconciler/gateway/access/presented_token.h"
#include "schema/json.h"
#include "schema/text_list.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kLimitedAtOnce = 256 * 1024;
constexpr char kWorkspaceHeader[] = "x-workspace-id";
constexpr char kWorkspaceToken[] = "workspaceToken";
constexpr std::size_t kMostHeaders = 8;  // of an answer that allows

HttpResponse Refusal(int status, std::string_view code,
                     std::string_view message) {
  HttpResponse response;
  response.status = status;
  response.body = R"({"success":false,"error":{"code":)" + QuoteJson(code) +
                  R"(,"message":)" + QuoteJson(message) + "}}";
  return response;
}

HttpResponse Blind() {
  HttpResponse response = Refusal(503, "SERVICE_UNAVAILABLE",
                                  "The state can't be read. Try again.");
  response.headers.push_back({"Retry-After", "1"});
  return response;
}

HttpResponse WrongWorkspace(std::string_view why) {
  return Refusal(403, "WORKSPACE_ACCESS_DENIED", why);
}

HttpResponse Allowed(const Principal& principal,
                     const WorkspaceRoutes& workspace) {
  HttpResponse response;
  response.headers.reserve(kMostHeaders);
  response.headers.push_back({"X-Writ-Credential", principal.credential});
  response.headers.push_back({"X-Writ-Workspace", workspace.name});
  response.headers.push_back(
      {"X-Writ-Scopes", Joined(principal.rights.scopes, " ")});
  response.body = R"({"success":true})";
  return response;
}

// Both forms that are in use (S-37 names no header; VelaFlows has the first).
void AddRateHeaders(const RateLimit& limit, const RateVerdict& verdict,
                    Timestamp now, HttpResponse& response) {
  const auto wait =
      std::chrono::ceil<std::chrono::seconds>(verdict.until_reset);
  const auto reset = std::chrono::ceil<std::chrono::seconds>(
      now.time_since_epoch() + verdict.until_reset);
  const std::string count = std::to_string(limit.count);
  const std::string left = std::to_string(verdict.remaining);
  const auto window = std::max<std::int64_t>(
      1,
      std::chrono::duration_cast<std::chrono::seconds>(limit.period).count());
  response.headers.push_back({"X-RateLimit-Limit", count});
  response.headers.push_back({"X-RateLimit-Remaining", left});
  response.headers.push_back(
      {"X-RateLimit-Reset", std::to_string(reset.count())});
  response.headers.push_back(
      {"RateLimit-Policy",
       "\"route\";q=" + count + ";w=" + std::to_string(window)});
  response.headers.push_back({"RateLimit", "\"route\";r=" + left + ";t=" +
                                               std::to_string(wait.count())});
}

std::uint64_t LimitKey(const Principal& principal, const RouteRule& rule) {
  // A token's credentials share its limit: a rotation doubles nothing.
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15U;
  return std::hash<std::string>()(principal.token_uid) * kSpread ^ rule.key;
}

}  // namespace

Authorizer::Authorizer(const Parts& parts)
    : parts_(parts), dialect_(CodeOf(parts.dialect)), limits_(kLimitedAtOnce) {}

void Authorizer::Handle(const HttpRequest& request, Respond respond) {
  respond(Answer(request));
}

HttpResponse Authorizer::Answer(const HttpRequest& request) {
  const int code = dialect_;
  if (code == kNobody) {
    return Refusal(403, "FORBIDDEN",
                   "Nobody may ask: the host file names no trustedProxies.");
  }
  const auto dialect = static_cast<ProxyDialect>(code);
  if (dialect != ProxyDialect::kEnvoy && request.path != kAuthzPath) {
    return Refusal(404, "NOT_FOUND", "There is nothing here.");
  }
  const auto original = ReadOriginalRequest(request, dialect);
  if (!original) {
    return Refusal(
        403, "FORBIDDEN",
        "The request can't be judged: " + original.error().message + ".");
  }
  if (!parts_.credentials.IsCurrent()) return Blind();
  const PresentedToken presented = FindBearer(request);
  Authentication answer;
  if (presented.kind == PresentedToken::Kind::kToken) {
    answer = parts_.credentials.Check(presented.token, request.client);
  }
  if (!answer.is_current) return Blind();
  if (answer.verdict != Verdict::kValid) {
    return RefuseToken(request, answer, presented.kind);
  }
  return AnswerFor(request, *answer.principal, *original);
}

// The same whatever is wrong with it, so that nobody learns whether a token
// ever was one (S-36).
HttpResponse Authorizer::RefuseToken(const HttpRequest& request,
                                     const Authentication& answer,
                                     PresentedToken::Kind kind) {
  if (answer.principal != nullptr) {
    Record(request, *answer.principal, nullptr, true);
  }
  HttpResponse response =
      Refusal(401, "UNAUTHORIZED",
              "The token is missing, invalid, expired or revoked.");
  response.headers.push_back(ChallengeFor(kind));
  if (kind == PresentedToken::Kind::kNone) return response;
  const auto wait = parts_.throttle.Refused(request.client);
  if (wait.count() > 0) {
    response.headers.push_back({"Retry-After", std::to_string(wait.count())});
  }
  return response;
}

HttpResponse Authorizer::AnswerFor(const HttpRequest& request,
                                   const Principal& principal,
                                   const OriginalRequest& original) {
  const RouteTable* table = parts_.routes.Of(parts_.credentials.revision());
  if (table == nullptr) return Blind();
  const auto refuse = [&](HttpResponse response, const RouteRule* rule) {
    Record(request, principal, rule, true);
    return response;
  };
  if (principal.rights.type != kWorkspaceToken) {
    return refuse(Refusal(403, "FORBIDDEN",
                          "Only tokens of a workspace (sk_) open its API."),
                  nullptr);
  }
  const auto id = request.Header(kWorkspaceHeader);
  const WorkspaceRoutes* workspace = id ? table->Find(*id) : nullptr;
  if (workspace == nullptr || workspace->uid != principal.rights.parent_uid) {
    return refuse(WrongWorkspace("The token is not for this workspace."),
                  nullptr);
  }
  if (workspace->is_sandbox != (principal.rights.mode == "test")) {
    return refuse(
        WrongWorkspace(workspace->is_sandbox
                           ? "A sandbox takes sk_test_ tokens only."
                           : "A production workspace takes no sk_test_ token."),
        nullptr);
  }
  const RouteRule* rule = workspace->Match(original.method, original.segments);
  if (rule == nullptr) {
    return refuse(
        Refusal(403, "FORBIDDEN", "No route allows this method and path."),
        nullptr);
  }
  if (!principal.rights.MayUseScope(rule->scope)) {
    HttpResponse response = Refusal(
        403, "FORBIDDEN", "The token lacks the scope " + rule->scope + ".");
    response.headers.push_back(ScopeChallenge(rule->scope));
    return refuse(std::move(response), rule);
  }
  return Limit(request, principal, *workspace, *rule);
}

HttpResponse Authorizer::Limit(const HttpRequest& request,
                               const Principal& principal,
                               const WorkspaceRoutes& workspace,
                               const RouteRule& rule) {
  HttpResponse response = Allowed(principal, workspace);
  bool is_allowed = true;
  if (rule.limit) {
    const RateVerdict verdict =
        limits_.Take(LimitKey(principal, rule), rule.limit->count,
                     rule.limit->period, parts_.clock.Monotonic());
    is_allowed = verdict.is_allowed;
    if (!is_allowed) {
      const std::string wait = std::to_string(
          std::chrono::ceil<std::chrono::seconds>(verdict.until_reset).count());
      response =
          Refusal(429, "TOO_MANY_REQUESTS",
                  "Rate limit exceeded. Try again in " + wait + " seconds.");
      response.headers.push_back({"Retry-After", wait});
    }
    AddRateHeaders(*rule.limit, verdict, parts_.clock.Now(), response);
  }
  Record(request, principal, &rule, !is_allowed);
  return response;
}

void Authorizer::Record(const HttpRequest& request, const Principal& principal,
                        const RouteRule* rule, bool refused) {
  Use use;
  use.credential = principal.credential;
  use.at = parts_.clock.Now();
  use.client = request.client;
  use.agent = request.Agent();
  if (rule != nullptr) {
    use.route = rule->label;
    use.scope = rule->scope;
  }
  use.refused = refused;
  parts_.uses.Record(std::move(use));
}

}  // namespace writ::reconciler::gateway
