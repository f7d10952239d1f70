// A state behind a gateway: `writ plan`, `apply` and the rest by the real
// binary, from a checkout that has nothing but git and a client secret (S-05).
#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/remote_bench.h"
#include "tests/support/test_certificate.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kPolicy[] = R"(apiVersion: writ/v1
kind: Policy
metadata: {name: keeps-long}
spec:
  match: {kinds: [App], actions: [create, update, replace]}
  validations:
    - name: ninety-days
      expression: "resource.spec.retention == '90d'"
      message: apps keep their events for 90 days
)";

// S-05
TEST_F(Remote, PlansAndAppliesAsWhereTheStateIs) {
  Runner(0, {"plan", "--detailed-exitcode"});
  AddApp("billing");
  const Ran there = Runner(2, {"plan", "--json", "--detailed-exitcode"});
  const Ran here = Expect(2, {"plan", "--json", "--detailed-exitcode"});
  ASSERT_NE(DigestIn(here), "");
  EXPECT_EQ(DigestIn(there), DigestIn(here));
  const Ran applied = Runner(0, {"apply", "--digest", DigestIn(there)});
  EXPECT_TRUE(Says(applied, "App/billing"));
  EXPECT_TRUE(Says(applied, "Applied 2 of 2 changes."));
  EXPECT_TRUE(Says(applied, "lease held by Token/acme/ci (crd_"));
  Runner(0, {"plan", "--detailed-exitcode"});
  Expect(0, {"plan", "--detailed-exitcode"});
  Runner(0, {"drift", "--detailed-exitcode"});
  Stop();
}

TEST_F(Remote, AppliesWhatWritYamlNamesAndTellsJson) {
  Edit(repository() / "writ.yaml", "sqlite:state/staging", url_);
  AddApp("billing");
  Invocation call = Call({"apply", "--auto-approve", "--json"});
  call.variables = {{"VELA_CLIENT_SECRET", secret_}};
  const Ran ran = testing::RunWrit(call);
  ASSERT_EQ(ran.code, 0) << ran.all();
  const json report = json::parse(ran.out);
  EXPECT_EQ(report["outcome"], "complete");
  EXPECT_EQ(report["done"], 2);
  EXPECT_EQ(report["changes"][0]["outcome"], "done");
  EXPECT_EQ(report["exit_code"], 0);
  // S-05: nothing but git and that variable.
  EXPECT_TRUE(Lacks(ran.all(), secret_));
}

TEST_F(Remote, EndsAsAnApplyHereWould) {
  const auto write = [&](const char* name, const std::string& text) {
    git_.Write(std::string("manifests/") + name, text);
    git_.Commit(std::string("Write ") + name);
  };
  write("billing.yaml", "kind: App\nmetadata: [");
  Runner(3, {"plan"});
  Runner(3, {"apply", "--auto-approve"});

  write("billing.yaml", AppText("billing", "protect: true"));
  {
    const HeldLease lease(state("staging"), "ana@runner-4");
    const Ran locked = Runner(7, {"apply", "--auto-approve"});
    EXPECT_TRUE(Says(locked, "ana@runner-4"));
  }
  Runner(0, {"apply", "--auto-approve"});

  write("billing.yaml", "");
  Runner(5, {"plan"});
  Runner(5, {"apply", "--auto-approve"});
  {
    // A lease that somebody holds comes before what is wrong with the plan.
    const HeldLease lease(state("staging"), "ana@runner-4");
    const Ran locked = Runner(7, {"apply", "--auto-approve"});
    EXPECT_TRUE(Says(locked, "ana@runner-4"));
    EXPECT_TRUE(Says(locked, "besides, the plan is not safe"));
    EXPECT_TRUE(Says(locked, "writ lock break " + lease.token()));
    Expect(7, {"apply", "--auto-approve"});
  }

  write("billing.yaml", AppText("billing", "protect: true"));
  write("returns.yaml", AppText("returns"));
  const std::string digest = DigestIn(Runner(0, {"plan", "--json"}));
  ASSERT_NE(digest, "");
  {
    // Somebody else was faster.
    Expect(0, {"apply", "--auto-approve"});
  }
  Runner(6, {"apply", "--digest", digest});
  {
    const HeldLease lease(state("staging"), "ana@runner-4");
    Runner(7, {"apply", "--digest", digest});
    Expect(7, {"apply", "--digest", digest});
  }

  write("policy.yaml", kPolicy);
  Runner(0, {"apply", "--auto-approve"});
  write("returns.yaml", AppText("returns", "", "30d"));
  Runner(4, {"plan"});
  Runner(4, {"apply", "--auto-approve"});
  Expect(4, {"plan"});
  {
    const HeldLease lease(state("staging"), "ana@runner-4");
    Runner(7, {"apply", "--auto-approve"});
    Expect(7, {"apply", "--auto-approve"});
  }
}

