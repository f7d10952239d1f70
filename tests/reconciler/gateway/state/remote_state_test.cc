// Remote state over HTTP: who may ask, what is told of a state, plans that are
// made again, and applies that are told line by line.
#include "reconciler/gateway/state/remote_state.h"

#include <chrono>
#include <string>
#include <vector>

#include "tests/reconciler/gateway/state/remote_state_fixture.h"
#include "tests/support/git_fixture.h"

namespace writ::reconciler::gateway {
namespace {

TEST_F(RemoteStateRoutes, AdmitClientSecretsAlone) {
  const std::vector<std::pair<std::string, std::string>> routes = {
      {"GET", "/v1/state"},
      {"POST", "/v1/plans"},
      {"POST", "/v1/plans/" + std::string(64, '0') + "/apply"},
      {"POST", "/v1/commands/echo"}};
  for (const auto& [method, path] : routes) {
    EXPECT_EQ(Call(method, path, "", "").status, 401) << path;
    EXPECT_EQ(Header(Call(method, path, "", ""), "WWW-Authenticate"),
              "Bearer realm=\"writ\"");
    EXPECT_EQ(Call(method, path, "", "unknown").status, 401) << path;
    EXPECT_EQ(Call(method, path, "", "revoked").status, 401) << path;
    EXPECT_EQ(Call(method, path, "", "app-key").status, 403) << path;
    known_.current = false;
    EXPECT_EQ(Call(method, path).status, 503) << path;
    known_.current = true;
  }
  EXPECT_EQ(Json(Call("GET", "/v1/state", "", "app-key")).FindString("code"),
            "forbidden");
}

// T-20: a body that is large is for those who have shown who they are.
TEST_F(RemoteStateRoutes, TakeLargeBodiesOfClientSecretsAlone) {
  const RouteMatch match = router_->Match("POST", "/v1/plans");
  const auto limit = [&](const std::string& token) {
    HttpRequest request;
    request.headers.push_back({"Authorization", "Bearer " + token});
    return match.route->handler->BodyLimit(request, 1000);
  };
  EXPECT_EQ(limit("secret"), PlanService::kMaxBody);
  EXPECT_EQ(limit("app-key"), 1000u);
  EXPECT_EQ(limit("unknown"), 1000u);
}

TEST_F(RemoteStateRoutes, TellTheStateOnce) {
  const HttpResponse whole = Call("GET", "/v1/state");
  ASSERT_EQ(whole.status, 200) << whole.body;
  const Value document = Json(whole);
  EXPECT_EQ(document.FindString("lineage"), store_->ReadFacts()->lineage);
  EXPECT_EQ(document.Find("since"), nullptr);
  const std::string tag = Header(whole, "ETag");
  EXPECT_EQ(tag, "\"" + std::string(document.FindString("version")) + "\"");
  for (const std::string& known : {tag, "W/" + tag}) {
    const HttpResponse same =
        Call("GET", "/v1/state", "", "secret", {{"If-None-Match", known}});
    EXPECT_EQ(same.status, 304);
    EXPECT_TRUE(same.body.empty());
    EXPECT_EQ(Header(same, "ETag"), tag);
  }
}

TEST_F(RemoteStateRoutes, TellWhatChangedSince) {
  const std::string serial = std::to_string(store_->ReadFacts()->serial);
  const Value before = Json(Call("GET", "/v1/state"));
  PutAll(*store_, {MakeResource("App/billing")});
  for (const std::string& since :
       {std::string(before.FindString("version")), serial}) {
    const Value delta = Json(Call("GET", "/v1/state?since=" + since));
    EXPECT_EQ(delta.FindString("since"), before.FindString("version"));
    EXPECT_EQ(delta.FindPath("tables.resources.rows")->AsList().size(), 1u);
  }
  for (const char* unknown : {"nothing", "99999", "other-9-00"}) {
    const Value whole =
        Json(Call("GET", std::string("/v1/state?since=") + unknown));
    EXPECT_EQ(whole.Find("since"), nullptr) << unknown;
  }
  // Another process has handed out nothing yet.
  OpenRoutes();
  const Value whole = Json(Call(
      "GET", "/v1/state?since=" + std::string(before.FindString("version"))));
  EXPECT_EQ(whole.Find("since"), nullptr);
}

TEST_F(RemoteStateRoutes, PlanWhatIsSentAndApplyIt) {
  const HttpResponse planned = PostPlan(Sent());
  ASSERT_EQ(planned.status, 201) << planned.body;
  const Value plan = Json(planned);
  const std::string digest(plan.FindString("digest"));
  EXPECT_EQ(digest.size(), 64u);
  EXPECT_EQ(Header(planned, "Location"), "/v1/plans/" + digest);
  EXPECT_EQ(plan.FindPath("plan.digest")->AsString(), digest);

  // Whose plan it is applies it.
  EXPECT_EQ(
      Call("POST", "/v1/plans/" + digest + "/apply", "", "colleague").status,
      404);
  const std::vector<Value> lines = Apply(digest);
  ASSERT_GE(lines.size(), 3u);
  EXPECT_EQ(lines.front().FindString("event"), "begin");
  EXPECT_EQ(lines.front().FindString("lease_holder"),
            "Token/payments/secret (crd_secret)");
  const Value& report = lines.back();
  EXPECT_EQ(report.FindString("event"), "report");
  EXPECT_EQ(report.FindString("outcome"), "complete");
  EXPECT_EQ(report.Find("exit_code")->AsInteger(), 0);
  EXPECT_TRUE(store_->ReadStored(Id("App/billing")).value());

  // There is nothing of it to be done twice.
  const HttpResponse again = Call("POST", "/v1/plans/" + digest + "/apply");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(Json(again).FindString("code"), "stale");
}

TEST_F(RemoteStateRoutes, ShowATokensValueToWhoAsksForIt) {
  SentPlan sent = Sent();
  const std::string digest(Json(PostPlan(sent)).FindString("digest"));
  const std::vector<Value> lines = Apply(digest, R"({"token_values":true})");
  int values = 0;
  for (const Value& line : lines) {
    if (line.FindString("event") != "token") continue;
    ++values;
    EXPECT_EQ(line.FindString("value").substr(0, 10), "vela_live_");
  }
  EXPECT_EQ(values, 1) << "an app's own key";
  EXPECT_EQ(lines.back().Find("issued")->AsList().size(), 1u);
}

TEST_F(RemoteStateRoutes, RefuseWhatDoesntHold) {
  EXPECT_EQ(Call("POST", "/v1/plans", "no JSON").status, 400);
  EXPECT_EQ(Call("POST", "/v1/plans", R"({"mode":"sideways"})").status, 400);

  SentPlan other = Sent();
  other.digest = Sha256("another plan");
  const HttpResponse stale = PostPlan(other);
  EXPECT_EQ(stale.status, 409);
  EXPECT_EQ(Json(stale).FindString("code"), "stale");

  SentPlan broken = Sent();
  broken.files["broken.yaml"] = "apiVersion: writ/v1\nkind: Nothing\n";
  const HttpResponse invalid = PostPlan(broken);
  EXPECT_EQ(invalid.status, 422);
  const Value mistakes = Json(invalid);
  EXPECT_EQ(mistakes.FindString("code"), "invalid_manifest");
  EXPECT_EQ(mistakes.Find("errors")->AsList()[0].FindString("file"),
            "broken.yaml");

  EXPECT_EQ(Call("POST", "/v1/plans/" + std::string(64, '0') + "/apply").status,
            404);
}

TEST_F(RemoteStateRoutes, ForgetPlansInTime) {
  const std::string digest(Json(PostPlan(Sent())).FindString("digest"));
  clock_.Advance(PlanService::kKeptFor);
  EXPECT_EQ(Call("POST", "/v1/plans/" + digest + "/apply").status, 404);
}

// T-20
TEST_F(RemoteStateRoutes, RememberSoManyPlans) {
  const std::string first(Json(PostPlan(Sent())).FindString("digest"));
  for (std::size_t i = 0; i < PlanService::kMaxPlans; ++i) {
    SentPlan plan = Sent();
    plan.files["more.yaml"] = AppText("more-" + std::to_string(i));
    EXPECT_EQ(PostPlan(plan).status, 201);
  }
  EXPECT_EQ(Call("POST", "/v1/plans/" + first + "/apply").status, 404);
}

// T-03: a sender's word for what a commit holds isn't taken where the host
// file says what may be applied.
TEST_F(RemoteStateRoutes, BelieveNoCommitWhereTheHostFileNamesARef) {
  WriteHostFile(
      "  environments:\n    production: {applyFrom: refs/heads/main}\n");
  OpenRoutes();
  SentPlan plan = Sent();
  plan.request.environment = "production";
  const HttpResponse refused = PostPlan(plan);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Json(refused).FindString("code"), "untrusted");
  plan.request.environment = "";
  EXPECT_EQ(PostPlan(plan).status, 403) << "the default one";
}

TEST_F(RemoteStateRoutes, CarryCommandsOut) {
  const HttpResponse answer =
      Call("POST", "/v1/commands/echo",
           R"({"arguments":{"A":"b"},"input":"typed","width":7,"color":true})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const std::vector<Value> lines = LinesOf(answer);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].FindString("event"), "out");
  EXPECT_EQ(lines[0].FindString("text"), R"({"A":"b"})");
  EXPECT_EQ(lines[1].FindString("event"), "err");
  EXPECT_EQ(lines[1].FindString("text"),
            "Token/payments/secret (crd_secret) 20 in colour");
  EXPECT_EQ(lines[2].FindString("value"), "typed");
  EXPECT_EQ(lines[3].FindString("event"), "end");
  EXPECT_EQ(lines[3].Find("exit_code")->AsInteger(), 5);

  EXPECT_EQ(Call("POST", "/v1/commands/state.rm", "{}").status, 404);
  EXPECT_EQ(Call("POST", "/v1/commands/echo", "[]").status, 400);
  EXPECT_EQ(Call("POST", "/v1/commands/echo", "{}").status, 400);
}

TEST_F(RemoteStateRoutes, SayWhoHoldsTheLease) {
  const std::string digest(Json(PostPlan(Sent())).FindString("digest"));
  const auto lease = store_->AcquireLease("ana@runner-4", "apply",
                                          std::chrono::minutes(5), {});
  ASSERT_TRUE(lease);
  const HttpResponse locked = Call("POST", "/v1/plans/" + digest + "/apply");
  EXPECT_EQ(locked.status, 503);
  EXPECT_EQ(Json(locked).FindString("code"), "locked");
  EXPECT_NE(locked.body.find("ana@runner-4"), std::string::npos);
}

// T-05: where trust begins stands in the gateway's own host file.
TEST_F(RemoteStateRoutes, JudgesTrustByTheGatewaysHostFile) {
  writ::testing::GitFixture git;
  std::string writ_yaml = kWritYaml;
  const std::string state = "{state: \"sqlite:state\"}";
  writ_yaml.replace(writ_yaml.find(state), state.size(),
                    "{state: \"sqlite:state\", trust: {mode: head, "
                    "allowedSigners: .writ/allowed_signers}}");
  git.Write("writ.yaml", writ_yaml);
  git.Write(
      ".writ/allowed_signers",
      "ana@acme.example ssh-ed25519 "
      "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n");
  const std::string root = git.Commit("Ask for signatures");
  git.Write("billing.yaml", AppText("billing"));
  SentPlan sent = Sent();
  sent.digest.reset();
  sent.commit.id = git.Commit("Add billing");
  options_.repository = git.repository().string();
  WriteHostFile(
      "  environments: {production: {applyFrom: refs/heads/main, trustRoot: " +
      root + "}}\n");
  OpenRoutes();
  const HttpResponse planned = Call("POST", "/v1/plans", PrintSentPlan(sent));
  ASSERT_EQ(planned.status, 201) << planned.body;
  EXPECT_NE(planned.body.find("carries no signature"), std::string::npos)
      << planned.body;
  EXPECT_EQ(planned.body.find("--trust-root COMMIT"), std::string::npos)
      << planned.body;
}

}  // namespace
}  // namespace writ::reconciler::gateway
