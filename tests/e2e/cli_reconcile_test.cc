// writ reconcile: what it does of its own accord, what it leaves, what it
// remembers, whom it tells; once, side by side, and as long as it's let.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "reconciler/egress/encoding.h"
#include "reconciler/egress/mac.h"
#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"
#include "tests/support/http_server.h"

namespace writ::e2e {
namespace {

const ResourceId kApp("App", "order-service");

class Reconcile : public Workbench {
 protected:
  // One environment, with this as its `sync`.
  void WriteShopWith(const std::string& sync) {
    WriteShop();
    WriteSync(sync);
    git_.Commit("Say how to sync");
  }
  void WriteSync(const std::string& sync) {
    git_.Write("writ.yaml",
               "apiVersion: writ/v1\nkind: Repository\n"
               "metadata: {name: shop}\nspec:\n"
               "  include: [\"manifests/**/*.yaml\"]\n  environments:\n"
               "    staging:\n      state: \"sqlite:state/staging\"\n"
               "      sync: {" +
                   sync + "}\n");
  }

  // The report of the one environment there is.
  json Report(int code, Arguments more = {}) {
    more.insert(more.begin(), {"reconcile", "--json"});
    const json all = ExpectJson(code, std::move(more));
    EXPECT_EQ(all["environments"].size(), 1U) << all;
    return all["environments"].empty() ? json() : all["environments"][0];
  }