TEST_F(Remote, SaysWhatStandsInTheWay) {
  Invocation call = RunnerCall({"plan"});
  call.variables = {};
  Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(Says(ran, "VELA_CLIENT_SECRET holds none"));

  // Of another family, and none at all.
  const std::string other = Issue("Token/order-service/ingest", "vela_live_");
  call.variables = {{"VELA_CLIENT_SECRET", other}};
  ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(Says(ran, "refuses the credential from VELA_CLIENT_SECRET"));
  EXPECT_TRUE(Lacks(ran.all(), other));

  Runner(64, {"plan", "--state", "sqlite:elsewhere"});
  ran = Runner(64, {"plan", "--env", "production"});
  EXPECT_TRUE(Says(ran, "has the environment \"staging\""));
  // What moves whole files stays where they are, and says so.
  for (const Arguments& arguments :
       {Arguments{"state", "backup", "copy.db"},
        Arguments{"state", "export", "copy.db", "--for-plan"},
        Arguments{"state", "restore", "copy.db"}, Arguments{"state", "init"},
        Arguments{"secrets", "init", "--key-file", "key"},
        Arguments{"serve"}}) {
    ran = Runner(1, arguments);
    EXPECT_TRUE(Says(ran, "the state's own files"));
    EXPECT_TRUE(Says(ran, "run it on that machine"));
  }
  Stop();
  ran = Runner(1, {"plan"});
  EXPECT_TRUE(Says(ran, "can't connect to " + url_));
  ran = testing::RunWrit(Call({"plan", "--server", "http://writ.example.org"}));
  EXPECT_EQ(ran.code, 64);
  EXPECT_TRUE(Says(ran, "without TLS"));
}

TEST_F(Remote, TrustsTheAuthorityThatItIsGiven) {
  Stop();
  const testing::TestCertificate certificate;
  Start({"--tls-cert", certificate.chain_file(), "--tls-key",
         certificate.key_file()});
  Invocation call = RunnerCall({"plan"});
  Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(Says(ran, "no trusted connection"));
  call.variables.emplace_back("WRIT_CA_FILE", certificate.ca_file());
  ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
}

// T-06: what is broken or of another state is fetched anew.
TEST_F(Remote, ThrowsABrokenReplicaAway) {
  Runner(0, {"plan"});
  int replicas = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator(home() / ".cache/writ/states")) {
    if (entry.path().filename() != "state.db") continue;
    ++replicas;
    EXPECT_EQ(fs::status(entry.path().parent_path()).permissions(),
              fs::perms::owner_all);
    fs::resize_file(entry.path(), 5000);
  }
  EXPECT_EQ(replicas, 1);
  AddApp("billing");
  EXPECT_EQ(DigestIn(Runner(0, {"plan", "--json"})),
            DigestIn(Expect(0, {"plan", "--json"})));
}

// A killed gateway leaves what was applied; the next apply finishes.
TEST_F(Remote, GoesOnAfterTheGatewayWasKilled) {
  constexpr int kSchemas = 1000;
  WriteManySchemas(kSchemas, "first");
  git_.Commit("Many");
  OwnStore store(state("staging"));
  const auto serial = [&] { return store->ReadFacts()->serial; };
  const std::int64_t before = serial();
  WritProcess apply(RunnerCall({"apply", "--auto-approve"}));
  while (serial() == before) apply.WaitFor(std::chrono::milliseconds(1));
  server_->Send(SIGKILL);
  server_->Wait();
  server_.reset();
  const Ran cut = apply.Wait();
  if (cut.code == 0) GTEST_SKIP() << "too fast to be killed";
  EXPECT_EQ(cut.code, 1) << cut.all();
  EXPECT_TRUE(Says(cut, "writ plan"));
  const json locks = ExpectJson(0, {"lock", "list", "--json"});
  for (const json& lease : locks.at("leases")) {
    Expect(0, {"lock", "break", lease["id"], "--reason", "killed"});
  }
  Start();
  Runner(0, {"apply", "--auto-approve"});
  Runner(0, {"plan", "--detailed-exitcode"});
  EXPECT_EQ(serial(), before + kSchemas);
  Expect(0, {"state", "verify"});
}

