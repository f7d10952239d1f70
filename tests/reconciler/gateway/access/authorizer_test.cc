#include "reconciler/gateway/access/authorizer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/support/credentials.h"

namespace writ::reconciler::gateway {
namespace {

using std::chrono::seconds;

constexpr char kLive[] = "Token/shop/live";
constexpr char kFull[] = "Token/shop/full";
constexpr char kProduction[] = "64f1a2b3c4d5e6f7a8b9c0d1";
constexpr char kSandbox[] = "64f1a2b3c4d5e6f7a8b9c0d2";

class MemoryUses final : public UseSink {
 public:
  void Record(Use use) override { all.push_back(std::move(use)); }
  std::vector<Use> all;
};

class AuthorizerTest : public AccessTest {
 protected:
  void SetUp() override {
    AccessTest::SetUp();
    Declare("Workspace/shop", "",
            std::string(R"({"workspaceId":")") + kProduction +
                R"(","tier":"production"})");
    Declare("Workspace/acme", "",
            std::string(R"({"workspaceId":")") + kSandbox +
                R"(","tier":"sandbox"})");
    for (const char* workspace : {"shop", "acme"}) {
      Declare("ApiRoute/" + std::string(workspace) + "/inbox",
              "Workspace/" + std::string(workspace),
              R"({"rules":[
                {"methods":["GET"],"path":"/api/v1/inbox/**",
                 "scope":"inbox:read","rateLimit":"2/15m"},
                {"methods":["POST"],"path":"/api/v1/inbox/**",
                 "scope":"inbox:write"},
                {"methods":["GET"],"path":"/api/v1/crm","scope":"crm:read"}]})");
    }
    Declare(kLive, "Workspace/shop",
            R"({"type":"workspaceToken","mode":"live",
                "scopes":["inbox:read","crm:read"]})");
    Declare(kFull, "Workspace/shop",
            R"({"type":"workspaceToken","mode":"live",
                "scopes":["admin:all"]})");
    access_ = OpenAccess();
    routes_ = std::make_unique<LiveRoutes>(folder_ / "state", clock_);
    throttle_ = std::make_unique<GuessThrottle>(clock_);
    Make(ProxyDialect::kNginx);
  }

  void Make(std::optional<ProxyDialect> dialect) {
    authorizer_ = std::make_unique<Authorizer>(Authorizer::Parts{
        *access_, *routes_, uses_, *throttle_, clock_, dialect});
  }

  static HttpRequest Asking(const std::string& token,
                            const std::string& workspace,
                            const std::string& method,
                            const std::string& path) {
    HttpRequest request;
    request.method = "GET";
    request.path = "/authz";
    request.by_trusted_proxy = true;
    request.client = From();
    request.headers = {{"X-Original-Method", method}, {"X-Original-URI", path}};
    if (!token.empty()) {
      request.headers.push_back({"Authorization", "Bearer " + token});
    }
    if (!workspace.empty()) {
      request.headers.push_back({"x-workspace-id", workspace});
    }
    request.headers.push_back({"User-Agent", "checkout/1.2"});
    return request;
  }

  HttpResponse Send(const std::string& token, const std::string& workspace,
                    const std::string& method, const std::string& path) {
    return authorizer_->Answer(Asking(token, workspace, method, path));
  }

  // "403 FORBIDDEN"; "200" where it is allowed.
  static std::string Outcome(const HttpResponse& response) {
    const std::string status = std::to_string(response.status);
    const std::string key = R"("code":")";
    const std::size_t at = response.body.find(key);
    if (at == std::string::npos) return status;
    const std::size_t begin = at + key.size();
    return status + " " +
           response.body.substr(begin, response.body.find('"', begin) - begin);
  }

  static std::string Header(const HttpResponse& response,
                            std::string_view name) {
    for (const HttpHeader& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }

  MemoryUses uses_;
  std::unique_ptr<LiveCredentials> access_;
  std::unique_ptr<LiveRoutes> routes_;
  std::unique_ptr<GuessThrottle> throttle_;
  std::unique_ptr<Authorizer> authorizer_;
};

