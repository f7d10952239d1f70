// Two repositories with a workspace each in one state, behind one gateway: what
// a client secret of one may do in the other, and that nobody is in the way of
// their own.
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/remote_bench.h"

namespace writ::e2e {
namespace {

constexpr char kRivalYaml[] = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: rival-shop}
spec:
  include: ["manifests/**/*.yaml"]
  defaultEnvironment: staging
  environments: {staging: {}}
)";

constexpr char kRival[] = R"(apiVersion: writ/v1
kind: Workspace
metadata: {name: rival}
spec: {displayName: Rival Inc}
---
apiVersion: writ/v1
kind: App
metadata: {name: rival-app}
spec: {workspace: rival}
---
apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec: {type: clientSecret, workspace: rival}
)";

class Tenants : public Remote {
 protected:
  void BeforeIssuing() override {
    const std::filesystem::path file = git_.root() / "first";
    Invocation init = Call({"state", "init", "--tokens-out", file.string()});
    init.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    ASSERT_EQ(testing::RunWrit(init).code, 0);
    std::smatch found;
    const std::string text = Read(file);
    ASSERT_TRUE(
        std::regex_search(text, found, std::regex("vela_cs_[0-9A-Za-z]{48}")));
    states_secret_ = found.str();
  }
  void SetUp() override {
    Remote::SetUp();
    rival_.Write("writ.yaml", kRivalYaml);
    rival_.Write("manifests/rival.yaml", kRival);
    rival_.Commit("Begin");
    // The second workspace is somebody's who may do everything.
    As(0, states_secret_, rival_, {"apply", "--auto-approve"});
    rival_secret_ = Issue("Token/rival/ci", "vela_cs_");
  }

  Ran As(int code, const std::string& secret, const testing::GitFixture& from,
         Arguments arguments) const {
    Invocation call = RunnerCall(std::move(arguments));
    call.folder = from.repository();
    call.variables = {{"VELA_CLIENT_SECRET", secret}};
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, code) << ran.all();
    EXPECT_TRUE(Lacks(ran.all(), secret));
    return ran;
  }
  Ran Rival(int code, Arguments arguments) const {
    return As(code, rival_secret_, rival_, std::move(arguments));
  }

  testing::GitFixture rival_;
  std::string states_secret_;
  std::string rival_secret_;
};

// S-05: what is one's own, as ever.
TEST_F(Tenants, ApplyTheirOwn) {
  Runner(0, {"plan", "--detailed-exitcode"});
  Rival(0, {"plan", "--detailed-exitcode"});
  rival_.Write("manifests/more.yaml",
               "apiVersion: writ/v1\nkind: App\nmetadata: {name: more}\n"
               "spec: {workspace: rival}\n");
  rival_.Commit("Add an app");
  AddApp("billing");
  const Ran planned = Rival(2, {"plan", "--json", "--detailed-exitcode"});
  Invocation here = Call(
      {"plan", "--json", "--state", "sqlite:" + state("staging").string()});
  here.folder = rival_.repository();
  EXPECT_EQ(DigestIn(planned), DigestIn(testing::RunWrit(here)));
  EXPECT_TRUE(Says(Rival(0, {"apply", "--digest", DigestIn(planned)}),
                   "Applied 2 of 2 changes."));
  EXPECT_TRUE(Says(Runner(0, {"apply", "--auto-approve"}), "App/billing"));
  Runner(0, {"plan", "--detailed-exitcode"});
  Rival(0, {"plan", "--detailed-exitcode"});
}

TEST_F(Tenants, ApplyNothingOfEachOther) {
  OwnStore store(state("staging"));
  const std::int64_t serial = store->ReadFacts()->serial;
  AddApp("billing");
  const Ran refused = As(1, rival_secret_, git_, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(refused, "doesn't belong to Workspace/rival"));
  EXPECT_TRUE(Says(refused, "App/billing (of Workspace/acme)"));
  EXPECT_TRUE(Says(refused, "the state's own"));
  EXPECT_EQ(store->ReadFacts()->serial, serial);
  As(0, states_secret_, git_, {"apply", "--auto-approve"});
}

// Who has it reaches what comes later, too.
TEST_F(Tenants, IssueNoSecretOfTheStateItself) {
  const Arguments issue = {"token", "issue", "Token/state/first",
                           "--tokens-out"};
  const auto into = [&](const char* name) {
    Arguments arguments = issue;
    arguments.push_back((git_.root() / name).string());
    return arguments;
  };
  EXPECT_TRUE(Says(Rival(1, into("rivals")), "only a client secret of the "));
  As(0, states_secret_, rival_, into("states"));
  EXPECT_EQ(Read(git_.root() / "states").rfind("Token/state/first vela_cs_", 0),
            0U);
}

TEST_F(Tenants, SeeNothingOfEachOther) {
  EXPECT_TRUE(Lacks(Runner(0, {"token", "list"}).all(), "rival"));
  EXPECT_TRUE(Lacks(Runner(0, {"token", "list"}).all(), "Token/state/first"));
  EXPECT_TRUE(Lacks(Rival(0, {"token", "list"}).all(), "acme"));
  Rival(1, {"token", "show", "Token/acme/ci"});
  Runner(1, {"events", "list", "rival-app"});
  Runner(1, {"events", "dead-letters"});
  Runner(1, {"deliveries", "list"});
  Runner(1, {"state", "show", "App/rival-app"});
  Runner(1, {"audit", "show", "--subject", "App/rival-app"});
  Runner(1, {"history"});
  const Ran whole = Runner(1, {"audit", "show"});
  EXPECT_TRUE(Says(whole, "client secret of Workspace/acme"));
  EXPECT_TRUE(Says(whole, "without --subject"));

  Runner(0, {"audit", "show", "--subject", "App/order-service"});
  Runner(0, {"state", "show", "App/order-service"});
  Runner(0, {"lock", "list"});
  EXPECT_TRUE(Says(As(0, states_secret_, git_, {"audit", "show"}), "rival"));
}

TEST_F(Tenants, EndNothingOfEachOther) {
  const Ran refused = Rival(
      1, {"token", "revoke", "Token/acme/ci", "--reason", "a competitor"});
  EXPECT_TRUE(Says(refused, "Token/acme/ci isn't in its own"));
  Rival(1, {"rotate", "Token/order-service/ingest"});
  Rival(1, {"state", "rm", "App/order-service", "--reason", "a competitor"});
  Rival(1, {"lock", "break", "any", "--reason", "a competitor"});
  Rival(1, {"token", "revoke", "crd_absent", "--reason", "none"});
  Runner(0, {"plan"});
  // By a credential's id, too.
  const std::string id =
      json::parse(Expect(0, {"token", "show", "Token/acme/ci", "--json"})
                      .out)["credentials"][0]["id"];
  Rival(1, {"token", "revoke", id, "--reason", "a competitor"});
  Runner(0, {"plan"});
  Rival(0, {"token", "revoke", "Token/rival/ci", "--reason", "leaked"});
  Rival(1, {"plan"});
}

}  // namespace
}  // namespace writ::e2e
