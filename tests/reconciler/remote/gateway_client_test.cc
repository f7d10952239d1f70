// What a gateway's answers mean to whoever asks, over a real connection.
#include "reconciler/remote/gateway_client.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "reconciler/egress/curl_http_client.h"
#include "tests/support/http_server.h"
#include "tests/support/manual_clock.h"

namespace writ::reconciler {
namespace {

using testing::HttpServer;
using testing::ReceivedRequest;
using testing::ScriptedResponse;

HostFile Loopback() {
  HostFile host;
  host.networks = {*ParseIpNetwork("127.0.0.0/8")};
  return host;
}

class GatewayClientTest : public ::testing::Test {
 protected:
  Result<HttpResponse> Ask(HttpServer& server, GatewayRequest request = {}) {
    GatewayClient client(
        {server.url(), SecretValue::Copy("vela_cs_x"), "a test", ""}, http_,
        clock_);
    if (request.path.empty()) request.path = "/v1/state";
    return client.Send(request);
  }
  // The error of one answer.
  Error ErrorOf(int status, const std::string& body) {
    HttpServer server([&](const ReceivedRequest&) {
      return ScriptedResponse{.status = status, .body = body};
    });
    const auto answer = Ask(server);
    EXPECT_FALSE(answer);
    return answer ? Error{} : answer.error();
  }

  testing::ManualClock clock_;
  CurlHttpClient http_{Loopback()};
};

TEST_F(GatewayClientTest, ShowsItsSecretToTheGatewayAlone) {
  HttpServer server([](const ReceivedRequest&) {
    return ScriptedResponse{.status = 200, .body = "{}"};
  });
  GatewayRequest request;
  request.method = "POST";
  request.path = "/v1/plans";
  request.body = SecretValue::Copy("{\"a\":1}");
  ASSERT_TRUE(Ask(server, std::move(request)));
  const ReceivedRequest got = server.received().at(0);
  EXPECT_EQ(got.Header("authorization"), "Bearer vela_cs_x");
  EXPECT_EQ(got.Header("content-type"), "application/json");
  EXPECT_EQ(got.body, "{\"a\":1}");
  for (const int status : {401, 403, 404, 500}) {
    const Error error = ErrorOf(status, "no problem document");
    EXPECT_EQ(Describe(error).find("vela_cs_x"), std::string::npos);
  }
}

TEST_F(GatewayClientTest, TakesAnErrorsCodeFromItsProblem) {
  const Error stale = ErrorOf(
      409, R"({"code":"stale","detail":"it moved","remedy":"plan again"})");
  EXPECT_EQ(stale.code, ErrorCode::kStale);
  EXPECT_EQ(stale.message, "it moved");
  EXPECT_EQ(stale.remedy, "plan again");
  EXPECT_EQ(ErrorOf(403, R"({"code":"untrusted","detail":"x"})").code,
            ErrorCode::kUntrusted);
  EXPECT_EQ(ErrorOf(503, R"({"code":"locked","detail":"ana"})").code,
            ErrorCode::kLocked);
  EXPECT_EQ(ErrorOf(401, R"({"code":"unauthorized","detail":"x"})").code,
            ErrorCode::kPermission);
  EXPECT_EQ(ErrorOf(403, R"({"code":"forbidden","detail":"x"})").code,
            ErrorCode::kPermission);
  EXPECT_EQ(ErrorOf(404, "<html>").code, ErrorCode::kNotFound);
  EXPECT_EQ(ErrorOf(502, "<html>").code, ErrorCode::kIo);
}

TEST_F(GatewayClientTest, TakesAProductsOwnErrorsForWhatTheyAre) {
  const Error wrong =
      ErrorOf(400, R"({"code":"value/invalid","message":"no number"})");
  EXPECT_EQ(wrong.code, ErrorCode::kInvalidArgument);
  EXPECT_NE(wrong.message.find("no number"), std::string::npos);
  const Error gone =
      ErrorOf(404, R"({"code":"key/unknown","message":"no such key"})");
  EXPECT_EQ(gone.code, ErrorCode::kNotFound);
  EXPECT_NE(gone.message.find("no such key"), std::string::npos);
  EXPECT_EQ(ErrorOf(409, R"({"code":"request/conflict","message":"x"})").code,
            ErrorCode::kConflict);
  const Error refused =
      ErrorOf(403, R"({"code":"auth/forbidden","message":"VIEWER reads"})");
  EXPECT_EQ(refused.code, ErrorCode::kPermission);
  EXPECT_NE(refused.message.find("VIEWER reads"), std::string::npos);
}

TEST_F(GatewayClientTest, AsksABusyGatewayAgain) {
  int asked = 0;
  HttpServer server([&](const ReceivedRequest&) {
    if (++asked < 3) {
      return ScriptedResponse{.status = 503, .headers = {{"Retry-After", "7"}}};
    }
    return ScriptedResponse{.status = 200, .body = "{}"};
  });
  EXPECT_TRUE(Ask(server));
  EXPECT_EQ(asked, 3);
}

TEST_F(GatewayClientTest, GivesUpAfterAWhile) {
  int asked = 0;
  HttpServer server([&](const ReceivedRequest&) {
    ++asked;
    return ScriptedResponse{.status = 503};
  });
  EXPECT_FALSE(Ask(server));
  EXPECT_EQ(asked, 5);
}

TEST_F(GatewayClientTest, HandsABodyOverAsItComes) {
  HttpServer server([](const ReceivedRequest& got) {
    return got.path() == "/ok"
               ? ScriptedResponse{.status = 200, .body = "one\ntwo\n"}
               : ScriptedResponse{
                     .status = 409,
                     .body = R"({"code":"stale","detail":"it moved"})"};
  });
  std::string seen;
  const auto ask = [&](const char* path) {
    GatewayRequest request;
    request.path = path;
    request.on_body = [&](std::string_view bytes) { seen += bytes; };
    return Ask(server, std::move(request));
  };
  const auto answer = ask("/ok");
  ASSERT_TRUE(answer);
  EXPECT_EQ(seen, "one\ntwo\n");
  EXPECT_TRUE(answer->body.empty());
  // An error's isn't part of what was asked for.
  EXPECT_EQ(ask("/stale").error().code, ErrorCode::kStale);
  EXPECT_EQ(seen, "one\ntwo\n");
}

TEST_F(GatewayClientTest, EndsWhenItIsToldTo) {
  HttpServer server([](const ReceivedRequest&) {
    return ScriptedResponse{.ending = ScriptedResponse::Ending::kSilence};
  });
  GatewayRequest request;
  request.is_cancelled = [] { return true; };
  EXPECT_EQ(Ask(server, std::move(request)).error().code,
            ErrorCode::kInterrupted);
}

TEST_F(GatewayClientTest, NamesTheGatewayThatIsntThere) {
  std::string url;
  {
    HttpServer server(
        [](const ReceivedRequest&) { return ScriptedResponse{}; });
    url = server.url();
  }
  GatewayClient client({url, SecretValue::Copy("vela_cs_x"), "a test", ""},
                       http_, clock_);
  const auto answer = client.Send({});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kIo);
  EXPECT_NE(Describe(answer.error()).find(url), std::string::npos);
}

}  // namespace
}  // namespace writ::reconciler
