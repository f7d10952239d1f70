#include "reconciler/gateway/router.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace writ::reconciler::gateway {
namespace {

using Outcome = RouteMatch::Outcome;

class NoHandler final : public HttpHandler {
 public:
  void Handle(const HttpRequest& /*request*/, Respond respond) override {
    respond({});
  }
};

class RouterTest : public ::testing::Test {
 protected:
  Route At(std::string method, std::string pattern) {
    return {std::move(method), std::move(pattern), &handler_};
  }
  Router Make(std::vector<Route> routes) {
    auto router = Router::Create(std::move(routes));
    EXPECT_TRUE(router.has_value());
    return *std::move(router);
  }

  NoHandler handler_;
};

TEST_F(RouterTest, FindsByMethodAndPath) {
  const Router router =
      Make({At("GET", "/"), At("GET", "/v1/apps"), At("POST", "/v1/apps"),
            At("GET", "/v1/apps/{app}"), At("GET", "/v1/apps/new"),
            At("DELETE", "/v1/apps/{app}/schemas/{schema}")});
  struct Case {
    const char* method;
    const char* path;
    Outcome outcome;
    const char* pattern_or_allow;
  };
  const std::vector<Case> cases = {
      {"GET", "/", Outcome::kFound, "/"},
      {"GET", "/v1/apps", Outcome::kFound, "/v1/apps"},
      {"HEAD", "/v1/apps", Outcome::kFound, "/v1/apps"},
      {"GET", "/v1/apps/new", Outcome::kFound, "/v1/apps/new"},
      {"GET", "/v1/apps/newer", Outcome::kFound, "/v1/apps/{app}"},
      {"GET", "/v1/%61pps", Outcome::kFound, "/v1/apps"},
      {"DELETE", "/v1/apps/a/schemas/b", Outcome::kFound,
       "/v1/apps/{app}/schemas/{schema}"},
      {"PUT", "/v1/apps", Outcome::kMethodNotAllowed, "GET, HEAD, POST"},
      {"HEAD", "/v1/apps/a/schemas/b", Outcome::kMethodNotAllowed, "DELETE"},
      {"get", "/v1/apps", Outcome::kMethodNotAllowed, "GET, HEAD, POST"},
      {"GET", "/v1/apps/", Outcome::kNoSuchPath, ""},
      {"GET", "/v1/Apps", Outcome::kNoSuchPath, ""},
      {"GET", "/v1", Outcome::kNoSuchPath, ""},
      {"GET", "/v1/apps/a/b", Outcome::kNoSuchPath, ""},
      {"GET", "/v1/../v1/apps", Outcome::kBadPath, ""},
      {"GET", "//v1/apps", Outcome::kBadPath, ""},
      {"GET", "/v1/apps/a%2fb", Outcome::kBadPath, ""},
      {"GET", "", Outcome::kBadPath, ""},
  };
  for (const Case& want : cases) {
    SCOPED_TRACE(std::string(want.method) + " " + want.path);
    const RouteMatch match = router.Match(want.method, want.path);
    ASSERT_EQ(match.outcome, want.outcome);
    EXPECT_EQ(match.route == nullptr ? match.allow : match.route->pattern,
              want.pattern_or_allow);
  }
}

TEST_F(RouterTest, DecodesParametersOnce) {
  const Router router = Make({At("GET", "/v1/apps/{app}/rules/{rule}")});
  const RouteMatch match =
      router.Match("GET", "/v1/apps/my%20app/rules/%C3%A9");
  ASSERT_EQ(match.outcome, Outcome::kFound);
  ASSERT_EQ(match.params.size(), 2U);
  EXPECT_EQ(match.params[0].first, "app");
  EXPECT_EQ(match.params[0].second, "my app");
  EXPECT_EQ(match.params[1].first, "rule");
  EXPECT_EQ(match.params[1].second, "\u00e9");
}

TEST_F(RouterTest, PrefersTheLiteralWhateverTheOrder) {
  const Router router =
      Make({At("GET", "/{a}/x"), At("GET", "/{a}/{b}"), At("GET", "/y/{b}")});
  EXPECT_EQ(router.Match("GET", "/y/x").route->pattern, "/y/{b}");
  EXPECT_EQ(router.Match("GET", "/z/x").route->pattern, "/{a}/x");
  EXPECT_EQ(router.Match("GET", "/z/z").route->pattern, "/{a}/{b}");
}

TEST_F(RouterTest, TakesTheRestWhereThePatternSaysSo) {
  const Router router = Make({At("*", "/authz/**"), At("GET", "/authz/{a}"),
                              At("GET", "/authz"), At("GET", "/authz/**")});
  EXPECT_EQ(router.Match("GET", "/authz").route->pattern, "/authz");
  EXPECT_EQ(router.Match("GET", "/authz/x").route->pattern, "/authz/{a}");
  EXPECT_EQ(router.Match("POST", "/authz/x/y/").route->method, "*");
  EXPECT_EQ(router.Match("GET", "/authz/x/y").route->method, "GET");
  EXPECT_EQ(router.Match("BREW", "/authz/x/y").route->pattern, "/authz/**");
  EXPECT_EQ(router.Match("POST", "/authz/x").allow, "GET, HEAD");
  EXPECT_EQ(router.Match("POST", "/other/x").outcome, Outcome::kNoSuchPath);
  EXPECT_EQ(router.Match("POST", "/authz/../x").outcome, Outcome::kBadPath);
}

TEST_F(RouterTest, RefusesTablesThatHaveTwoAnswers) {
  const std::vector<std::vector<Route>> tables = {
      {At("GET", "/a"), At("GET", "/a")},
      {At("GET", "/a/{x}"), At("GET", "/a/{y}")},
      {At("GET", "/a/{x}"), At("POST", "/a/{y}")},
      {At("GET", "a")},
      {At("GET", "/**/a")},
      {At("GET", "/a//b")},
      {{"GET", "/a", nullptr}},
  };
  for (const auto& table : tables) {
    const auto router = Router::Create(table);
    ASSERT_FALSE(router.has_value()) << table.back().pattern;
    EXPECT_EQ(router.error().code, ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
