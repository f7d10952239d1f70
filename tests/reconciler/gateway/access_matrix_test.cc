// Every class of credential × every endpoint × own and foreign tenant, with the
// exact status. The rows below are held against the gateway's own table: an
// endpoint without a row fails.
#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "reconciler/gateway/live_parts.h"
#include "reconciler/gateway/problem.h"
#include "tests/reconciler/credentials/credential_fixture.h"
#include "tests/reconciler/gateway/ask.h"

namespace writ::reconciler::gateway {
namespace {

enum Caller : std::size_t {
  kNobody,
  kUnknown,
  kRevoked,
  kSecret,
  kForeignSecret,
  kKey,
  kForeignKey,
  kViewer,
  kMember,
  kForeignMember,
  kAccountOwn,
  kForeignAccount,
  kToken,
  kForeignToken,
  kCallers,
};
constexpr std::array<const char*, kCallers> kNames = {
    "nobody",
    "unknown",
    "revoked",
    "client secret",
    "foreign client secret",
    "API key",
    "foreign API key",
    "project key VIEWER",
    "project key MEMBER",
    "foreign project key",
    "account token",
    "foreign account token",
    "workspace token",
    "foreign workspace token"};

using Statuses = std::array<int, kCallers>;

// For everybody alike.
constexpr Statuses Everybody(int status) {
  Statuses all{};
  for (int& each : all) each = status;
  return all;
}
// Nobody, who isn't known and who was, are 401; others 403.
constexpr Statuses Only(
    std::initializer_list<std::pair<Caller, int>> admitted) {
  Statuses all = Everybody(403);
  all[kNobody] = all[kUnknown] = all[kRevoked] = 401;
  for (const auto& [caller, status] : admitted) all[caller] = status;
  return all;
}
// Vela's management; of another workspace nothing is there.
constexpr Statuses Secret(int own, int foreign = 404) {
  return Only({{kSecret, own}, {kForeignSecret, foreign}});
}
// Vaultlier's projects: a key of another one is no key.
constexpr Statuses Project(int viewer, int member) {
  return Only({{kViewer, viewer}, {kMember, member}, {kForeignMember, 401}});
}
constexpr Statuses Account(int own, int foreign) {
  return Only({{kAccountOwn, own}, {kForeignAccount, foreign}});
}
// Of what isn't the token's own, nothing.
constexpr Statuses AnyToken(int status) {
  Statuses all = Everybody(status);
  all[kNobody] = all[kUnknown] = all[kRevoked] = 401;
  return all;
}

struct Endpoint {
  const char* method;
  const char* pattern;
  Statuses want;
  const char* body = "{}";  // # stands for the caller's number
  const char* query = "";
};

std::ostream& operator<<(std::ostream& out, const Endpoint& row) {
  return out << row.method << " " << row.pattern;
}

constexpr char kApp[] = "/v1/apps/{app}";
#define APP "/v1/apps/{app}"
#define PROJECT "/v1/projects/{project}"

// Own resources are declared by git, so that what changes them is 409.
const std::vector<Endpoint>& Endpoints() {
  static const std::vector<Endpoint> kEndpoints = {
      {"GET", "/healthz", Everybody(200)},
      {"GET", "/readyz", Everybody(200)},
      {"GET", "/metrics", Everybody(200)},
      {"GET", "/openapi.json", Everybody(200)},
      {"GET", "/authz", Only({{kToken, 200}})},
      {"*", "/authz/**", Everybody(404)},
      {"GET", "/v1/token", AnyToken(200)},
      {"DELETE", "/v1/token", AnyToken(204)},
      {"POST", "/v1/ingest", Only({{kKey, 201}, {kForeignKey, 400}}),
       R"({"event":"order.placed","level":"info","data":{}})"},
      // Each reads and plans its own (state/workspace_rights_test.cc).
      {"GET", "/v1/state", Secret(200, 200), ""},
      {"POST", "/v1/plans", Secret(400, 400), "no JSON"},
      {"POST", "/v1/plans/{digest}/apply", Secret(404)},
      {"POST", "/v1/commands/{command}", Secret(404)},
      {"POST", "/v1/leak-reports", Everybody(400), "[]"},
      {"GET", "/v1/apps", Secret(200, 200)},
      {"POST", "/v1/apps", Secret(201, 201), R"({"name":"New #"})"},
      {"GET", kApp, Secret(200)},
      {"PATCH", kApp, Secret(409)},
      {"DELETE", kApp, Secret(409)},
      {"POST", APP "/keys/rotate", Secret(201)},
      {"GET", APP "/events", Secret(200)},
      {"GET", APP "/schemas", Secret(200)},
      {"POST", APP "/schemas", Secret(201),
       R"({"eventName":"new","fields":[{"name":"a","type":"string"}]})"},
      {"GET", APP "/schemas/by-event-name/{event}", Secret(200)},
      {"PATCH", APP "/schemas/{schema}", Secret(409)},
      {"DELETE", APP "/schemas/{schema}", Secret(409)},
      {"GET", APP "/notification-rules", Secret(200)},
      {"POST", APP "/notification-rules", Secret(201),
       R"({"name":"n","eventName":"*","actions":[{"destination":"hook"}]})"},
      {"GET", APP "/notification-rules/{rule}", Secret(200)},
      {"PATCH", APP "/notification-rules/{rule}", Secret(409)},
      {"DELETE", APP "/notification-rules/{rule}", Secret(409)},
      {"GET", APP "/notification-destinations", Secret(200)},
      {"POST", APP "/notification-destinations", Secret(201),
       R"({"channel":"webhook","name":"n","url":"https://192.0.2.1/"})"},
      {"GET", APP "/notification-destinations/{destination}", Secret(200)},
      {"PATCH", APP "/notification-destinations/{destination}", Secret(409)},
      {"DELETE", APP "/notification-destinations/{destination}", Secret(409)},
      {"POST", APP "/notification-destinations/{destination}/test",
       Secret(200)},
      {"GET", APP "/notification-delivery-attempts", Secret(200)},
      {"GET", APP "/notification-delivery-attempts/dlq", Secret(200)},
      {"POST", APP "/notification-delivery-attempts/dlq/replay", Secret(200)},
      {"GET", "/v1/client-secrets", Secret(200, 200)},
      {"POST", "/v1/client-secrets", Secret(201, 201), R"({"label":"n"})"},
      {"DELETE", "/v1/client-secrets/{secret}", Secret(204)},
      {"GET", "/v1/projects", Account(200, 200)},
      {"POST", "/v1/projects", Account(201, 201), R"({"name":"new-#"})"},
      {"GET", PROJECT "/config", Project(200, 200), "", "environment=prod"},
      {"GET", PROJECT "/schema", Project(200, 200)},
      {"PUT", PROJECT "/schema", Project(403, 200), R"({"keys":{}})"},
      {"POST", PROJECT "/environments", Project(403, 409), R"({"name":"qa"})"},
      {"PATCH", PROJECT "/environments", Account(409, 401),
       R"({"name":"dev","to":"test"})"},
      {"DELETE", PROJECT "/environments", Account(409, 401),
       R"({"name":"dev"})"},
      {"PUT", PROJECT "/secrets", Project(403, 400)},
      {"DELETE", PROJECT "/secrets", Project(403, 400)},
  };
  return kEndpoints;
}

class AccessMatrix : public CredentialTest,
                     public ::testing::WithParamInterface<Endpoint> {
 protected:
  void SetUp() override {
    CredentialTest::SetUp();
    DeclareTenant("acme", "orders", "payments", "64f1a2b3c4d5e6f7a8b9c0d1");
    DeclareTenant("other", "other-app", "other-project",
                  "64f1a2b3c4d5e6f7a8b9c0d2");
    Declare("EventSchema/orders/order.placed", "App/orders",
            R"({"app":"orders","fields":[]})");
    Declare("Destination/orders/hook", "App/orders",
            R"({"app":"orders","channel":"webhook",
                "url":"https://127.0.0.1:1/"})");
    Declare("NotificationRule/orders/rule", "App/orders",
            R"({"app":"orders","event":"order.placed",
                "actions":[{"destination":"hook"}]})");
    Declare("ApiRoute/acme/inbox", "Workspace/acme",
            R"({"workspace":"acme","rules":[{"methods":["GET"],
                "path":"/inbox","scope":"inbox:read"}]})");
    IssueTokens();
    OpenGateway();
  }