  std::string Retention() {
    const json shown =
        ExpectJson(0, {"state", "show", "App/order-service", "--json"});
    return shown["content"]["spec"].value("retention", "");
  }
};

TEST_F(Reconcile, BringsANewStateToItsCommitAndStaysThere) {
  WriteShopWith("mode: auto");
  const json first = Report(0);
  EXPECT_EQ(first["standing"], "changes");
  EXPECT_EQ(first["applied"]["done"], first["changes"]);
  const json second = Report(0, {"--detailed-exitcode"});
  EXPECT_EQ(second["standing"], "in_sync");
  EXPECT_EQ(second["changes"], 0);
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
  EXPECT_TRUE(Holds(Expect(0, {"reconcile"}).out, "in sync"));
}

TEST_F(Reconcile, OnlyTellsWhereItIsManual) {
  WriteShopWith("mode: manual");
  const Ran ran = Expect(0, {"reconcile"});
  EXPECT_TRUE(Holds(ran.out, "to apply by hand: writ apply --env staging"));
  EXPECT_FALSE(std::filesystem::exists(state("staging") / "state.db"));
  EXPECT_EQ(Report(2, {"--detailed-exitcode"})["standing"], "manual");
}

TEST_F(Reconcile, LeavesASuspendedEnvironmentAlone) {
  WriteShopWith("mode: auto, suspend: true");
  EXPECT_TRUE(Holds(Expect(0, {"reconcile"}).out, "suspended"));
  EXPECT_FALSE(std::filesystem::exists(state("staging") / "state.db"));
}

TEST_F(Reconcile, WaitsForAWindow) {
  // A window that opened for a minute on the first of January 2026.
  WriteShopWith("mode: auto, windows: [{allow: \"0 0 1 1 *\", duration: 1m}]");
  const json report = Report(0);
  EXPECT_EQ(report["standing"], "window_closed");
  EXPECT_FALSE(report["look_again"].is_null());
  EXPECT_FALSE(std::filesystem::exists(state("staging") / "state.db"));
}

TEST_F(Reconcile, LooksAfterEveryEnvironmentWithALocalState) {
  WriteShop();
  const json all = ExpectJson(0, {"reconcile", "--json"});
  ASSERT_EQ(all["environments"].size(), 2U);
  EXPECT_EQ(all["environments"][0]["environment"], "production");
  EXPECT_EQ(all["environments"][1]["environment"], "staging");
}

TEST_F(Reconcile, LeavesDriftAndAppliesWhatGitSaysAllTheSame) {
  WriteShopWith("mode: auto");
  Report(0);
  ChangeOutsideOfGit(state("staging"), kApp, "retention", "7d");
  const json left = Report(2, {"--detailed-exitcode"});
  EXPECT_EQ(left["standing"], "in_sync");
  ASSERT_EQ(left["drift"].size(), 1U) << left;
  EXPECT_EQ(left["drift"][0]["address"], "App/order-service");
  EXPECT_EQ(left["drift"][0]["fields"], json::array({"spec.retention"}));
  EXPECT_EQ(left["drift"][0]["changed_by"], "console/ben");
  EXPECT_EQ(Retention(), "7d");
  EXPECT_TRUE(Holds(Expect(0, {"reconcile"}).out,
                    "1 drifted field is left as it is (changed by "
                    "console/ben"));

  // Another field of the same resource, and another resource.
  Edit("manifests/orders.yaml", "workspace: acme",
       "workspace: acme\n  displayName: Orders");
  git_.Commit("Name the service");
  const json mixed = Report(0);
  EXPECT_EQ(mixed["applied"]["done"], 1) << mixed;
  EXPECT_EQ(mixed["drift"].size(), 1U);
  EXPECT_EQ(Retention(), "7d");
  const json after = Report(0);
  EXPECT_EQ(after["changes"], 0) << after;
  ASSERT_EQ(after["drift"].size(), 1U) << "still told";
  EXPECT_EQ(after["drift"][0]["changed_by"], "console/ben");
  EXPECT_TRUE(Holds(Expect(0, {"drift"}).out, "console/ben"));
  EXPECT_TRUE(Says(Expect(0, {"state", "verify"}), "whole"));
}

TEST_F(Reconcile, PutsDriftBackWhereItHeals) {
  WriteShopWith("mode: auto, selfHeal: true");
  Report(0);
  ChangeOutsideOfGit(state("staging"), kApp, "retention", "7d");
  const json healed = Report(0);
  EXPECT_EQ(healed["applied"]["done"], 1);
  EXPECT_EQ(healed["drift"][0]["changed_by"], "console/ben");
  EXPECT_EQ(Retention(), "90d");
  EXPECT_EQ(Report(0)["standing"], "in_sync");
  Expect(0, {"drift", "--detailed-exitcode"});
}

// A lookout for a run that is told of nothing: manifests that can't be planned.
TEST_F(Reconcile, SaysWhatIsWrongInManifests) {
  WriteShopWith("mode: auto");
  git_.Write("manifests/bad.yaml", "kind: Nothing\n");
  git_.Commit("Break it");
  const Ran ran = Expect(3, {"reconcile"});
  EXPECT_TRUE(Holds(ran.err, "manifests/bad.yaml"));
  EXPECT_EQ(Report(3)["failure"]["code"], "invalid_manifest");
}

TEST_F(Reconcile, AppliesNothingThatIsUnsafe) {
  WriteShopWith("mode: auto");
  Report(0);
  std::filesystem::remove(repository() / "manifests/orders.yaml");
  std::filesystem::remove(repository() / "manifests/workspace.yaml");
  git_.Commit("Drop everything");
  EXPECT_EQ(Report(5)["standing"], "unsafe");
  EXPECT_EQ(Retention(), "90d");
}

TEST_F(Reconcile, GivesWayToWhoeverHoldsTheLease) {
  WriteShopWith("mode: auto");
  Report(0);
  Edit("manifests/orders.yaml", "90d", "30d");
  git_.Commit("Keep less");
  {
    const HeldLease lease(state("staging"), "ana@laptop");
    EXPECT_TRUE(Says(Expect(7, {"reconcile"}), "ana@laptop"));
  }
  Report(0);
  EXPECT_EQ(Retention(), "30d");
}

// Many at once: one applies, whoever comes later finds nothing to do, and
// nobody overwrites anybody.
TEST_F(Reconcile, IsSafeWhenSeveralRun) {
  WriteShopWith("mode: auto");
  WriteManySchemas(200, "first");
  git_.Commit("Many schemas");
  std::vector<std::thread> threads;
  std::vector<int> codes(4);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    threads.emplace_back([this, i, &codes] {
      codes[i] = Writ({"reconcile", "--lock-timeout", "60s", "--json"}).code;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int code : codes) EXPECT_EQ(code, 0);
  EXPECT_EQ(Report(0)["standing"], "in_sync");
  EXPECT_TRUE(Says(Expect(0, {"state", "verify"}), "whole"));
  OwnStore store(state("staging"));
  EXPECT_EQ(store->ReadApplies(10)->size(), 1U) << "one did it all";
}

// Killed at some moment of its work, a run leaves a state that is whole, and
// the next one finishes.
TEST_F(Reconcile, IsFinishedByTheNextOneWhenKilled) {
  WriteShopWith("mode: auto");
  Report(0);
  WriteManySchemas(1500, "first");
  git_.Commit("Many schemas");
  for (const int after_ms : {30, 120, 300}) {
    WritProcess process(Call({"reconcile"}));
    process.WaitFor(std::chrono::milliseconds(after_ms));
    process.Send(SIGKILL);
    process.Wait();
    const json held = ExpectJson(0, {"lock", "list", "--json"});
    for (const json& lease : held.at("leases")) {
      Expect(0, {"lock", "break", lease["id"], "--reason", "killed"});
    }
    EXPECT_TRUE(Says(Expect(0, {"state", "verify"}), "whole"));
  }
  const Ran last = Expect(0, {"reconcile", "--force"});
  EXPECT_TRUE(Lacks(last.out, "✗"));
  EXPECT_EQ(Report(0)["standing"], "in_sync");
  EXPECT_TRUE(Says(Expect(0, {"state", "verify"}), "whole"));
}

TEST_F(Reconcile, WatchesUntilItIsAskedToStop) {
  WriteShopWith("mode: auto");
  Invocation call = Call({"reconcile", "--watch", "--interval", "1s"});
  WritProcess process(call);
  EXPECT_TRUE(process.WaitForOutput("applied 4 of 4 changes"));
  Edit("manifests/orders.yaml", "90d", "30d");
  git_.Commit("Keep less");
  EXPECT_TRUE(process.WaitForOutput("applied 1 of 1 change"));
  process.Send(SIGTERM);
  const Ran ran = process.Wait();
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(ran.out, "Stopped."));
  EXPECT_EQ(Retention(), "30d");
}

TEST_F(Reconcile, RefusesIntervalsThatMakeNoSense) {
  WriteShopWith("mode: auto");
  for (const char* interval : {"0s", "x", "25h", "-1s"}) {
    Expect(64, {"reconcile", "--watch", "--interval", interval});
  }
}

// Loopback stands for a channel's own host, as the host file grants it.
class ReconcileNotices : public Reconcile {
 protected:
  testing::HttpServer server_{[](const testing::ReceivedRequest&) {
    return testing::ScriptedResponse{};
  }};

