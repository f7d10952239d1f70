#include "reconciler/gateway/access/live_access.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>

#include "tests/reconciler/gateway/access/access_fixture.h"
#include "tests/reconciler/gateway/ask.h"

namespace writ::reconciler::gateway {
namespace {

class LiveAccessTest : public AccessTest {
 protected:
  Result<std::unique_ptr<LiveAccess>> OpenAll(const std::string& dialect) {
    LiveAccessOptions options;
    options.folder = folder_ / "state";
    options.clock = &clock_;
    options.random = &chance_;
    options.dialect = dialect;
    return LiveAccess::Open(options, MakeKeys());
  }
};

TEST_F(LiveAccessTest, ChecksAndRecordsAndHasItsRoutes) {
  const auto [record, token] = Issue(kCi);
  const auto access = OpenAll("nginx");
  ASSERT_TRUE(access) << Describe(access.error());
  EXPECT_TRUE((*access)->IsCurrent());
  EXPECT_EQ((*access)->Check(token, From()).verdict, Verdict::kValid);
  EXPECT_EQ((*access)->counts().held, 1);
  std::set<std::string> routes;
  for (const Route& route : (*access)->routes()) {
    EXPECT_NE(route.handler, nullptr);
    routes.insert(route.method + " " + route.pattern);
  }
  EXPECT_EQ(routes,
            (std::set<std::string>{"GET /authz", "* /authz/**", "GET /v1/token",
                                   "DELETE /v1/token"}));
}

// The host file may be read anew: who asks then asks in other words.
TEST_F(LiveAccessTest, SpeaksAnotherDialectOnceTold) {
  const auto access = OpenAll("");
  ASSERT_TRUE(access) << Describe(access.error());
  const auto router = Router::Create((*access)->routes());
  ASSERT_TRUE(router);
  const auto status = [&](const std::string& path) {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.by_trusted_proxy = true;
    request.headers = {{"X-Original-Method", "GET"},
                       {"X-Original-URI", "/inbox"}};
    return gateway::Ask(*router, std::move(request)).status;
  };
  EXPECT_EQ(status("/authz"), 403);
  ASSERT_TRUE((*access)->SetDialect("nginx"));
  EXPECT_EQ(status("/authz"), 401);
  EXPECT_EQ(status("/authz/inbox"), 404);
  ASSERT_TRUE((*access)->SetDialect("envoy"));
  EXPECT_EQ(status("/authz"), 403);
  EXPECT_EQ(status("/authz/inbox"), 401);
  EXPECT_FALSE((*access)->SetDialect("haproxy"));
  EXPECT_EQ(status("/authz/inbox"), 401);
}

TEST_F(LiveAccessTest, KnowsThreeDialects) {
  EXPECT_TRUE(OpenAll(""));
  EXPECT_TRUE(OpenAll("traefik"));
  const auto unknown = OpenAll("haproxy");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(LiveAccessTest, IsNotOpenedWithoutAState) {
  LiveAccessOptions options;
  options.folder = folder_ / "nothing";
  options.clock = &clock_;
  options.random = &chance_;
  const auto access = LiveAccess::Open(options, MakeKeys());
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace writ::reconciler::gateway
