// A project over HTTP: S-20…S-26, S-42, S-46, through the routes.
#include "reconciler/gateway/projects/projects.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "reconciler/gateway/projects/project_access.h"
#include "tests/reconciler/gateway/ask.h"
#include "tests/reconciler/gateway/known_keys.h"
#include "tests/reconciler/secrets/secrets_fixture.h"

namespace writ::reconciler::gateway {
namespace {

class Uses final : public UseSink {
 public:
  void Record(Use use) override { taken.push_back(std::move(use)); }
  std::vector<Use> taken;
};

class ProjectRoutes : public SecretsTest {
 protected:
  void SetUp() override {
    SecretsTest::SetUp();
    PutAll(*store_, {MakeResource("Workspace/acme")});
    Declare("Secret/payments/LIMIT", R"({"project":"payments",
        "type":"number","environments":["prod"]})");
    Declare("Secret/payments/FLAGS", R"({"project":"payments","type":"json"})");
    const auto uid = [&](const char* address) {
      return store_->ReadStored(Id(address)).value()->live.uid;
    };
    keys_.Add("viewer", "projectKey", uid("Project/payments"), "VIEWER");
    keys_.Add("member", "projectKey", uid("Project/payments"), "MEMBER");
    keys_.Add("other", "projectKey", uid("Project/platform"), "MEMBER");
    keys_.Add("revoked", "projectKey", uid("Project/payments"), "MEMBER",
              Verdict::kRevoked);
    keys_.Add("elsewhere", "projectKey", uid("Project/payments"), "MEMBER",
              Verdict::kWrongAddress);
    keys_.Add("account", "accountToken", uid("Workspace/acme"));
    keys_.Add("app", "apiKey", "uid of an app");
    ProjectsOptions options;
    options.store.folder = folder_ / "state";
    options.store.clock = &clock_;
    options.store.random = &chance_;
    options.store.variable = [](const char*) {
      return std::optional<std::string>();
    };
    options.authenticator = &keys_;
    options.uses = &uses_;
    auto projects = Projects::Open(std::move(options), *ring_);
    ASSERT_TRUE(projects) << Describe(projects.error());
    projects_ = *std::move(projects);
    router_.emplace(*Router::Create(projects_->routes()));
  }

  HttpResponse Call(const std::string& method, const std::string& path,
                    const std::string& token, const std::string& body = {},
                    const std::string& query = {}) {
    HttpRequest request;
    request.id = "r-1";
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = body;
    if (!token.empty()) {
      request.headers.push_back({"Authorization", "Bearer " + token});
    }
    HttpResponse response = Ask(*router_, std::move(request));
    EXPECT_TRUE(IsNoStore(response)) << path;
    return response;
  }
  static bool IsNoStore(const HttpResponse& response) {
    for (const HttpHeader& header : response.headers) {
      if (header.name == "Cache-Control" && header.value == "no-store") {
        return true;
      }
    }
    return false;
  }
  // "403 auth/insufficient_role"
  std::string Told(const HttpResponse& response) {
    const auto body = ParseJson(response.body);
    if (!body) return response.body;
    if (response.status >= 400) {
      EXPECT_EQ(body->FindString("requestId"), "r-1");
    }
    return std::to_string(response.status) + " " +
           std::string(body->FindString("code"));
  }
  HttpResponse Config(const std::string& token,
                      const std::string& query = "environment=prod") {
    return Call("GET", kPath + "/config", token, {}, query);
  }
  HttpResponse Put(const std::string& secrets,
                   const std::string& environment = "prod",
                   const std::string& token = "member") {
    return Call("PUT", kPath + "/secrets", token,
                R"({"environment":")" + environment + R"(","secrets":)" +
                    secrets + "}");
  }