// S-30
TEST_F(AuthorizerTest, AllowsWhatTheTokensScopesAllow) {
  const auto [record, token] = Issue(kLive);
  const HttpResponse response =
      Send(token, kProduction, "GET", "/api/v1/crm?page=1");
  EXPECT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Header(response, "X-Writ-Credential"), record.id);
  EXPECT_EQ(Header(response, "X-Writ-Workspace"), "shop");
  EXPECT_EQ(Header(response, "X-Writ-Scopes"), "crm:read inbox:read");
  ASSERT_EQ(uses_.all.size(), 1U);
  EXPECT_EQ(uses_.all[0].credential, record.id);
  EXPECT_EQ(uses_.all[0].route, "GET /api/v1/crm");
  EXPECT_EQ(uses_.all[0].scope, "crm:read");
  EXPECT_EQ(uses_.all[0].agent, "checkout/1.2");
  EXPECT_FALSE(uses_.all[0].refused);
}

// S-36: always alike.
TEST_F(AuthorizerTest, AnswersEveryTokenThatWontDoAlike) {
  const auto [revoked, revoked_token] = Issue(kLive);
  ASSERT_EQ(Revoke(revoked.id), std::nullopt);
  Declare("Token/shop/expired", "Workspace/shop",
          R"({"type":"workspaceToken","mode":"live",
              "scopes":["crm:read"],"expiresAt":"2026-12-01T00:00:10Z"})");
  const auto [expired, expired_token] = Issue("Token/shop/expired");
  clock_.Advance(seconds(10));
  const HttpResponse first =
      Send(revoked_token, kProduction, "GET", "/api/v1/crm");
  EXPECT_EQ(Outcome(first), "401 UNAUTHORIZED");
  EXPECT_EQ(Header(first, "WWW-Authenticate"),
            "Bearer realm=\"writ\", error=\"invalid_token\"");
  for (const std::string& token :
       {expired_token, testing::MakeCredential("sk_live_", 3),
        std::string("sk_live_short"), std::string("hello")}) {
    const HttpResponse response =
        Send(token, kProduction, "GET", "/api/v1/crm");
    EXPECT_EQ(response.status, first.status);
    EXPECT_EQ(response.body, first.body);
    EXPECT_EQ(Header(response, "WWW-Authenticate"),
              Header(first, "WWW-Authenticate"));
  }
}

// S-36, RFC 6750 3.1: no error where nothing was presented.
TEST_F(AuthorizerTest, AsksForATokenWhereThereIsNone) {
  const HttpResponse response = Send("", kProduction, "GET", "/api/v1/crm");
  EXPECT_EQ(Outcome(response), "401 UNAUTHORIZED");
  EXPECT_EQ(Header(response, "WWW-Authenticate"), "Bearer realm=\"writ\"");
}

TEST_F(AuthorizerTest, TakesOneAuthorizationOfTheBearerScheme) {
  const auto [record, token] = Issue(kLive);
  HttpRequest request = Asking("", kProduction, "GET", "/api/v1/crm");
  for (const std::string& wrong : std::vector<std::string>{
           "Basic " + token, token, "Bearer", "Bearer ", "Bearer a " + token}) {
    request.headers.push_back({"Authorization", wrong});
    EXPECT_EQ(authorizer_->Answer(request).status, 401) << wrong;
    request.headers.pop_back();
  }
  request.headers.push_back({"authorization", "bearer  " + token});
  EXPECT_EQ(authorizer_->Answer(request).status, 200);
  request.headers.push_back({"Authorization", "Bearer " + token});
  EXPECT_EQ(authorizer_->Answer(request).status, 401);
}

// S-36
TEST_F(AuthorizerTest, NamesTheScopeThatIsMissing) {
  const auto [record, token] = Issue(kLive);
  const HttpResponse response =
      Send(token, kProduction, "POST", "/api/v1/inbox/1");
  EXPECT_EQ(Outcome(response), "403 FORBIDDEN");
  EXPECT_NE(response.body.find("inbox:write"), std::string::npos);
  EXPECT_EQ(Header(response, "WWW-Authenticate"),
            "Bearer realm=\"writ\", error=\"insufficient_scope\", "
            "scope=\"inbox:write\"");
  ASSERT_EQ(uses_.all.size(), 1U);
  EXPECT_TRUE(uses_.all[0].refused);
}

