#include "reconciler/gateway/openapi.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "schema/json.h"
#include "schema/value.h"

namespace writ::reconciler::gateway {
namespace {

std::vector<Route> Routes() {
  return {{"GET", "/healthz", nullptr, "Alive", true},
          {"GET", "/v1/apps/{app}/rules/{rule}"},
          {"DELETE", "/v1/apps/{app}/rules/{rule}", nullptr, "Delete it"},
          {"POST", "/v1/ingest", nullptr, "Take events"}};
}

TEST(OpenApi, NamesEveryRouteAndNoOther) {
  const auto document = ParseJson(OpenApiDocument(Routes()));
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->FindString("openapi"), "3.1.0");
  std::set<std::string> named;
  for (const auto& path : document->Find("paths")->AsMap()) {
    for (const auto& operation : path.value.AsMap()) {
      named.insert(operation.key + " " + path.key);
    }
  }
  EXPECT_EQ(named,
            (std::set<std::string>{
                "get /healthz", "get /v1/apps/{app}/rules/{rule}",
                "delete /v1/apps/{app}/rules/{rule}", "post /v1/ingest"}));
}

TEST(OpenApi, SaysWhatTheTableSays) {
  const auto document = ParseJson(OpenApiDocument(Routes()));
  ASSERT_TRUE(document.has_value());
  const Value& paths = *document->Find("paths");
  const Value& remove =
      *paths.Find("/v1/apps/{app}/rules/{rule}")->Find("delete");
  EXPECT_EQ(remove.FindString("summary"), "Delete it");
  EXPECT_EQ(remove.FindString("operationId"), "deleteV1AppsAppRulesRule");
  EXPECT_EQ(remove.Find("security"), nullptr);
  const auto& parameters = remove.Find("parameters")->AsList();
  ASSERT_EQ(parameters.size(), 2U);
  EXPECT_EQ(parameters[0].FindString("name"), "app");
  EXPECT_EQ(parameters[1].FindString("name"), "rule");
  const Value& health = *paths.Find("/healthz")->Find("get");
  EXPECT_TRUE(health.Find("security")->AsList().empty());
  EXPECT_EQ(health.Find("requestBody"), nullptr);
  EXPECT_NE(paths.Find("/v1/ingest")->Find("post")->Find("requestBody"),
            nullptr);
}

TEST(OpenApi, NamesTheMethodsOfARouteThatTakesAny) {
  const std::vector<Route> routes = {Route{"*", "/authz/**"}};
  const auto document = ParseJson(OpenApiDocument(routes));
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->Find("paths")->Find("/authz/**")->AsMap().size(), 5U);
}

TEST(OpenApi, RefersToNothingThatIsNotThere) {
  const auto document = ParseJson(OpenApiDocument(Routes()));
  ASSERT_TRUE(document.has_value());
  EXPECT_NE(document->FindPath("components.responses.Problem"), nullptr);
  EXPECT_NE(document->FindPath("components.schemas.Problem"), nullptr);
  EXPECT_NE(document->FindPath("components.securitySchemes.bearer"), nullptr);
}

}  // namespace
}  // namespace writ::reconciler::gateway