  void DeclareTenant(const std::string& workspace, const std::string& app,
                     const std::string& project, const std::string& id) {
    Declare("Workspace/" + workspace, "",
            R"({"tier":"production","workspaceId":")" + id + R"("})");
    Declare("App/" + app, "Workspace/" + workspace,
            R"({"workspace":")" + workspace + R"(","slug":")" + app + R"("})");
    Declare("Project/" + project, "Workspace/" + workspace,
            R"({"workspace":")" + workspace + R"("})");
    Declare("Token/" + workspace + "/m-secret", "Workspace/" + workspace,
            R"({"type":"clientSecret"})");
    Declare("Token/" + workspace + "/m-account", "Workspace/" + workspace,
            R"({"type":"accountToken"})");
    Declare("Token/" + workspace + "/m-token", "Workspace/" + workspace,
            R"({"type":"workspaceToken","mode":"live",
                "scopes":["inbox:read"]})");
    Declare("Token/" + app + "/m-key", "App/" + app, R"({"type":"apiKey"})");
    Declare("Token/" + project + "/m-viewer", "Project/" + project,
            R"({"type":"projectKey","role":"VIEWER"})");
    Declare("Token/" + project + "/m-member", "Project/" + project,
            R"({"type":"projectKey","role":"MEMBER"})");
  }

  void IssueTokens() {
    tokens_[kUnknown] = "vela_cs_" + std::string(48, 'x');
    const auto [revoked, value] = Issue(kCi);
    EXPECT_FALSE(Revoke(revoked.id));
    tokens_[kRevoked] = value;
    const std::map<Caller, const char*> addresses = {
        {kSecret, "Token/acme/m-secret"},
        {kForeignSecret, "Token/other/m-secret"},
        {kKey, "Token/orders/m-key"},
        {kForeignKey, "Token/other-app/m-key"},
        {kViewer, "Token/payments/m-viewer"},
        {kMember, "Token/payments/m-member"},
        {kForeignMember, "Token/other-project/m-member"},
        {kAccountOwn, "Token/acme/m-account"},
        {kForeignAccount, "Token/other/m-account"},
        {kToken, "Token/acme/m-token"},
        {kForeignToken, "Token/other/m-token"}};
    for (const auto& [caller, address] : addresses) {
      const auto [record, token] = Issue(address);
      tokens_[caller] = token;
      credential_ids_[caller] = record.id;
    }
  }

  void OpenGateway() {
    LivePartsOptions options;
    options.host.trusted_proxies = {{}, "nginx"};
    options.secret_environment = "prod";
    options.variable = [](const char*) { return std::optional<std::string>(); };
    options.clock = &clock_;
    options.random = &chance_;
    auto parts = LiveParts::Open(*store_, MakeKeys(), std::move(options));
    ASSERT_TRUE(parts) << Describe(parts.error());
    parts_ = *std::move(parts);
    GatewayOptions gateway;
    gateway.state_folder = folder_ / "state";
    gateway.metrics_from = {*ParseIpNetwork("10.0.0.0/8")};
    auto opened = Gateway::Open(std::move(gateway), parts_->Parts());
    ASSERT_TRUE(opened) << Describe(opened.error());
    gateway_ = *std::move(opened);
    router_.emplace(*Router::Create(gateway_->routes()));
  }

  // The pattern with names that are there of the own tenant.
  std::string PathOf(const Endpoint& row) {
    static const std::map<std::string, std::string> kParams = {
        {"digest", "nothing"},     {"command", "nothing"},
        {"app", "orders"},         {"schema", "order.placed"},
        {"event", "order.placed"}, {"rule", "rule"},
        {"destination", "hook"},   {"project", "payments"}};
    std::string path = row.pattern;
    while (path.find('{') != std::string::npos) {
      const std::size_t begin = path.find('{');
      const std::size_t end = path.find('}', begin);
      const std::string name = path.substr(begin + 1, end - begin - 1);
      const auto found = kParams.find(name);
      std::string value = found == kParams.end() ? "" : found->second;
      if (name == "secret") value = credential_ids_[kRevoked + 1];
      EXPECT_FALSE(value.empty()) << "what stands for {" << name << "}?";
      if (value.empty()) value = "nothing";
      path.replace(begin, end - begin + 1, value);
    }
    const std::size_t rest = path.find("**");
    if (rest != std::string::npos) path.replace(rest, 2, "inbox");
    return path;
  }

  HttpResponse AskAs(std::size_t caller, const Endpoint& row) {
    HttpRequest request;
    request.method = row.method == std::string("*") ? "POST" : row.method;
    request.path = PathOf(row);
    request.query = row.query;
    request.body = row.body;
    // Names are one for all workspaces.
    const std::size_t mark = request.body.find('#');
    if (mark != std::string::npos) {
      request.body.replace(mark, 1, std::to_string(caller));
    }
    request.client = *ParseIpAddress("10.0.0.7");
    request.by_trusted_proxy = true;
    request.headers = {{"X-Original-Method", "GET"},
                       {"X-Original-URI", "/inbox"},
                       {"X-Workspace-Id", "64f1a2b3c4d5e6f7a8b9c0d1"}};
    if (!tokens_[caller].empty()) {
      request.headers.push_back({"Authorization", "Bearer " + tokens_[caller]});
    }
    return Ask(*router_, std::move(request));
  }

  std::array<std::string, kCallers> tokens_;
  std::array<std::string, kCallers> credential_ids_;
  std::unique_ptr<LiveParts> parts_;
  std::unique_ptr<Gateway> gateway_;
  std::optional<Router> router_;
};

