// The configuration of docs/gateway.md, with a real nginx between a client that
// says whatever it likes and an upstream (T-08).
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "reconciler/gateway/access/live_access.h"
#include "reconciler/gateway/gateway.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/reconciler/gateway/access/nginx_before.h"
#include "tests/reconciler/gateway/server/raw_client.h"
#include "tests/support/credentials.h"
#include "tests/support/http_server.h"

namespace writ::reconciler::gateway {
namespace {

using testing::HttpServer;
using testing::NginxProcess;
using testing::RawClient;
using testing::RawResponse;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

constexpr char kShop[] = "64f1a2b3c4d5e6f7a8b9c0d1";

class BehindNginx : public CredentialTest {
 protected:
  void SetUp() override {
    if (!NginxProcess::IsInstalled()) GTEST_SKIP() << "nginx isn't installed";
    CredentialTest::SetUp();
    Declare("Workspace/shop", "",
            std::string(R"({"workspaceId":")") + kShop + R"("})");
    Declare("ApiRoute/shop/api", "Workspace/shop",
            R"({"rules":[
              {"methods":["GET"],"path":"/api/open/**","scope":"crm:read"},
              {"methods":["POST"],"path":"/api/open/**","scope":"crm:read"},
              {"methods":["GET"],"path":"/api/twice","scope":"crm:read",
               "rateLimit":"1/1h"},
              {"methods":["GET"],"path":"/api/closed/**",
               "scope":"admin:all"}]})");
    Declare("Token/shop/app", "Workspace/shop",
            R"({"type":"workspaceToken","mode":"live",
                "scopes":["crm:read"]})");
    OpenGateway();
    upstream_ = std::make_unique<HttpServer>([](const ReceivedRequest&) {
      return ScriptedResponse{.headers = {}, .body = "from upstream"};
    });
    nginx_ = std::make_unique<NginxProcess>(Locations());
  }

  void OpenGateway() {
    LiveAccessOptions access;
    access.folder = folder_ / "state";
    access.clock = &clock_;
    access.random = &chance_;
    access.dialect = "nginx";
    access_ = std::move(LiveAccess::Open(access, MakeKeys()).value());
    GatewayOptions options;
    options.state_folder = folder_ / "state";
    options.server.trusted_proxies = {ParseIpNetwork("127.0.0.1/32").value()};
    auto gateway = Gateway::Open(
        options, {*access_, *keys_, clock_, access_->routes(), {}});
    ASSERT_TRUE(gateway) << Describe(gateway.error());
    gateway_ = *std::move(gateway);
  }

  std::string Locations() const {
    return R"(
      location / {
        auth_request /_authz;
        auth_request_set $writ_status $upstream_status;
        auth_request_set $writ_credential $upstream_http_x_writ_credential;
        error_page 500 = @refused;
        proxy_set_header X-Writ-Credential $writ_credential;
        proxy_set_header Connection close;
        proxy_pass )" +
           upstream_->url() + R"(;
      }
      location = /_authz {
        internal;
        proxy_pass http://127.0.0.1:)" +
           std::to_string(gateway_->port()) + R"(/authz;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
        proxy_set_header X-Original-Method $request_method;
        proxy_set_header X-Original-URI $request_uri;
        proxy_set_header X-Forwarded-For $remote_addr;
      }
      location @refused {
        if ($writ_status = 429) { return 429; }
        if ($writ_status = 503) { return 503; }
        return 500;
      })";
  }

  // The status that the client sees.
  int Send(const std::string& method, const std::string& target,
           const std::string& token, const std::string& more = "",
           const std::string& body = "") {
    RawClient client(nginx_->port());
    std::string request = method + " " + target +
                          " HTTP/1.1\r\nHost: shop.example\r\n"
                          "Connection: close\r\nx-workspace-id: " +
                          kShop + "\r\n" + more;
    if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty()) {
      request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    client.Send(request + "\r\n" + body);
    const std::optional<RawResponse> response = client.Read(method != "HEAD");
    last_ = response.value_or(RawResponse{});
    return last_.status;
  }

  std::unique_ptr<LiveAccess> access_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<HttpServer> upstream_;
  std::unique_ptr<NginxProcess> nginx_;
  RawResponse last_;
};