TEST_F(Remote, IssuesAndEndsTokensFromAfar) {
  const fs::path file = git_.root() / "ingest";
  const Ran issued = Runner(0, {"token", "issue", "Token/order-service/ingest",
                                "--tokens-out", file.string()});
  EXPECT_TRUE(Says(issued, "Issued crd_"));
  std::smatch token;
  const std::string text = Read(file);
  ASSERT_TRUE(
      std::regex_search(text, token, std::regex("vela_live_[0-9A-Za-z]{48}")));
  EXPECT_TRUE(Lacks(issued.all(), token.str()));
  const auto status = [&] {
    Invocation curl = Call({"--silent", "--output", "-", "--write-out",
                            "%{http_code}", "--header",
                            "Content-Type: "
                            "application/json",
                            "--header", "x-api-key: " + token.str(), "--data",
                            "{}", url_ + "/v1/ingest"});
    curl.program = "/usr/bin/curl";
    const std::string out = testing::RunWrit(curl).out;
    return out.substr(out.size() - 3);
  };
  EXPECT_NE(status(), "401");
  EXPECT_TRUE(Says(Runner(0, {"token", "list"}), "Token/order-service/ingest"));
  Runner(0, {"token", "revoke", "Token/order-service/ingest", "--reason",
             "leaked"});
  EXPECT_EQ(status(), "401");
  const Ran shown = Runner(0, {"token", "show", "Token/order-service/ingest"});
  EXPECT_TRUE(Says(shown, "revoked"));
  EXPECT_TRUE(Says(shown, "leaked"));
  // Nothing is made where its value has nowhere to go.
  Runner(64, {"token", "issue", "Token/order-service/ingest"});
  Runner(1, {"token", "revoke", "Token/order-service/absent"});
  Runner(0, {"rotation", "list"});
}

TEST_F(Remote, IssuesWhatIsDedicatedFromAfar) {
  git_.Write("manifests/dedicated.yaml", kDedicated);
  git_.Commit("Deliver to one");
  Apply();
  const std::string file = git_.root() / "alone";
  Runner(0, {"token", "issue", "Token/acme/alone", "--target", "edge",
             "--tokens-out", file});
  EXPECT_NE(Read(file).find("sk_live_"), std::string::npos);
  EXPECT_TRUE(Holds(Runner(0, {"token", "show", "Token/acme/alone"}).out,
                    "DeployTarget/acme/edge"));
}

TEST_F(Remote, SetsSecretsFromAfar) {
  git_.Write("manifests/pay.yaml", R"(apiVersion: writ/v1
kind: Project
metadata: {name: pay}
spec: {workspace: acme, environments: [staging]}
---
apiVersion: writ/v1
kind: Secret
metadata: {name: SMTP_PASSWORD}
spec: {project: pay, type: string, required: true}
---
apiVersion: writ/v1
kind: Token
metadata: {name: reader}
spec: {type: projectKey, project: pay, role: VIEWER}
)");
  git_.Commit("Add a project");
  Runner(0, {"apply", "--auto-approve"});
  Invocation call = RunnerCall({"secrets", "set", "SMTP_PASSWORD"});
  call.input = "correct horse\n";
  const Ran set = testing::RunWrit(call);
  ASSERT_EQ(set.code, 0) << set.all();
  EXPECT_TRUE(Says(set, "Set Secret/pay/SMTP_PASSWORD in staging"));
  EXPECT_TRUE(Lacks(set.all(), "horse"));
  const Ran list = Runner(0, {"secrets", "list"});
  EXPECT_TRUE(Says(list, "SMTP_PASSWORD"));
  EXPECT_TRUE(Lacks(list.all(), "is required and has no value"));
  EXPECT_TRUE(Says(Runner(0, {"secrets", "versions", "SMTP_PASSWORD"}), "1"));
  Runner(0, {"plan", "--detailed-exitcode"});

  Invocation run = Call({"run", "--server", url_, "--project", "pay",
                         "--secret-env", "staging", "--", "sh", "-c",
                         "printf %s \"$SMTP_PASSWORD\" | wc -c"});
  run.variables = {
      {"VAULTLIER_API_KEY", Issue("Token/pay/reader", "vlt_live_")}};
  const Ran ran = testing::RunWrit(run);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Says(ran, "13"));
  run.variables = {{"VAULTLIER_API_KEY", secret_}};
  EXPECT_EQ(testing::RunWrit(run).code, 1);
}

}  // namespace
}  // namespace writ::e2e