// S-33
TEST_F(AuthorizerTest, AdminAllHasEveryScopeOfARoute) {
  const auto [record, token] = Issue(kFull);
  EXPECT_EQ(Send(token, kProduction, "POST", "/api/v1/inbox").status, 200);
  EXPECT_EQ(Outcome(Send(token, kProduction, "DELETE", "/api/v1/inbox")),
            "403 FORBIDDEN");
  EXPECT_EQ(Outcome(Send(token, kProduction, "GET", "/unknown")),
            "403 FORBIDDEN");
}

// S-36
TEST_F(AuthorizerTest, KeepsWorkspacesApart) {
  const auto [record, token] = Issue(kLive);
  for (const char* workspace :
       {kSandbox, "", "64f1a2b3c4d5e6f7a8b9c0ff", "shop"}) {
    EXPECT_EQ(Outcome(Send(token, workspace, "GET", "/api/v1/crm")),
              "403 WORKSPACE_ACCESS_DENIED")
        << workspace;
  }
  HttpRequest twice = Asking(token, kProduction, "GET", "/api/v1/crm");
  twice.headers.push_back({"X-Workspace-Id", kProduction});
  EXPECT_EQ(Outcome(authorizer_->Answer(twice)), "403 WORKSPACE_ACCESS_DENIED");
}

// S-31
TEST_F(AuthorizerTest, TestTokensActOnSandboxesLiveOnesOnProduction) {
  const auto [test, test_token] = Issue(kDashboard);
  EXPECT_EQ(Send(test_token, kSandbox, "GET", "/api/v1/crm").status, 200);
  Declare("Token/shop/test", "Workspace/shop",
          R"({"type":"workspaceToken","mode":"test","scopes":["crm:read"]})");
  EXPECT_EQ(Outcome(Send(Issue("Token/shop/test").second, kProduction, "GET",
                         "/api/v1/crm")),
            "403 WORKSPACE_ACCESS_DENIED");
  Declare("Token/acme/live", "Workspace/acme",
          R"({"type":"workspaceToken","mode":"live","scopes":["crm:read"]})");
  EXPECT_EQ(Outcome(Send(Issue("Token/acme/live").second, kSandbox, "GET",
                         "/api/v1/crm")),
            "403 WORKSPACE_ACCESS_DENIED");
}

TEST_F(AuthorizerTest, NoOtherClassOfCredentialOpensTheApi) {
  for (const char* address : {kCi, kIngest, kAccount, kReader}) {
    EXPECT_EQ(
        Outcome(Send(Issue(address).second, kSandbox, "GET", "/api/v1/crm")),
        "403 FORBIDDEN")
        << address;
  }
}

// S-22 holds here as well.
TEST_F(AuthorizerTest, JudgesTheAddressOfTheClient) {
  Declare("Token/shop/office", "Workspace/shop",
          R"({"type":"workspaceToken","mode":"live","scopes":["crm:read"],
              "ipAllowlist":["192.0.2.0/24"]})");
  const auto [record, token] = Issue("Token/shop/office");
  HttpRequest request = Asking(token, kProduction, "GET", "/api/v1/crm");
  EXPECT_EQ(authorizer_->Answer(request).status, 401);
  request.client = From("192.0.2.9");
  EXPECT_EQ(authorizer_->Answer(request).status, 200);
}

// T-08
TEST_F(AuthorizerTest, ListensToTrustedProxiesAlone) {
  const auto [record, token] = Issue(kFull);
  HttpRequest request = Asking(token, kProduction, "GET", "/api/v1/crm");
  request.by_trusted_proxy = false;
  EXPECT_EQ(Outcome(authorizer_->Answer(request)), "403 FORBIDDEN");
  EXPECT_EQ(Outcome(Send(token, kProduction, "GET", "/api/v1/inbox/../crm")),
            "403 FORBIDDEN");
  Make(std::nullopt);
  EXPECT_EQ(Outcome(Send(token, kProduction, "GET", "/api/v1/crm")),
            "403 FORBIDDEN");
}

