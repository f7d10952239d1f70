// writ token usage, writ token suggest, and what plans and policies see of use,
// on a state that a gateway has recorded use for: T-12, T-16.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "reconciler/events/use_records.h"
#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

constexpr char kReader[] = "Token/acme/reader";

constexpr std::string_view kTokens = R"(apiVersion: writ/v1
kind: ScopeSet
metadata: {name: read}
spec: {workspace: acme, scopes: ["inbox:read", "crm:read"]}
---
apiVersion: writ/v1
kind: Token
metadata: {name: reader}
spec:
  type: workspaceToken
  workspace: acme
  mode: test
  scopes: ["tags:read", "ai:read"]
  scopeSets: [read]
)";

class TokenUsageCommands : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/tokens.yaml", kTokens);
    git_.Commit("Declare tokens");
    Apply();
    Expect(0, {"secrets", "init", "--key-file", key().string()});
    const std::filesystem::path out = git_.root() / "token";
    Invocation call =
        Call({"token", "issue", kReader, "--tokens-out", out.string()});
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    ASSERT_EQ(RunWrit(call).code, 0);
    OwnStore store(State());
    credential_ = store->credentials().ReadOf(Id()).value().at(0).id;
  }

  std::filesystem::path key() const { return git_.root() / "key"; }
  std::filesystem::path State() const { return state("staging"); }
  static ResourceId Id() { return ResourceId::Parse(kReader).value(); }

  // As a gateway records it.
  void Use(const std::string& scope, std::chrono::hours ago,
           std::int64_t count) {
    reconciler::EventDatabaseOptions options;
    options.folder = State();
    options.mode = reconciler::EventDatabaseMode::kMigrate;
    auto records = reconciler::UseRecords::Open(options);
    ASSERT_TRUE(records) << Describe(records.error());
    const Timestamp now = clock_.Now();
    ASSERT_TRUE((*records)->Register("g", now));
    reconciler::UseSum sum;
    sum.credential = credential_;
    sum.client = "203.0.113.77";
    sum.agent = "checkout/2.1";
    sum.route = "GET /api/v1/inbox/**";
    sum.scope = scope;
    sum.first_at = now - std::chrono::hours(24 * 60);
    sum.last_at = now - ago;
    sum.count = count;
    const std::vector<reconciler::UseSum> sums = {sum};
    ASSERT_TRUE((*records)->Flush(sums, now, false));
    ASSERT_TRUE((*records)->Deregister());
  }

  reconciler::SystemClock clock_;
  std::string credential_;
};

// S-37: use is watched.
TEST_F(TokenUsageCommands, CountsAndNamesNobody) {
  Use("inbox:read", std::chrono::hours(2), 400);
  Use("crm:read", std::chrono::hours(5), 12);
  const Ran text = Expect(0, {"token", "usage", kReader});
  EXPECT_TRUE(Holds(text.out, "used 412 times in 7 days, last 2 h ago"));
  EXPECT_TRUE(Holds(text.out, "GET /api/v1/inbox/** (inbox:read)"));
  EXPECT_TRUE(Holds(text.out, "from 1 address"));
  EXPECT_TRUE(Lacks(text.all(), "203.0.113.77"));
  EXPECT_TRUE(Lacks(text.all(), "checkout/2.1"));
  const json machine =
      json::parse(Expect(0, {"token", "usage", kReader, "--json"}).out);
  EXPECT_EQ(machine["count_7d"], 412);
  EXPECT_EQ(machine["credentials"][0]["uses"].size(), 2U);
  EXPECT_TRUE(Lacks(machine.dump(), "203.0.113.77"));
  Expect(1, {"token", "usage", "Token/acme/nobody"});
}

// S-37: what nobody uses goes.
TEST_F(TokenUsageCommands, SuggestsAPatchThatDropsWhatNobodyUsed) {
  Expect(1, {"token", "suggest"});
  Use("inbox:read", std::chrono::hours(-1), 4);
  Use("tags:read", std::chrono::hours(-1), 4);
  EXPECT_TRUE(Holds(Expect(1, {"token", "suggest", "--unused-for", "90d"}).err,
                    "use isn't recorded for as long as 90d"));
  Expect(64, {"token", "suggest", "--unused-for", "soon"});
  // Until the token is a second old there is nothing to say of it.
  json machine;
  do {
    machine = json::parse(
        Expect(0, {"token", "suggest", "--unused-for", "1s", "--json"}).out);
  } while (!machine["too_young"].empty());
  ASSERT_EQ(machine["suggestions"].size(), 1U);
  const json& first = machine["suggestions"][0];
  EXPECT_EQ(first["address"], kReader);
  EXPECT_EQ(first["drop"], json({"ai:read", "crm:read"}));
  EXPECT_EQ(first["scopes"], json({"inbox:read", "tags:read"}));
  EXPECT_TRUE(first["scope_sets"].empty());

  // What is printed is a manifest that does just that.
  const Ran printed = Expect(0, {"token", "suggest", "--unused-for", "1s"});
  EXPECT_TRUE(Holds(printed.out, "# Nobody used for 1s: ai:read, crm:read"));
  git_.Write("environments/staging/least.yaml", printed.out);
  const std::string repository(kRepository);
  const std::string old = R"(staging: {state: "sqlite:state/staging"})";
  std::string with = repository;
  with.replace(
      with.find(old), old.size(),
      R"(staging: {state: "sqlite:state/staging", overlays: [environments/staging]})");
  git_.Write("writ.yaml", with);
  git_.Commit("Narrow the reader");
  const json plan = json::parse(Expect(0, {"plan", "--json"}).out);
  ASSERT_EQ(plan["decision"]["changes"].size(), 1U) << plan.dump(2);
  EXPECT_EQ(plan["decision"]["changes"][0]["address"], kReader);
}

// T-12
TEST_F(TokenUsageCommands, HoldBackAPlanThatDeletesATokenInUse) {
  Use("inbox:read", std::chrono::hours(2), 400);
  git_.Write("manifests/tokens.yaml", kTokens.substr(0, kTokens.find("---")));
  git_.Commit("Remove the reader");
  const Ran plan = Expect(5, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "was used 400 times in 7 days"));
  EXPECT_TRUE(Holds(plan.out, "--allow-data-loss Token/acme/reader"));
  Expect(0, {"apply", "--auto-approve", "--allow-data-loss", kReader});
}

}  // namespace
}  // namespace writ::e2e
