// writ status, history, rollback: how environments stand, what was applied, and
// the way back.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/own_terminal.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

const ResourceId kApp("App", "order-service");

class Standing : public Workbench {
 protected:
  json Status(const std::string& environment, Arguments more = {}) {
    more.insert(more.begin(), {"status", "--json", "-e", environment});
    const json all = ExpectJson(0, std::move(more));
    EXPECT_EQ(all["environments"].size(), 1U) << all;
    return all["environments"].empty() ? json() : all["environments"][0];
  }
  std::string Retention() {
    const json shown =
        ExpectJson(0, {"state", "show", "App/order-service", "--json"});
    return shown["content"]["spec"].value("retention", "");
  }
  // Three applies: 90d, 30d, 7d.
  void ApplyThrice() {
    WriteShop();
    Apply();
    for (const auto& [from, to] : {std::pair("90d", "30d"), {"30d", "7d"}}) {
      Edit("manifests/orders.yaml", from, to);
      Apply();
    }
  }
};

TEST_F(Standing, OfEveryEnvironmentIsOneTable) {
  WriteShop();
  Apply();
  const Ran ran = Expect(0, {"status"});
  EXPECT_TRUE(Holds(ran.out, "environment  revision"));
  EXPECT_TRUE(Holds(ran.out, "next window"));
  EXPECT_TRUE(Holds(ran.out, "\nproduction   "));
  EXPECT_TRUE(Holds(ran.out, " not applied"));
  EXPECT_TRUE(Holds(ran.out, "\nstaging      "));
  EXPECT_TRUE(Holds(ran.out, " in sync"));
  EXPECT_TRUE(Holds(ran.out, "manual\n"));
  EXPECT_FALSE(std::filesystem::exists(state("production") / "state.db"))
      << "it only reads";
}

TEST_F(Standing, SaysHowFarAnEnvironmentIsBehind) {
  WriteShop();
  Apply();
  EXPECT_EQ(Status("staging")["in_sync"], true);
  Edit("manifests/orders.yaml", "90d", "30d");
  git_.Commit("Keep less");
  git_.Write("README", "notes\n");
  git_.Commit("Note something");
  const json behind = Status("staging");
  EXPECT_EQ(behind["in_sync"], false);
  EXPECT_EQ(behind["behind"], 2);
  EXPECT_EQ(behind["changes"], 1);
  EXPECT_EQ(behind["healthy"], true);
  EXPECT_TRUE(Holds(Expect(0, {"status", "-e", "staging"}).out, " 2 behind"));
}

TEST_F(Standing, CountsDriftAndNamesWhatNeedsSomebody) {
  WriteShop();
  git_.Write("manifests/secrets.yaml",
             "apiVersion: writ/v1\nkind: Project\nmetadata: {name: shop}\n"
             "spec: {workspace: acme, environments: [staging]}\n---\n"
             "apiVersion: writ/v1\nkind: Secret\nmetadata: {name: API_KEY}\n"
             "spec: {project: shop, required: true}\n");
  Apply();
  ChangeOutsideOfGit(state("staging"), kApp, "retention", "7d");
  const json status = Status("staging");
  EXPECT_EQ(status["drifted"], 1);
  EXPECT_EQ(status["in_sync"], true) << "drift is no commit";
  EXPECT_EQ(status["healthy"], false);
  EXPECT_TRUE(Holds(Expect(0, {"status", "-e", "staging"}).out,
                    "Secret/shop/API_KEY is required and has no value · writ "
                    "secrets set Secret/shop/API_KEY --env staging"));
}

TEST_F(Standing, IsWrittenForMonitoring) {
  WriteShop();
  Apply();
  Expect(0, {"status", "--prometheus-file", "writ.prom"});
  const std::string text = Read("writ.prom");
  EXPECT_TRUE(Holds(text, "# TYPE writ_in_sync gauge\n"));
  EXPECT_TRUE(Holds(text, "writ_in_sync{environment=\"staging\"} 1\n"));
  EXPECT_TRUE(Holds(text, "writ_in_sync{environment=\"production\"} 0\n"));
  EXPECT_TRUE(Holds(text, "writ_drifted_resources{environment=\"staging\"} 0"));
  for (const auto& entry : std::filesystem::directory_iterator(repository())) {
    EXPECT_TRUE(Lacks(entry.path().string(), "draft"));
  }
  Expect(1, {"status", "--prometheus-file", "no/such/folder/writ.prom"});
}

