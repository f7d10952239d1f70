#include "reconciler/gateway/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include "schema/json.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/reconciler/gateway/server/raw_client.h"

namespace writ::reconciler::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::writ::testing::RawClient;
using ::writ::testing::RawResponse;

class SwitchedAuthenticator final : public Authenticator {
 public:
  Authentication Check(std::string_view /*token*/,
                       const IpAddress& /*client*/) override {
    return {};
  }
  bool IsCurrent() override { return is_current; }

  std::atomic<bool> is_current = true;
};

class GatewayTest : public CredentialTest {
 protected:
  GatewayTest()
      : echo_([](const HttpRequest& request) {
          HttpResponse response;
          response.body = request.Param("name");
          return response;
        }) {}

  GatewayOptions Options() {
    GatewayOptions options;
    options.state_folder = folder_ / "state";
    options.metrics_from = {*ParseIpNetwork("127.0.0.0/8")};
    return options;
  }
  GatewayParts Parts() {
    return {
        authenticator_, *keys_, clock_, {{"GET", "/echo/{name}", &echo_}}, {}};
  }
  void Start(GatewayOptions options) {
    auto opened = Gateway::Open(std::move(options), Parts());
    ASSERT_TRUE(opened) << Describe(opened.error());
    gateway_ = *std::move(opened);
  }
  RawResponse Get(const std::string& path) {
    RawClient client(gateway_->port());
    client.Send("GET " + path +
                " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.Read().value_or(RawResponse{});
  }

  SwitchedAuthenticator authenticator_;
  SimpleHandler echo_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(GatewayTest, ServesItsOwnRoutesAndThoseOfItsParts) {
  Start(Options());
  EXPECT_EQ(Get("/echo/a%20b").body, "a b");
  EXPECT_EQ(Get("/healthz").body, R"({"status":"ok"})");
  EXPECT_EQ(Get("/nothing").status, 404);
  const RawResponse ready = Get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body,
            R"({"status":"ready","checks":{"state":true,"keys":true,)"
            R"("revocations":true,"credentials":true}})");
}

// T-18
TEST_F(GatewayTest, IsNotReadyWhereRevocationsAreNotSeen) {
  Start(Options());
  authenticator_.is_current = false;
  const RawResponse response = Get("/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.Has("Retry-After: 2"));
  EXPECT_THAT(response.body, HasSubstr(R"("revocations":false)"));
  EXPECT_EQ(Get("/healthz").status, 200);
  authenticator_.is_current = true;
  EXPECT_EQ(Get("/readyz").status, 200);
}

TEST_F(GatewayTest, IsNotReadyOnceTheStateIsGone) {
  Start(Options());
  EXPECT_EQ(Get("/readyz").status, 200);
  std::filesystem::rename(folder_ / "state", folder_ / "elsewhere");
  while (Get("/readyz").status == 200) std::this_thread::yield();
  EXPECT_THAT(Get("/readyz").body, HasSubstr(R"("state":false)"));
  std::filesystem::rename(folder_ / "elsewhere", folder_ / "state");
  while (Get("/readyz").status != 200) std::this_thread::yield();
}

TEST_F(GatewayTest, OpenApiNamesEveryRoute) {
  Start(Options());
  const auto document = ParseJson(Get("/openapi.json").body);
  ASSERT_TRUE(document);
  for (const Route& route : gateway_->routes()) {
    const Value* path = document->Find("paths")->Find(route.pattern);
    ASSERT_NE(path, nullptr) << route.pattern;
    EXPECT_FALSE(path->AsMap().empty()) << route.pattern;
  }
}

TEST_F(GatewayTest, TellsItsFiguresToThoseItMay) {
  Start(Options());
  EXPECT_EQ(Get("/echo/x").status, 200);
  const RawResponse response = Get("/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(
      response.Has("Content-Type: text/plain; version=0.0.4; charset=utf-8"));
  EXPECT_THAT(response.body,
              HasSubstr("writ_http_requests_total{method=\"GET\",route="
                        "\"/echo/{name}\",status=\"2xx\"} 1"));
  EXPECT_THAT(response.body, HasSubstr("writ_ready 1"));
  EXPECT_THAT(response.body, HasSubstr("writ_requests_in_flight 1"));
  gateway_->Stop(0ms);
  GatewayOptions private_only = Options();
  private_only.metrics_from = {*ParseIpNetwork("10.0.0.0/8")};
  Start(std::move(private_only));
  EXPECT_EQ(Get("/metrics").status, 404);
}

TEST_F(GatewayTest, LogsWhatItAnsweredAndRefused) {
  GatewayOptions options = Options();
  options.access_log = folder_ / "access.log";
  Start(std::move(options));
  EXPECT_EQ(Get("/echo/x?page=hidden").status, 200);
  EXPECT_EQ(Get("/echo/x?access_token=hidden").status, 400);
  gateway_.reset();
  std::ifstream in(folder_ / "access.log");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_THAT(text.str(),
              HasSubstr("\"route\":\"/echo/{name}\",\"status\":200"));
  EXPECT_THAT(text.str(), HasSubstr("\"route\":\"\",\"status\":400"));
  EXPECT_THAT(text.str(), ::testing::Not(HasSubstr("hidden")));
}

TEST_F(GatewayTest, BelievesOtherProxiesAfterAReload) {
  Start(Options());
  EXPECT_TRUE(gateway_->Reload({*ParseIpNetwork("127.0.0.0/8")}));
  RawClient client(gateway_->port());
  client.Send(
      "GET /metrics HTTP/1.1\r\nHost: a\r\n"
      "X-Forwarded-For: 192.0.2.1\r\n\r\n");
  EXPECT_EQ(client.Read()->status, 404);
}

TEST_F(GatewayTest, RefusesRoutesThatExcludeEachOther) {
  GatewayParts parts = Parts();
  parts.routes.push_back({"GET", "/healthz", &echo_});
  const auto opened = Gateway::Open(Options(), std::move(parts));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace writ::reconciler::gateway
