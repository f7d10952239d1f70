// Apps, keys, schemas and client secrets over HTTP: S-01, S-02, S-04, S-07,
// S-10, S-11, S-13…S-15.
#include <string>
#include <utility>
#include <vector>

#include "tests/reconciler/gateway/management/management_fixture.h"

namespace writ::reconciler::gateway {
namespace {

// S-11, S-14, S-15
TEST_F(ManagementRoutes, MakeAnAppAndShowItsKeyOnce) {
  const Value made = Make();
  const std::string key(made.FindString("apiKey"));
  EXPECT_EQ(key.substr(0, 10), "vela_live_");
  EXPECT_EQ(key.size(), 58U);
  EXPECT_EQ(VerdictOf(key), Verdict::kValid);
  const Value* app = made.Find("app");
  EXPECT_EQ(app->FindString("slug"), "order-service");
  EXPECT_EQ(app->FindString("name"), "Order Service");
  EXPECT_EQ(app->FindString("apiKeyHint"), key.substr(0, 14) + "...");

  const HttpResponse list = Call("GET", "/v1/apps");
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.body.find(key), std::string::npos);
  EXPECT_NE(list.body.find("\"order-service\""), std::string::npos);
  for (const std::string& path :
       {std::string("/v1/apps/order-service"),
        "/v1/apps/" + std::string(app->FindString("id"))}) {
    EXPECT_EQ(Json(Call("GET", path), 200).FindString("slug"), "order-service");
  }
  EXPECT_EQ(AuditText().find(key.substr(14)), std::string::npos);
  // Unmanaged: no repository owns it.
  EXPECT_FALSE(store_->ReadStored(Id("App/order-service")).value()->live.owner);
  EXPECT_EQ(Call("POST", "/v1/apps", R"({"name":"order service"})").status,
            409);
}

// S-13
TEST_F(ManagementRoutes, RotatingAKeyRevokesTheOldOneAtOnce) {
  const std::string old(Make().FindString("apiKey"));
  const std::string path = "/v1/apps/order-service/keys/rotate";
  for (int i = 0; i < 3; ++i) {
    const Value rotated = Json(Call("POST", path), 201);
    const std::string key(rotated.FindString("apiKey"));
    EXPECT_EQ(VerdictOf(key), Verdict::kValid);
    EXPECT_EQ(VerdictOf(old), Verdict::kRevoked);
    EXPECT_EQ(rotated.Find("app")->FindString("apiKeyHint"),
              key.substr(0, 14) + "...");
  }
}

TEST_F(ManagementRoutes, RenameAndDeleteWhatNoManifestDeclares) {
  const std::string key(Make().FindString("apiKey"));
  const std::string path = "/v1/apps/order-service";
  EXPECT_EQ(
      Json(Call("PATCH", path, R"({"name":"Orders"})"), 200).FindString("name"),
      "Orders");
  EXPECT_EQ(Call("PATCH", path, R"({"nmae":"x"})").status, 400);
  const HttpResponse gone = Call("DELETE", path);
  EXPECT_EQ(gone.status, 204);
  EXPECT_TRUE(gone.body.empty());
  EXPECT_EQ(Call("GET", path).status, 404);
  EXPECT_EQ(VerdictOf(key), Verdict::kRevoked);
}

// S-07
TEST_F(ManagementRoutes, KeepEventSchemas) {
  Make();
  const std::string path = "/v1/apps/order-service/schemas";
  const std::string body =
      R"({"eventName":"order.placed","fields":[{"id":"f1","name":"orderId",)"
      R"("type":"string","required":true}]})";
  const Value made = Json(Call("POST", path, body), 201);
  EXPECT_EQ(made.FindString("eventName"), "order.placed");
  EXPECT_EQ(Call("POST", path, body).status, 409);
  EXPECT_EQ(Call("POST", path, R"({"eventName":"a","fields":[{"name":"x",
      "type":"strin"}]})")
                .status,
            400);
  EXPECT_EQ(Json(Call("GET", path), 200).AsList().size(), 1U);
  const Value shown =
      Json(Call("GET", path + "/by-event-name/order.placed"), 200);
  EXPECT_EQ(shown.FindString("id"), made.FindString("id"));
  const std::string one = path + "/" + std::string(made.FindString("id"));
  EXPECT_EQ(Json(Call("PATCH", one, R"({"description":"placed"})"), 200)
                .FindString("description"),
            "placed");
  EXPECT_EQ(Call("PATCH", one, R"({"eventName":"other"})").status, 400);
  EXPECT_EQ(Call("DELETE", one).status, 204);
  EXPECT_EQ(Call("GET", path + "/by-event-name/order.placed").status, 404);
}