TEST_F(AuthorizerTest, LimitsATokenOnARoute) {
  const auto [record, token] = Issue(kLive);
  HttpResponse response = Send(token, kProduction, "GET", "/api/v1/inbox/1");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Header(response, "X-RateLimit-Limit"), "2");
  EXPECT_EQ(Header(response, "X-RateLimit-Remaining"), "1");
  EXPECT_EQ(Header(response, "X-RateLimit-Reset"), "1796084100");
  EXPECT_EQ(Header(response, "RateLimit-Policy"), "\"route\";q=2;w=900");
  EXPECT_EQ(Header(response, "RateLimit"), "\"route\";r=1;t=900");
  EXPECT_EQ(Send(token, kProduction, "HEAD", "/api/v1/inbox/2").status, 200);
  clock_.Advance(seconds(855));
  response = Send(token, kProduction, "GET", "/api/v1/inbox/3");
  EXPECT_EQ(Outcome(response), "429 TOO_MANY_REQUESTS");
  EXPECT_EQ(Header(response, "Retry-After"), "45");
  EXPECT_EQ(Header(response, "X-RateLimit-Remaining"), "0");
  EXPECT_NE(response.body.find("Try again in 45 seconds."), std::string::npos);
  // Other routes, and other tokens, have their own.
  EXPECT_EQ(Send(token, kProduction, "GET", "/api/v1/crm").status, 200);
  EXPECT_EQ(
      Send(Issue(kFull).second, kProduction, "GET", "/api/v1/inbox").status,
      200);
  // A rotated credential hasn't.
  EXPECT_EQ(
      Send(Issue(kLive).second, kProduction, "GET", "/api/v1/inbox").status,
      429);
  clock_.Advance(seconds(45));
  EXPECT_EQ(Send(token, kProduction, "GET", "/api/v1/inbox/3").status, 200);
}

TEST_F(AuthorizerTest, GuessersAreToldToWaitAndNobodyElseIs) {
  const auto [record, token] = Issue(kLive);
  for (int i = 0; i < GuessThrottle::kPerMinute; ++i) {
    EXPECT_EQ(Header(Send("hello", kProduction, "GET", "/x"), "Retry-After"),
              "");
  }
  const HttpResponse refused = Send("hello", kProduction, "GET", "/x");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(Header(refused, "Retry-After"), "60");
  EXPECT_EQ(Send(token, kProduction, "GET", "/api/v1/crm").status, 200);
}

TEST_F(AuthorizerTest, FollowsRoutesThatAreApplied) {
  const auto [record, token] = Issue(kLive);
  EXPECT_EQ(Send(token, kProduction, "GET", "/new").status, 403);
  Declare("ApiRoute/shop/new", "Workspace/shop",
          R"({"rules":[{"methods":["GET"],"path":"/new",
                        "scope":"crm:read"}]})");
  EXPECT_EQ(Send(token, kProduction, "GET", "/new").status, 200);
}

// T-09: a refused try with a credential that is known is a use of it.
TEST_F(AuthorizerTest, RecordsTriesWithARevokedToken) {
  const auto [record, token] = Issue(kLive);
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  Send(token, kProduction, "GET", "/api/v1/crm");
  ASSERT_EQ(uses_.all.size(), 1U);
  EXPECT_EQ(uses_.all[0].credential, record.id);
  EXPECT_TRUE(uses_.all[0].refused);
}

// T-18
TEST_F(AuthorizerTest, AnswersNobodyWhereNothingCanBeSeen) {
  const auto [record, token] = Issue(kLive);
  access_->Refresh();
  store_.reset();
  std::filesystem::rename(folder_ / "state", folder_ / "away");
  clock_.Advance(seconds(2));
  access_->Look();
  const HttpResponse response = Send(token, kProduction, "GET", "/api/v1/crm");
  EXPECT_EQ(Outcome(response), "503 SERVICE_UNAVAILABLE");
  EXPECT_EQ(Header(response, "Retry-After"), "1");
}

}  // namespace
}  // namespace writ::reconciler::gateway
