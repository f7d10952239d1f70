#include "reconciler/gateway/access/token_self_service.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "schema/json.h"
#include "schema/value.h"
#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/support/credentials.h"

namespace writ::reconciler::gateway {
namespace {

class NoUses final : public UseSink {
 public:
  void Record(Use use) override { last = std::move(use); }
  Use last;
};

class TokenSelfServiceTest : public AccessTest {
 protected:
  void SetUp() override {
    AccessTest::SetUp();
    access_ = OpenAccess();
    throttle_ = std::make_unique<GuessThrottle>(clock_);
    service_ = std::make_unique<TokenSelfService>(TokenSelfService::Parts{
        folder_ / "state", *access_, uses_, *throttle_, clock_, chance_});
  }

  HttpResponse Send(const std::string& method, const std::string& token) {
    HttpRequest request;
    request.method = method;
    request.path = "/v1/token";
    request.client = From();
    if (!token.empty()) {
      request.headers = {{"Authorization", "Bearer " + token}};
    }
    std::promise<HttpResponse> answer;
    service_->Handle(request, [&](HttpResponse response) {
      answer.set_value(std::move(response));
    });
    return answer.get_future().get();
  }

  static std::string Header(const HttpResponse& response,
                            std::string_view name) {
    for (const HttpHeader& header : response.headers) {
      if (header.name == name) return header.value;
    }
    return "";
  }

  NoUses uses_;
  std::unique_ptr<LiveCredentials> access_;
  std::unique_ptr<GuessThrottle> throttle_;
  std::unique_ptr<TokenSelfService> service_;
};

TEST_F(TokenSelfServiceTest, SaysWhatATokenIsAndNeverItsValue) {
  const auto [record, token] = Issue(kDashboard);
  const HttpResponse response = Send("GET", token);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.find(token), std::string::npos);
  EXPECT_EQ(response.body.find(record.digest.Hex()), std::string::npos);
  EXPECT_EQ(Header(response, "Cache-Control"), "no-store");
  const Value value = ParseJson(response.body).value();
  EXPECT_EQ(value.FindString("id"), record.id);
  EXPECT_EQ(value.FindString("token"), kDashboard);
  EXPECT_EQ(value.FindString("type"), "workspaceToken");
  EXPECT_EQ(value.FindString("mode"), "test");
  EXPECT_EQ(value.FindString("hint"), record.hint + "...");
  EXPECT_EQ(value.Find("scopes")->AsList().size(), 3U);
  EXPECT_TRUE(value.Find("expiresAt")->IsNull());
  EXPECT_EQ(uses_.last.route, "GET /v1/token");
}

// S-26
TEST_F(TokenSelfServiceTest, SaysARoleWithoutScopes) {
  const Value value =
      ParseJson(Send("GET", Issue(kReader).second).body).value();
  EXPECT_EQ(value.FindString("role"), "VIEWER");
  EXPECT_EQ(value.Find("scopes"), nullptr);
}

// S-04
TEST_F(TokenSelfServiceTest, RevokesTheTokenThatAsks) {
  const auto [other, other_token] = Issue(kIngest);
  for (const char* address : {kCi, kReader, kAccount, kDashboard}) {
    const auto [record, token] = Issue(address);
    EXPECT_EQ(Send("DELETE", token).status, 204) << address;
    EXPECT_EQ(Send("GET", token).status, 401) << address;
    EXPECT_EQ(Row(record.id).status, CredentialStatus::kRevoked);
    EXPECT_EQ(Row(record.id).ended_by, record.id);
  }
  EXPECT_EQ(Send("GET", other_token).status, 200);
  EXPECT_NE(AuditText().find("token.revoke"), std::string::npos);
}

// S-36
TEST_F(TokenSelfServiceTest, RefusesAllThatWontDoAlike) {
  const auto [record, token] = Issue(kCi);
  ASSERT_EQ(Revoke(record.id), std::nullopt);
  const HttpResponse revoked = Send("GET", token);
  EXPECT_EQ(revoked.status, 401);
  EXPECT_EQ(Header(revoked, "WWW-Authenticate"),
            "Bearer realm=\"writ\", error=\"invalid_token\"");
  for (const std::string& wrong :
       {testing::MakeCredential("vela_cs_", 5), std::string("hello")}) {
    EXPECT_EQ(Send("GET", wrong).body, revoked.body);
    EXPECT_EQ(Send("DELETE", wrong).body, revoked.body);
  }
  EXPECT_EQ(Header(Send("GET", ""), "WWW-Authenticate"),
            "Bearer realm=\"writ\"");
}

TEST_F(TokenSelfServiceTest, GuessersAreToldToWait) {
  const auto [record, token] = Issue(kCi);
  for (int i = 0; i < GuessThrottle::kPerMinute; ++i) {
    EXPECT_EQ(Send("GET", "hello").status, 401);
  }
  const HttpResponse refused = Send("GET", "hello");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(Header(refused, "Retry-After"), "60");
  EXPECT_EQ(Send("GET", token).status, 200);
}

}  // namespace
}  // namespace writ::reconciler::gateway
