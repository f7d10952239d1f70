#include "reconciler/gateway/problem.h"

#include <gtest/gtest.h>

#include "schema/json.h"

namespace writ::reconciler::gateway {
namespace {

HttpRequest Request() {
  HttpRequest request;
  request.id = "req_1";
  request.method = "GET";
  request.path = "/v1/apps/a\"b";
  return request;
}

TEST(Problem, SaysWhatRfc9457Names) {
  const HttpResponse response =
      Problem(404, "not_found", "there is no such app", Request());
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Not Found","status":404,)"
            R"("code":"not_found","detail":"there is no such app",)"
            R"("instance":"/v1/apps/a\"b","request_id":"req_1"})");
}

TEST(Problem, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(Problem(400, "malformed_request", "", HttpRequest()).body,
            R"({"type":"about:blank","title":"Bad Request","status":400,)"
            R"("code":"malformed_request"})");
}

TEST(Problem, PointsIntoTheBody) {
  const HttpResponse response = Problem(422, "invalid", "", HttpRequest(),
                                        {{"/events/0/level", "no level"}});
  const auto body = ParseJson(response.body);
  ASSERT_TRUE(body.has_value());
  const Value* errors = body->Find("errors");
  ASSERT_NE(errors, nullptr);
  EXPECT_EQ(errors->AsList().at(0).FindString("pointer"), "/events/0/level");
  EXPECT_EQ(errors->AsList().at(0).FindString("detail"), "no level");
}

TEST(ProblemOf, FollowsFromTheCodeOfTheError) {
  const HttpResponse missing = ProblemOf(
      {ErrorCode::kNotFound, "there is no App \"x\"", "", {}}, Request());
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find(R"(no App \"x\")"), std::string::npos);
  const HttpResponse busy =
      ProblemOf({ErrorCode::kLocked, "held by ana", "", {}}, Request());
  EXPECT_EQ(busy.status, 503);
  ASSERT_EQ(busy.headers.size(), 1U);
  EXPECT_EQ(busy.headers[0].name, "Retry-After");
}

TEST(ProblemOf, KeepsWhatWentWrongInsideToItself) {
  const HttpResponse response = ProblemOf(
      {ErrorCode::kCorrupt, "row 7 of /var/lib/writ/state.db", "", {}},
      Request());
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("state.db"), std::string::npos);
}

TEST(HttpRequest, CountsAndFindsHeadersWhateverTheirCase) {
  HttpRequest request;
  request.headers = {{"Accept", "a"}, {"X-One", "1"}, {"ACCEPT", "b"}};
  EXPECT_EQ(request.Header("x-one"), "1");
  EXPECT_EQ(request.Header("accept"), std::nullopt);
  EXPECT_EQ(request.CountHeader("accept"), 2U);
  EXPECT_EQ(request.Header("missing"), std::nullopt);
}

TEST(HttpRequest, NamesWhatTheRouterTook) {
  HttpRequest request;
  request.params = {{"app", "orders"}};
  EXPECT_EQ(request.Param("app"), "orders");
}

}  // namespace
}  // namespace writ::reconciler::gateway