// S-01, S-10, S-24, S-30, S-36
TEST_P(AccessMatrix, AnswersEachCallerAsItShould) {
  const Endpoint& row = GetParam();
  // From the end: who may do it comes after who may not have done it.
  std::vector<std::size_t> order;
  for (std::size_t caller = 0; caller < kCallers; ++caller) {
    if (row.want[caller] >= 400) order.push_back(caller);
  }
  for (std::size_t caller = kCallers; caller-- > 0;) {
    if (row.want[caller] < 400) order.push_back(caller);
  }
  for (const std::size_t caller : order) {
    const HttpResponse response = AskAs(caller, row);
    EXPECT_EQ(response.status, row.want[caller])
        << row << " as " << kNames[caller] << ": " << response.body;
    for (const std::string& token : tokens_) {
      if (token.empty()) continue;
      EXPECT_EQ(response.body.find(token), std::string::npos) << row;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Endpoints, AccessMatrix,
                         ::testing::ValuesIn(Endpoints()));

class AccessMatrixRows : public AccessMatrix {};

TEST_P(AccessMatrixRows, AreThoseOfTheGateway) {
  std::set<std::string> expected;
  for (const Endpoint& row : Endpoints()) {
    expected.insert(std::string(row.method) + " " + row.pattern);
  }
  std::set<std::string> served;
  for (const Route& route : gateway_->routes()) {
    served.insert(route.method + " " + route.pattern);
  }
  EXPECT_EQ(served, expected);
}

INSTANTIATE_TEST_SUITE_P(All, AccessMatrixRows,
                         ::testing::Values(Endpoints().front()));

}  // namespace
}  // namespace writ::reconciler::gateway
