// How far a client secret reaches in a state with several workspaces: what it
// reads, plans, applies and has carried out belongs to its own.
#include <algorithm>
#include <string>
#include <vector>

#include "tests/reconciler/gateway/state/remote_state_fixture.h"

namespace writ::reconciler::gateway {
namespace {

class WorkspaceRights : public RemoteStateRoutes {
 protected:
  void SetUp() override {
    RemoteStateRoutes::SetUp();
    known_.Add("rival", "clientSecret", "uid of Workspace/rival");
    known_.Add("states", "clientSecret", "", "", Verdict::kValid,
               ResourceId("State", "production"));
  }
  void DeclareRival() {
    Declare("Workspace/rival", "", R"({"displayName":"Rival Inc"})");
    Declare("App/rival-app", "Workspace/rival", R"({"workspace":"rival"})");
    Declare("Token/rival-app/key", "App/rival-app",
            R"({"type":"apiKey","app":"rival-app"})");
    Declare("Policy/everywhere", "", "{}");
  }

  // Manifests of what is to be there beside what nobody declares.
  SentPlan SentWith(const std::string& documents) {
    SentPlan plan;
    plan.files = {{"writ.yaml", kWritYaml}, {"more.yaml", documents}};
    plan.commit.id = std::string(40, 'a');
    return plan;
  }
  static std::string AppIn(const std::string& workspace,
                           const std::string& name) {
    return "---\napiVersion: writ/v1\nkind: App\nmetadata: {name: " + name +
           "}\nspec: {workspace: " + workspace + "}\n";
  }
  // What a plan is refused for; empty: it isn't.
  std::vector<std::string> Beyond(const SentPlan& plan,
                                  const std::string& token) {
    const HttpResponse response = PostPlan(plan, token);
    if (response.status == 201) return {};
    EXPECT_EQ(response.status, 403) << response.body;
    const Value problem = Json(response);
    EXPECT_EQ(problem.FindString("code"), "permission");
    EXPECT_NE(problem.FindString("remedy"), "");
    std::vector<std::string> addresses;
    const Value* list = problem.Find("addresses");
    if (list == nullptr || !list->IsList()) return {"none named"};
    for (const Value& address : list->AsList()) {
      addresses.push_back(address.AsString());
      EXPECT_NE(problem.FindString("detail").find(address.AsString()),
                std::string::npos);
    }
    return addresses;
  }
  using Addresses = std::vector<std::string>;
};

TEST_F(WorkspaceRights, AreAllOfAStateWithOneWorkspace) {
  EXPECT_EQ(Beyond(SentWith(AppIn("acme", "billing")), "secret"), Addresses());
  // The second one may be made by the first.
  EXPECT_EQ(Beyond(Sent(), "secret"), Addresses());
}

TEST_F(WorkspaceRights, PlanWhatIsOnesOwn) {
  DeclareRival();
  const SentPlan own = SentWith(AppIn("acme", "billing"));
  EXPECT_EQ(Beyond(own, "secret"), Addresses());
  EXPECT_EQ(Beyond(own, "states"), Addresses());
  // The app's own key comes with it.
  EXPECT_EQ(Beyond(own, "rival"),
            (Addresses{"App/billing", "Token/billing/default"}));
  EXPECT_EQ(Beyond(Sent(), "secret"),
            (Addresses{"Workspace/billing-ws", "App/billing",
                       "Token/billing/default"}));
  EXPECT_EQ(Beyond(Sent(), "states"), Addresses());
}

TEST_F(WorkspaceRights, EndWhereNoWorkspaceIs) {
  DeclareRival();
  const SentPlan plan = SentWith(
      "apiVersion: writ/v1\nkind: Policy\nmetadata: {name: nothing-new}\n"
      "spec:\n  match: {kinds: [App], actions: [delete]}\n  validations:\n"
      "    - {name: never, expression: 'false', message: never}\n");
  EXPECT_EQ(Beyond(plan, "secret"), Addresses{"Policy/nothing-new"});
  EXPECT_EQ(Beyond(plan, "states"), Addresses());
}

// What is another's is neither taken nor moved, deleted or handed over.
TEST_F(WorkspaceRights, ReachNothingThatIsAnothers) {
  DeclareRival();
  const std::string adopt =
      "apiVersion: writ/v1\nkind: App\nmetadata: {name: rival-app}\n"
      "lifecycle: {adopt: true}\nspec: {workspace: ";
  for (const char* workspace : {"rival", "acme"}) {
    const Addresses beyond =
        Beyond(SentWith(adopt + workspace + "}\n"), "secret");
    EXPECT_EQ(std::count(beyond.begin(), beyond.end(), "App/rival-app"), 1)
        << workspace;
  }
  const std::string digest(
      Json(PostPlan(SentWith(AppIn("rival", "more")), "rival"))
          .FindString("digest"));
  const std::vector<Value> lines =
      LinesOf(Call("POST", "/v1/plans/" + digest + "/apply", "", "rival"));
  EXPECT_EQ(lines.back().FindString("outcome"), "complete");
  // It is gone from the manifests: a delete.
  EXPECT_EQ(Beyond(SentWith(AppIn("acme", "billing")), "secret"),
            (Addresses{"Token/more/default", "App/more"}));
}

// The rights are those at the time of the apply.
TEST_F(WorkspaceRights, AreLookedAtAgainByTheApply) {
  const std::string digest(
      Json(PostPlan(Sent(), "secret")).FindString("digest"));
  ASSERT_EQ(digest.size(), 64u);
  DeclareRival();
  const HttpResponse refused =
      Call("POST", "/v1/plans/" + digest + "/apply", "", "secret");
  EXPECT_EQ(refused.status, 403) << refused.body;
  EXPECT_EQ(Json(refused).Find("addresses")->AsList().size(), 3u);
  EXPECT_FALSE(store_->ReadStored(Id("App/billing")).value());
}

TEST_F(WorkspaceRights, ReadWhatIsOnesOwnOrNobodys) {
  const auto read = [&](const char* token) {
    const HttpResponse response = Call("GET", "/v1/state", "", token);
    EXPECT_EQ(response.status, 200) << response.body;
    return response.body;
  };
  const auto holds = [](const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  };
  EXPECT_EQ(read("secret"), read("rival")) << "there is one alone";
  DeclareRival();
  const std::string acme = read("secret");
  EXPECT_TRUE(holds(acme, "App/orders"));
  EXPECT_TRUE(holds(acme, "Policy/everywhere"));
  EXPECT_FALSE(holds(acme, "rival"));
  EXPECT_FALSE(holds(acme, "Rival Inc"));
  const std::string rival = read("rival");
  EXPECT_TRUE(holds(rival, "App/rival-app"));
  EXPECT_TRUE(holds(rival, "Policy/everywhere"));
  EXPECT_FALSE(holds(rival, "App/orders"));
  EXPECT_FALSE(holds(rival, "Workspace/acme"));
  EXPECT_FALSE(holds(rival, "Token/acme/"));
  const std::string all = read("states");
  EXPECT_TRUE(holds(all, "App/orders"));
  EXPECT_TRUE(holds(all, "App/rival-app"));
}

// One's versions are nothing to another.
TEST_F(WorkspaceRights, TellChangesOfWhatIsOnesOwn) {
  DeclareRival();
  const auto version = [&](const char* token) {
    return std::string(
        Json(Call("GET", "/v1/state", "", token)).FindString("version"));
  };
  const std::string acme = version("secret");
  const std::string rival = version("rival");
  EXPECT_NE(acme, rival);
  Declare("App/rival-more", "Workspace/rival", R"({"workspace":"rival"})");
  const Value to_acme =
      Json(Call("GET", "/v1/state?since=" + acme, "", "secret"));
  EXPECT_EQ(to_acme.FindString("since"), acme);
  EXPECT_TRUE(to_acme.FindPath("tables.resources.rows")->AsList().empty());
  const Value to_rival =
      Json(Call("GET", "/v1/state?since=" + rival, "", "rival"));
  EXPECT_EQ(to_rival.FindString("since"), rival);
  EXPECT_EQ(to_rival.FindPath("tables.resources.rows")->AsList().size(), 1u);
  // Nor is it told of by another's version.
  const Value whole =
      Json(Call("GET", "/v1/state?since=" + rival, "", "secret"));
  EXPECT_EQ(whole.Find("since"), nullptr);
}

// T-20
TEST_F(WorkspaceRights, RememberTheVersionsOfSoManyWorkspaces) {
  DeclareRival();
  const std::string first(
      Json(Call("GET", "/v1/state", "", "secret")).FindString("version"));
  const auto is_remembered = [&] {
    return Json(Call("GET", "/v1/state?since=" + first, "", "secret"))
               .Find("since") != nullptr;
  };
  EXPECT_TRUE(is_remembered());
  for (std::size_t i = 0; i < Snapshots::kMaxViews; ++i) {
    const std::string token = "other-" + std::to_string(i);
    known_.Add(token, "clientSecret", "uid of Workspace/" + token);
    EXPECT_EQ(Call("GET", "/v1/state", "", token).status, 200);
  }
  EXPECT_FALSE(is_remembered());
}

TEST_F(WorkspaceRights, HaveCommandsCarriedOutWithinThem) {
  const std::string body = R"({"arguments":{"A":"b"}})";
  EXPECT_EQ(Call("POST", "/v1/commands/echo", body, "secret").status, 200);
  const HttpResponse refused = Call("POST", "/v1/commands/echo", body, "rival");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Json(refused).FindString("detail"), "that isn't yours");
  EXPECT_EQ(Json(refused).FindString("remedy"), "ask whose it is");
}

}  // namespace
}  // namespace writ::reconciler::gateway