  std::filesystem::path host_file() const { return git_.root() / "host.yaml"; }
  void WriteHostFile(const std::string& text) {
    std::ofstream(host_file()) << text;
    std::filesystem::permissions(host_file(), std::filesystem::perms(0600));
  }

  void WriteShopThatTells() {
    WriteShopWith("mode: auto, notify: Destination/order-service/alerts");
    git_.Write("manifests/alerts.yaml",
               "apiVersion: writ/v1\nkind: Destination\n"
               "metadata: {name: alerts}\nspec:\n  app: order-service\n"
               "  channel: webhook\n  label: alerts\n  url: \"" +
                   server_.url() + "/hook\"\n");
    WriteHostFile(
        "apiVersion: writ/v1\nkind: Host\nspec:\n"
        "  networks: [127.0.0.0/8]\n  hosts: {webhook: \"" +
        server_.url() + "\"}\n");
    git_.Commit("Tell of failures");
  }
  json Run(int code) {
    return Report(code, {"--host-config", host_file().string()});
  }
};

TEST_F(ReconcileNotices, TellAFailureOnce) {
  WriteShopThatTells();
  EXPECT_EQ(Run(0)["standing"], "changes");
  EXPECT_EQ(server_.received().size(), 0U);
  git_.Write("manifests/bad.yaml", "kind: Nothing\n");
  git_.Commit("Break it");
  const json failed = Run(3);
  EXPECT_EQ(failed.value("told", ""), "Destination/order-service/alerts")
      << failed;
  ASSERT_EQ(server_.received().size(), 1U);
  const testing::ReceivedRequest told = server_.received()[0];
  EXPECT_EQ(told.path(), "/hook");
  EXPECT_TRUE(Holds(told.body, "writ.reconcile.failed"));
  EXPECT_TRUE(Holds(told.body, "the manifests have errors"));
  EXPECT_TRUE(Holds(told.body, "staging"));
  Run(3);
  EXPECT_EQ(server_.received().size(), 1U) << "once is enough";
}

// The loop beside the gateway, poked by a push.
class ServedReconcile : public Reconcile {
 protected:
  void SetUp() override {
    WriteShopWith("mode: auto");
    Expect(0, {"apply", "--auto-approve"});
    Expect(0, {"secrets", "init", "--key-file", key().string()});
    std::ofstream(secret_file()) << kHookSecret << "\n";
    std::filesystem::permissions(secret_file(), std::filesystem::perms(0600));
  }