// S-02, S-04
TEST_F(ManagementRoutes, MakeListAndRevokeClientSecrets) {
  const Value made = Json(
      Call("POST", "/v1/client-secrets", R"({"label":"Production CI"})"), 201);
  const std::string value(made.FindString("clientSecret"));
  EXPECT_EQ(value.substr(0, 8), "vela_cs_");
  EXPECT_EQ(VerdictOf(value), Verdict::kValid);
  const HttpResponse list = Call("GET", "/v1/client-secrets");
  EXPECT_NE(list.body.find(std::string(made.FindString("id"))),
            std::string::npos);
  EXPECT_EQ(list.body.find(value), std::string::npos);
  const std::string one =
      "/v1/client-secrets/" + std::string(made.FindString("id"));
  EXPECT_EQ(Call("DELETE", one, "", "other").status, 404);
  EXPECT_EQ(Call("DELETE", one).status, 204);
  EXPECT_EQ(VerdictOf(value), Verdict::kRevoked);
}

// What git owns is refused with where it is declared, unless the app allows.
TEST_F(ManagementRoutes, LeaveToGitWhatGitDeclares) {
  const HttpResponse refused =
      Call("PATCH", "/v1/apps/orders", R"({"name":"Mine"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("is declared by"), std::string::npos);
  EXPECT_EQ(Call("DELETE", "/v1/apps/orders").status, 409);
  Declare("App/orders", "Workspace/acme",
          R"({"workspace":"acme","managementWrites":"allow"})");
  EXPECT_EQ(Call("PATCH", "/v1/apps/orders", R"({"name":"Mine"})").status, 200);
  const StoredResource changed = **store_->ReadStored(Id("App/orders"));
  EXPECT_TRUE(changed.live.owner);
  EXPECT_FALSE(changed.settled);
  EXPECT_NE(changed.live.applied.find("managementWrites"), std::string::npos);
  EXPECT_EQ(changed.live.applied.find("Mine"), std::string::npos);
}

// S-01, S-10: every class of credential, own and foreign tenants.
TEST_F(ManagementRoutes, TakeClientSecretsOfTheirOwnWorkspaceAlone) {
  const std::vector<std::pair<std::string, std::string>> paths = {
      {"GET", "/v1/apps"},
      {"GET", "/v1/apps/orders"},
      {"POST", "/v1/apps/orders/keys/rotate"},
      {"GET", "/v1/apps/orders/schemas"},
      {"GET", "/v1/client-secrets"}};
  for (const auto& [method, path] : paths) {
    EXPECT_EQ(Call(method, path, "", "").status, 401) << path;
    EXPECT_EQ(Call(method, path, "", "nobody").status, 401) << path;
    EXPECT_EQ(Call(method, path, "", "revoked").status, 401) << path;
    EXPECT_EQ(Call(method, path, "", "app-key").status, 403) << path;
    const bool is_list = path == "/v1/apps" || path == "/v1/client-secrets";
    const HttpResponse foreign = Call(method, path, "", "other");
    EXPECT_EQ(foreign.status, is_list ? 200 : 404) << path;
    if (is_list) {
      EXPECT_EQ(foreign.body, "[]") << path;
    }
  }
}

}  // namespace
}  // namespace writ::reconciler::gateway