// S-30, S-36
TEST_F(BehindNginx, OnlyWhatIsAllowedReachesTheUpstream) {
  const auto [record, token] = Issue("Token/shop/app");
  EXPECT_EQ(Send("GET", "/api/open/1?q=/../x", token), 200);
  ASSERT_EQ(upstream_->received().size(), 1U);
  EXPECT_EQ(upstream_->received()[0].target, "/api/open/1?q=/../x");
  EXPECT_EQ(upstream_->received()[0].Header("x-writ-credential"), record.id);
  EXPECT_EQ(Send("HEAD", "/api/open/1", token), 200);
  EXPECT_EQ(Send("POST", "/api/open/1", token, "", "hello"), 200);
  EXPECT_EQ(upstream_->received()[2].body, "hello");
  EXPECT_EQ(Send("GET", "/api/closed/1", token), 403);
  EXPECT_EQ(Send("DELETE", "/api/open/1", token), 403);
  EXPECT_EQ(Send("GET", "/elsewhere", token), 403);
  EXPECT_EQ(Send("GET", "/api/open/1", ""), 401);
  EXPECT_TRUE(last_.Has("WWW-Authenticate: Bearer realm=\"writ\""));
  EXPECT_EQ(Send("GET", "/api/open/1", testing::MakeCredential("sk_live_", 9)),
            401);
  EXPECT_EQ(upstream_->received().size(), 3U);
}

// S-04: the very next request, all the way.
TEST_F(BehindNginx, ARevokedTokenIsOutAtOnce) {
  const auto [record, token] = Issue("Token/shop/app");
  EXPECT_EQ(Send("GET", "/api/open/1", token), 200);
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  EXPECT_EQ(Send("GET", "/api/open/1", token), 401);
}

// T-08: nothing that nginx and writ could read differently gets through.
TEST_F(BehindNginx, NoPathTalksItRound) {
  const auto [record, token] = Issue("Token/shop/app");
  for (const char* path :
       {"/api/open/../closed/1", "/api/open/%2e%2e/closed/1",
        "/api/open/.%2E/closed/1", "/api/open/..%2fclosed/1",
        "/api/open/..%5cclosed/1", "/api/open//../closed/1",
        "/api/open/x/..;/closed/1", "/api/open/%252e%252e/closed/1",
        "//api/open/1", "/api/open/1%00", "/api/open/%ff", "/api/open/1;x=y",
        "/api/open/./1", "/api/open\\..\\closed\\1", "/api/open/1#/closed",
        "http://shop.example/api/closed/1", "/API/open/1", "/api/open1"}) {
    EXPECT_NE(Send("GET", path, token), 200) << path;
  }
  EXPECT_TRUE(upstream_->received().empty());
  // What is plain arrives as it was judged.
  for (const char* path : {"/api/open/a%20b", "/api/open/%61", "/api/open/",
                           "/api/open/~x/-_.!", "/api/open/%C3%A9"}) {
    EXPECT_EQ(Send("GET", path, token), 200) << path;
    EXPECT_EQ(upstream_->received().back().target, path);
  }
}

// T-08: what a client says of itself is overwritten, or means nothing.
TEST_F(BehindNginx, NoHeaderTalksItRound) {
  const auto [record, token] = Issue("Token/shop/app");
  const std::string lies =
      "X-Original-URI: /api/open/1\r\nX-Original-Method: GET\r\n"
      "X-Forwarded-Uri: /api/open/1\r\nX-Rewrite-URL: /api/open/1\r\n"
      "X-HTTP-Method-Override: GET\r\nX-Writ-Credential: crd_root\r\n";
  EXPECT_EQ(Send("GET", "/api/closed/1", token, lies), 403);
  EXPECT_EQ(Send("DELETE", "/api/open/1", token, lies), 403);
  EXPECT_EQ(Send("GET", "/api/open/1", token, lies), 200);
  EXPECT_EQ(upstream_->received().back().Header("x-writ-credential"),
            record.id);
  EXPECT_NE(Send("GET", "/api/open/1", token,
                 "Authorization: Bearer " + token + "\r\n"),
            200);
}

TEST_F(BehindNginx, LimitsArrive) {
  const auto [record, token] = Issue("Token/shop/app");
  EXPECT_EQ(Send("GET", "/api/twice", token), 200);
  EXPECT_EQ(Send("GET", "/api/twice", token), 429);
}

}  // namespace
}  // namespace writ::reconciler::gateway