  inline static const std::string kPath = "/v1/projects/payments";
  KnownKeys keys_;
  Uses uses_;
  std::unique_ptr<Projects> projects_;
  std::optional<Router> router_;
};

// S-21, S-46
TEST_F(ProjectRoutes, GiveTypedValuesToWhoeverReads) {
  const HttpResponse written =
      Put(R"({"SLACK_URL":"canary-7d1f-value","LIMIT":12,"FLAGS":{"a":[1]}})");
  EXPECT_EQ(written.status, 200) << written.body;
  EXPECT_EQ(written.body, R"({"changed":["SLACK_URL","LIMIT","FLAGS"],)"
                          R"("environment":"prod","versions":)"
                          R"({"FLAGS":1,"LIMIT":1,"SLACK_URL":1}})");
  const HttpResponse read = Config("viewer");
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(
      read.body,
      R"({"FLAGS":{"a":[1]},"LIMIT":12,"SLACK_URL":"canary-7d1f-value"})");
  EXPECT_EQ(Config("viewer", "environment=dev").body, "{}");
  EXPECT_EQ(Value("prod"), kCanary);
  EXPECT_EQ(Audited("secret.read"), 2);
  for (const AuditEntry& entry : Audit()) {
    EXPECT_EQ(entry.details.find("canary"), std::string::npos);
  }
}

// S-20…S-25: every class of credential at every route.
TEST_F(ProjectRoutes, LetInByCredentialAndRole) {
  struct Case {
    const char* method;
    const char* path;
    std::map<std::string, std::string> want;
  };
  const std::map<std::string, std::string> reads = {
      {"", "401 auth/missing_api_key"},
      {"nobody", "401 auth/invalid_api_key"},
      {"viewer", "200 "},
      {"member", "200 "},
      {"other", "401 auth/invalid_api_key"},
      {"revoked", "401 auth/invalid_api_key"},
      {"elsewhere", "403 auth/ip_not_allowed"},
      {"account", "403 auth/insufficient_role"},
      {"app", "403 auth/insufficient_role"}};
  auto writes = reads;
  writes["viewer"] = "403 auth/insufficient_role";
  writes["member"] = "400 request/invalid_json";
  writes["other"] = "400 request/invalid_json";
  auto lists = reads;
  lists["viewer"] = lists["member"] = lists["other"] =
      "403 auth/insufficient_role";
  lists["account"] = "200 ";
  auto makes = lists;
  makes["account"] = "400 request/invalid_json";
  const std::vector<Case> cases = {
      {"GET", "/v1/projects/payments/schema", reads},
      {"PUT", "/v1/projects/payments/schema", writes},
      {"PUT", "/v1/projects/payments/secrets", writes},
      {"DELETE", "/v1/projects/payments/secrets", writes},
      {"GET", "/v1/projects", lists},
      {"POST", "/v1/projects", makes}};
  for (const Case& c : cases) {
    for (const auto& [token, want] : c.want) {
      EXPECT_EQ(Told(Call(c.method, c.path, token, "no json")), want)
          << c.method << " " << c.path << " by " << token;
    }
  }
  EXPECT_EQ(Told(Call("GET", "/v1/projects/nowhere/schema", "member")),
            "401 auth/invalid_api_key");
  keys_.current = false;
  EXPECT_EQ(Told(Config("viewer")), "503 server/unavailable");
}

TEST_F(ProjectRoutes, SayWhatIsWrongWithARequest) {
  EXPECT_EQ(Told(Config("viewer", "")), "400 request/missing_environment");
  EXPECT_EQ(Told(Config("viewer", "environment=qa")),
            "404 environment/unknown");
  EXPECT_EQ(Told(Config("viewer", "environment=dev&environment=prod")),
            "400 request/invalid_query");
  EXPECT_EQ(Told(Put("{}")), "400 request/invalid_body");
  EXPECT_EQ(Told(Put(R"({"NOBODY":"x"})")), "400 key/unknown");
  EXPECT_EQ(Told(Put(R"({"LIMIT":1})", "dev")), "400 key/out_of_scope");
  EXPECT_EQ(Told(Put(R"({"LIMIT":"many"})")), "400 value/invalid");
  EXPECT_EQ(Told(Put(R"({"SLACK_URL":7})")), "400 value/invalid");
  // All or nothing: the first was good.
  EXPECT_EQ(Told(Put(R"({"SLACK_URL":"good","LIMIT":true})")),
            "400 value/invalid");
  EXPECT_EQ(Value("prod"), "not_found");
}

TEST_F(ProjectRoutes, DestroyValuesAndKeepTheKeys) {
  Put(R"({"SLACK_URL":"x"})");
  const std::string body =
      R"({"environment":"prod","keys":["SLACK_URL","FLAGS"]})";
  EXPECT_EQ(Call("DELETE", kPath + "/secrets", "member", body).body,
            R"({"environment":"prod","removed":["SLACK_URL"]})");
  EXPECT_EQ(Config("viewer").body, "{}");
  EXPECT_NE(Call("GET", kPath + "/schema", "viewer").body.find("SLACK_URL"),
            std::string::npos);
}

TEST_F(ProjectRoutes, TakeASchemaThatOnlyAdds) {
  const auto schema = [&] {
    return *ParseJson(Call("GET", kPath + "/schema", "viewer").body);
  };
  const std::int64_t before = schema().Find("version")->AsInteger();
  const HttpResponse added =
      Call("PUT", kPath + "/schema", "member",
           R"({"keys":{"NEW":{"type":"boolean","scopes":["dev"]}}})");
  EXPECT_EQ(added.status, 200) << added.body;
  const writ::Value after = schema();
  EXPECT_GT(after.Find("version")->AsInteger(), before);
  EXPECT_EQ(after.FindPath("keys.NEW")->FindString("type"), "boolean");
  EXPECT_NE(after.FindPath("keys.SLACK_URL"), nullptr);
  // The same again changes nothing.
  Call("PUT", kPath + "/schema", "member",
       R"({"keys":{"NEW":{"type":"boolean","scopes":["dev"]}}})");
  EXPECT_EQ(schema().Find("version")->AsInteger(),
            after.Find("version")->AsInteger());
  const HttpResponse retyped = Call("PUT", kPath + "/schema", "member",
                                    R"({"keys":{"NEW":{"type":"string"}}})");
  EXPECT_EQ(retyped.status, 200) << retyped.body;
  EXPECT_EQ(schema().FindPath("keys.NEW")->FindString("type"), "string");

  const auto refused = [&](const std::string& body) {
    return Told(Call("PUT", kPath + "/schema", "member", body));
  };
  EXPECT_EQ(refused(R"({"version":1,"keys":{}})"),
            "409 schema/version_conflict");
  EXPECT_EQ(refused(R"({"keys":{"lower":{"type":"string"}}})"),
            "400 schema/invalid");
  EXPECT_EQ(refused(R"({"keys":{"K":{"type":"date"}}})"), "400 schema/invalid");
  EXPECT_EQ(refused(R"({"keys":{"K":{"type":"json","scopes":["qa"]}}})"),
            "400 schema/invalid");
  EXPECT_EQ(refused(R"({"environments":["qa"],"keys":{}})"),
            "409 environment/unknown");
}

// What git owns is changed in git: the answer names the file.
TEST_F(ProjectRoutes, LeaveToGitWhatGitDeclares) {
  const HttpResponse refused =
      Call("PUT", kPath + "/schema", "member",
           R"({"keys":{"SLACK_URL":{"type":"number"}}})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("is declared by shop"), std::string::npos);
}

// Of a project that no manifest declares; contracts, section 2.3.
TEST_F(ProjectRoutes, AddRenameAndRemoveEnvironments) {
  ASSERT_EQ(
      Call("POST", "/v1/projects", "account", R"({"name":"billing"})").status,
      201);
  keys_.Add("billing", "projectKey",
            store_->ReadStored(Id("Project/billing")).value()->live.uid,
            "MEMBER");
  const std::string path = "/v1/projects/billing/environments";
  const auto told = [&](const std::string& method, const std::string& token,
                        const std::string& body) {
    return Told(Call(method, path, token, body));
  };
  const HttpResponse added = Call("POST", path, "billing", R"({"name":"qa"})");
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_NE(added.body.find(R"(["dev","prod","qa","staging"])"),
            std::string::npos)
      << added.body;
  EXPECT_EQ(told("POST", "billing", R"({"name":"qa"})"),
            "409 environment/exists");
  for (const char* name : {"", "all", "QA", "9a", "a b"}) {
    EXPECT_EQ(
        told("POST", "billing", R"({"name":")" + std::string(name) + R"("})"),
        "400 environment/invalid_name");
  }
  ASSERT_EQ(Call("PUT", "/v1/projects/billing/schema", "billing",
                 R"({"keys":{"A":{"type":"string","scopes":["qa"]},)"
                 R"("B":{"type":"string"}}})")
                .status,
            200);
  // A key is for it; by its new name afterwards.
  EXPECT_EQ(told("DELETE", "account", R"({"name":"qa"})"),
            "409 environment/not_empty");
  EXPECT_EQ(told("PATCH", "account", R"({"name":"qa","to":"dev"})"),
            "409 environment/exists");
  EXPECT_EQ(told("PATCH", "account", R"({"name":"no","to":"x"})"),
            "404 environment/unknown");
  EXPECT_EQ(told("PATCH", "account", R"({"name":"qa","to":"test"})"), "200 ");
  const HttpResponse schema =
      Call("GET", "/v1/projects/billing/schema", "billing");
  EXPECT_NE(schema.body.find(R"("scopes":["test"])"), std::string::npos)
      << schema.body;
  EXPECT_EQ(told("DELETE", "account", R"({"name":"staging"})"), "200 ");
  // Values are sealed for their environment.
  ASSERT_EQ(Call("PUT", "/v1/projects/billing/secrets", "billing",
                 R"({"environment":"prod","secrets":{"B":"x"}})")
                .status,
            200);
  EXPECT_EQ(told("PATCH", "account", R"({"name":"prod","to":"live"})"),
            "409 environment/not_empty");
  EXPECT_EQ(told("DELETE", "account", R"({"name":"prod"})"),
            "409 environment/not_empty");
  EXPECT_EQ(told("DELETE", "billing", R"({"name":"dev"})"),
            "403 auth/insufficient_role");
}

TEST_F(ProjectRoutes, LeaveEnvironmentsToGitWhereGitDeclaresTheProject) {
  const HttpResponse refused =
      Call("POST", kPath + "/environments", "member", R"({"name":"qa"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("is declared by shop"), std::string::npos);
}

// S-24: never a value.
TEST_F(ProjectRoutes, ShowProjectsToAccountTokens) {
  const HttpResponse made =
      Call("POST", "/v1/projects", "account", R"({"name":"billing"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_NE(Call("GET", "/v1/projects", "account").body.find("\"billing\""),
            std::string::npos);
  EXPECT_EQ(
      Told(Call("POST", "/v1/projects", "account", R"({"name":"billing"})")),
      "409 project/exists");
  EXPECT_EQ(Told(Call("POST", "/v1/projects", "account", R"({"name":""})")),
            "400 request/invalid_body");
}

// T-09: refused tries of a known credential are use too.
TEST_F(ProjectRoutes, RecordWhoAsked) {
  Config("viewer");
  Config("revoked");
  Config("nobody");
  ASSERT_EQ(uses_.taken.size(), 2U);
  EXPECT_EQ(uses_.taken[0].credential, "crd_viewer");
  EXPECT_FALSE(uses_.taken[0].refused);
  EXPECT_EQ(uses_.taken[0].route, "/v1/projects/{project}/config");
  EXPECT_TRUE(uses_.taken[1].refused);
}

}  // namespace
}  // namespace writ::reconciler::gateway