  static constexpr char kHookSecret[] = "a secret for hooks of 32 bytes..";
  std::filesystem::path key() const { return git_.root() / "key"; }
  std::filesystem::path secret_file() const { return git_.root() / "hook"; }

  Invocation Serving(Arguments more) const {
    Arguments arguments = {"serve", "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = Call(std::move(arguments));
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    return call;
  }
  // The status of a push's answer.
  std::string Push(const std::string& url, const std::string& id,
                   const std::string& secret) const {
    const std::string body = R"({"ref": "refs/heads/main"})";
    const std::string signature =
        reconciler::HexLower(reconciler::HmacSha256(secret, body));
    Invocation call = Call({"--silent", "--max-time", "50", "--output",
                            "/dev/null", "--write-out", "%{http_code}",
                            "--header", "X-GitHub-Delivery: " + id, "--header",
                            "X-Hub-Signature-256: sha256=" + signature,
                            "--data-binary", body, url + "/hooks/github"});
    call.program = "/usr/bin/curl";
    return testing::RunWrit(call).out;
  }
};

// T-23
TEST_F(ServedReconcile, LooksAtOnceWhenAPushPokesIt) {
  WritProcess server(Serving({"--reconcile", "--interval", "24h", "--hook",
                              "github=" + secret_file().string()}));
  ASSERT_TRUE(server.WaitForOutput("Listening on ") &&
              server.WaitForOutput("in sync"));
  const std::string& out = server.out_so_far();
  const std::size_t begin = out.find("Listening on ") + 13;
  const std::string url = out.substr(begin, out.find('\n', begin) - begin);
  Edit("manifests/orders.yaml", "90d", "30d");
  git_.Commit("Keep less");
  EXPECT_EQ(Push(url, "1", "somebody else's secret"), "401");
  EXPECT_EQ(Push(url, "2", kHookSecret), "202");
  EXPECT_TRUE(server.WaitForOutput("applied 1 of 1 change"));
  EXPECT_EQ(Push(url, "2", kHookSecret), "200");
  server.Send(SIGTERM);
  const Ran ran = server.Wait();
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Lacks(ran.all(), kHookSecret));
  EXPECT_EQ(Retention(), "30d");
}

TEST_F(ServedReconcile, RefusesHooksThatAnybodyCouldPoke) {
  const auto refused = [&](Arguments more) {
    const Ran ran = testing::RunWrit(Serving(std::move(more)));
    EXPECT_EQ(ran.code, 64) << ran.all();
  };
  refused({"--reconcile", "--hook", "github"});
  refused({"--reconcile", "--hook", "github="});
  refused({"--reconcile", "--hook", "bitbucket=" + secret_file().string()});
  refused({"--hook", "github=" + secret_file().string()});
  std::ofstream(secret_file()) << "short";
  refused({"--reconcile", "--hook", "github=" + secret_file().string()});
}

}  // namespace
}  // namespace writ::e2e