TEST_F(Standing, HistoryFitsATerminal) {
  WriteShop();
  const auto apply_as = [&](const std::string& actor) {
    Invocation call = Call({"apply", "--auto-approve"});
    call.variables = {{"WRIT_ACTOR", actor}};
    EXPECT_TRUE(Says(testing::RunWrit(call), "Applied "));
  };
  apply_as("ana@ops");
  const std::string out = Expect(0, {"history"}).out;
  EXPECT_TRUE(Holds(out, "  ana@ops  "));
  EXPECT_TRUE(Holds(out, "  who      applied\n"));
  EXPECT_EQ(LineWiderThan(80, out), "");
  // Longer than a line has room for: in one piece all the same.
  Edit("manifests/orders.yaml", "90d", "30d");
  git_.Commit("Keep less");
  const std::string long_name = "ana@ip-10-0-0-12.eu-central-1.internal";
  apply_as(long_name);
  EXPECT_TRUE(
      Holds(Expect(0, {"history"}).out, long_name + "  1 of 1 change\n"));
  const OwnTerminal terminal;
  Invocation call = Call({"history"});
  call.output = terminal.path();
  EXPECT_EQ(testing::RunWrit(call).code, 0);
  const std::string shown = terminal.Text();
  EXPECT_TRUE(Holds(shown, long_name));
  EXPECT_EQ(LineWiderThan(80, shown), "");
}

TEST_F(Standing, HistoryListsAppliesWithTheirSerials) {
  ApplyThrice();
  const json all = ExpectJson(0, {"history", "--json"});
  ASSERT_EQ(all["applies"].size(), 3U);
  const json& newest = all["applies"][0];
  EXPECT_EQ(newest["done"], 1);
  EXPECT_EQ(newest["outcome"], "complete");
  EXPECT_GT(newest["serial"].get<int>(), all["applies"][1]["serial"]);
  EXPECT_EQ(newest["commit"].get<std::string>().size(), 40U);
  EXPECT_TRUE(
      Holds(Expect(0, {"history", "--limit", "1"}).out, "1 of 1 change"));
  EXPECT_TRUE(Holds(Expect(0, {"history", "--env", "staging"}).out,
                    "writ rollback --env staging --to SERIAL"));
  Expect(64, {"history", "--limit", "0"});
}

TEST_F(Standing, RollbackGoesToASerialOrACommit) {
  ApplyThrice();
  const json all = ExpectJson(0, {"history", "--json"});
  const std::string serial =
      std::to_string(all["applies"][1]["serial"].get<int>());
  Expect(0, {"rollback", "--to", serial, "--auto-approve"});
  EXPECT_EQ(Retention(), "30d");
  const std::string commit = all["applies"][2]["commit"];
  Expect(0, {"rollback", "--to", commit.substr(0, 10), "--auto-approve"});
  EXPECT_EQ(Retention(), "90d");
  const json after = ExpectJson(0, {"history", "--json"});
  EXPECT_EQ(after["applies"][0]["commit"], commit);
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_EQ(Retention(), "7d") << "and forward again";
}

TEST_F(Standing, RollbackAsksFirst) {
  ApplyThrice();
  Invocation call = Call({"rollback", "--to", "HEAD~1"});
  call.input = "no\n";
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 1) << ran.all();
  EXPECT_TRUE(Says(ran, "Apply this plan to staging?"));
  EXPECT_TRUE(Lacks(ran.all(), "or --digest")) << "which rollback lacks";
  EXPECT_EQ(Retention(), "7d");
}

TEST_F(Standing, RollbackSaysWhatItCannotUndo) {
  WriteShop();
  Apply();
  git_.Write("manifests/token.yaml",
             "apiVersion: writ/v1\nkind: Token\nmetadata: {name: ci}\n"
             "spec: {type: clientSecret, workspace: acme}\n");
  Apply();
  const Ran ran = Expect(0, {"rollback", "--to", "HEAD~1", "--auto-approve"});
  EXPECT_TRUE(Holds(ran.err, "Token/acme/ci is revoked for good"));
}

// T-03: back, not aside.
TEST_F(Standing, RollbackStaysOnItsBranch) {
  ApplyThrice();
  const std::string main = git_.Git({"rev-parse", "--abbrev-ref", "HEAD"});
  git_.Git({"checkout", "-q", "-b", "aside"});
  Edit("manifests/orders.yaml", "7d", "1d");
  git_.Commit("Somewhere else");
  git_.Git({"checkout", "-q", main.substr(0, main.find('\n'))});
  EXPECT_TRUE(Says(Expect(9, {"rollback", "--to", "aside", "-y"}),
                   "is not part of HEAD"));
  EXPECT_EQ(Retention(), "7d");
}

TEST_F(Standing, RollbackRefusesWhatLeadsNowhere) {
  ApplyThrice();
  Expect(64, {"rollback"});
  EXPECT_TRUE(Says(Expect(1, {"rollback", "--to", "999999"}), "writ history"));
  Expect(64, {"rollback", "--to", "HEAD~1", "--working-tree"});
}

}  // namespace
}  // namespace writ::e2e
