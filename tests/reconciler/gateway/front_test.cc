#include "reconciler/gateway/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/manual_clock.h"

namespace writ::reconciler::gateway {
namespace {

using ::testing::HasSubstr;

class FrontTest : public ::testing::Test {
 protected:
  FrontTest()
      : handler_([](const HttpRequest& request) {
          HttpResponse response;
          response.body =
              std::string(request.route) + " " + request.Param("app");
          return response;
        }),
        router_(*Router::Create({{"GET", "/v1/apps/{app}", &handler_}})),
        metrics_(router_.routes()),
        front_(router_, metrics_, nullptr, clock_) {}

  HttpResponse Ask(const std::string& method, const std::string& path) {
    HttpRequest request;
    request.method = method;
    request.path = path;
    HttpResponse answer;
    front_.Enter(request,
                 [&](HttpResponse response) { answer = std::move(response); });
    front_.Observe({request, answer.status, answer.body.size(), {}});
    return answer;
  }

  SimpleHandler handler_;
  Router router_;
  Metrics metrics_;
  ::writ::testing::ManualClock clock_;
  Front front_;
};

TEST_F(FrontTest, HandsOnWithTheRouteFilledIn) {
  EXPECT_EQ(Ask("GET", "/v1/apps/my%20app").body, "/v1/apps/{app} my app");
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("route=\"/v1/apps/{app}\",status=\"2xx\"} 1"));
}

TEST_F(FrontTest, AnswersWhatNoRouteTakes) {
  EXPECT_EQ(Ask("GET", "/v1/nothing").status, 404);
  EXPECT_EQ(Ask("GET", "/v1/apps/%2e%2e").status, 400);
  const HttpResponse response = Ask("POST", "/v1/apps/a");
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].name, "Allow");
  EXPECT_EQ(response.headers[0].value, "GET, HEAD");
  EXPECT_THAT(metrics_.Text(), HasSubstr("route=\"none\",status=\"4xx\"} 3"));
}

// A product's clients read nothing but their own shape.
TEST_F(FrontTest, RefusesInTheShapeOfTheProductWhosePathItIs) {
  const auto body = [&](const std::string& path) {
    return Ask("PUT", path).body;
  };
  EXPECT_THAT(body("/v1/apps/a"), HasSubstr(R"("statusCode":405)"));
  EXPECT_THAT(body("/v1/ingest"), HasSubstr(R"("error":"Not Found")"));
  EXPECT_THAT(body("/v1/client-secrets"), HasSubstr(R"("statusCode":404)"));
  EXPECT_THAT(body("/v1/projects/p/x"),
              HasSubstr(R"("code":"request/not_found")"));
  EXPECT_THAT(body("/authz"), HasSubstr(R"({"success":false,"error":{"code":)"
                                        R"("NOT_FOUND")"));
  for (const char* path : {"/v1/appsandmore", "/v1/ingested", "/authzz"}) {
    EXPECT_THAT(body(path), HasSubstr(R"("type":"about:blank")")) << path;
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
