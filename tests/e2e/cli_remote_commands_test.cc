// Commands that want a state's own files, asked of a gateway: events,
// deliveries, the audit, the lease, the state's resources, and a project's
// configuration with a project key.
#include <fstream>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/remote_bench.h"

namespace writ::e2e {
namespace {

// What a customer sent, and what a secret holds.
constexpr char kCanary[] = "canary-4711";

constexpr char kProject[] = R"(apiVersion: writ/v1
kind: Project
metadata: {name: pay}
spec: {workspace: acme, environments: [staging]}
---
apiVersion: writ/v1
kind: Secret
metadata: {name: SMTP_PORT}
spec: {project: pay, type: number}
---
apiVersion: writ/v1
kind: Token
metadata: {name: reader}
spec: {type: projectKey, project: pay, role: VIEWER}
---
apiVersion: writ/v1
kind: Token
metadata: {name: writer}
spec: {type: projectKey, project: pay, role: MEMBER}
)";

class RemoteCommands : public Remote {
 protected:
  // As an app's server does it.
  std::string Ingest(const std::string& key, const std::string& body) {
    Invocation curl =
        Call({"--silent", "--show-error", "--header", "x-api-key: " + key,
              "--header", "Content-Type: application/json", "--data", body,
              url_ + "/v1/ingest"});
    curl.program = "/usr/bin/curl";
    return testing::RunWrit(curl).out;
  }
  json RunnerJson(int code, Arguments arguments) const {
    arguments.emplace_back("--json");
    return json::parse(Runner(code, std::move(arguments)).out);
  }
};

// T-16: values only where somebody asks for them.
TEST_F(RemoteCommands, ShowEventsAndTakeRefusedOnesAgain) {
  const std::string key = Issue("Token/order-service/ingest", "vela_live_");
  const std::string data = std::string(R"({"orderId":")") + kCanary + "\"";
  Ingest(key, R"({"event":"order.placed","level":"info","data":)" + data +
                  R"(,"amountCents":12}})");
  Ingest(key,
         R"({"event":"order.placed","level":"info","data":)" + data + "}}");
  const json listed = RunnerJson(0, {"events", "list", "order-service"});
  ASSERT_EQ(listed["events"].size(), 1u) << listed;
  EXPECT_TRUE(Lacks(listed.dump(), kCanary));
  EXPECT_TRUE(
      Says(Runner(0, {"events", "list", "order-service", "--show-samples"}),
           kCanary));
  const Ran letters = Runner(0, {"events", "dead-letters"});
  EXPECT_TRUE(Says(letters, "required_missing"));
  EXPECT_TRUE(Lacks(letters.all(), kCanary));
  EXPECT_TRUE(
      Says(Runner(0, {"events", "replay", "--dry-run"}), "0 of 1 would be"));
  Edit(repository() / "manifests/orders.yaml",
       "{name: amountCents, type: number, required: true}",
       "{name: amountCents, type: number}");
  git_.Commit("Take orders without an amount");
  Runner(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(
      Says(Runner(0, {"events", "replay", "order-service"}), "1 of 1 taken."));
  EXPECT_EQ(RunnerJson(0, {"events", "list", "order-service"})["events"].size(),
            2u);
  EXPECT_TRUE(Says(Runner(1, {"events", "list", "absent"}),
                   "there is no app \"absent\""));
  EXPECT_TRUE(Says(Runner(0, {"token", "usage", "Token/order-service/ingest"}),
                   "All use before"));
}

TEST_F(RemoteCommands, ListDeliveries) {
  EXPECT_EQ(RunnerJson(0, {"deliveries", "list"})["deliveries"].size(), 0u);
  EXPECT_TRUE(
      Says(Runner(0, {"deliveries", "replay"}), "0 deliveries to be sent"));
  EXPECT_TRUE(Says(Runner(64, {"deliveries", "list", "--since", "yesterday"}),
                   "--since is no time"));
  EXPECT_TRUE(
      Says(Runner(1, {"deliveries", "replay", "dlv_absent"}), "dlv_absent"));
}

TEST_F(RemoteCommands, ShowAndVerifyTheAudit) {
  WriteManySchemas(20, "one of many");
  AddApp("billing");
  Runner(0, {"apply", "--auto-approve"});
  const json here = ExpectJson(0, {"audit", "show", "-n", "0", "--json"});
  const json there = RunnerJson(0, {"audit", "show", "-n", "0"});
  EXPECT_EQ(there["entries"], here["entries"]);
  EXPECT_GT(there["entries"].size(), 20u) << "0 means all";
  const json billing =
      RunnerJson(0, {"audit", "show", "--subject", "App/billing"});
  ASSERT_EQ(billing["entries"].size(), 1u);
  EXPECT_TRUE(Holds(billing.dump(), "Token/acme/ci (crd_"));
  const std::string head = RunnerJson(0, {"audit", "verify"})["head"];
  Runner(0, {"audit", "verify", "--expect-head", head});
  Runner(1, {"audit", "verify", "--expect-head", "1:" + std::string(64, '0')});
  const Ran history = Runner(0, {"history"});
  EXPECT_TRUE(Says(history, "22 of 22 changes"));
  EXPECT_TRUE(Says(history, "writ rollback --to SERIAL"));
  EXPECT_TRUE(Lacks(history.all(), state("staging").string()))
      << "where the gateway keeps its state is its own business";
}

TEST_F(RemoteCommands, ShowWhatIsLiveAndMendIt) {
  EXPECT_EQ(RunnerJson(0, {"state", "list"}),
            ExpectJson(0, {"state", "list", "--json"}));
  EXPECT_EQ(RunnerJson(0, {"state", "show", "App/order-service"}),
            ExpectJson(0, {"state", "show", "App/order-service", "--json"}));
  EXPECT_TRUE(Says(Runner(0, {"state", "verify"}), "The state is whole."));
  Runner(1, {"state", "show", "App/absent"});
  EXPECT_TRUE(Says(Runner(0, {"export"}), "Everything live is declared"));

  const std::string schema = "EventSchema/order-service/order.placed";
  Runner(0, {"state", "rm", schema, "--reason", "a try"});
  EXPECT_TRUE(Says(Runner(0, {"state", "list", "--deleted"}), schema));
  Runner(0, {"state", "undelete", schema, "--reason", "it was one"});
  EXPECT_TRUE(Says(Runner(0, {"state", "list"}), schema));
  EXPECT_TRUE(Says(Runner(0, {"audit", "show", "--subject", schema}),
                   "reason=it was one"));
}

TEST_F(RemoteCommands, RollBackToASerial) {
  AddApp("billing");
  Runner(0, {"apply", "--auto-approve"});
  const json applies =
      json::parse(Runner(0, {"history", "--json"}).out)["applies"];
  ASSERT_GE(applies.size(), 2U);
  const std::string before =
      std::to_string(applies[1]["serial"].get<std::int64_t>());
  const Ran back = Runner(0, {"rollback", "--to", before, "--auto-approve"});
  EXPECT_TRUE(Says(back, "App/billing"));
  EXPECT_TRUE(Lacks(Runner(0, {"state", "list"}).out, "App/billing"));
  EXPECT_TRUE(
      Says(Runner(1, {"rollback", "--to", "999999"}), "neither a serial"));
}

TEST_F(RemoteCommands, LookAtTheGateway) {
  const Ran well = Runner(0, {"doctor"});
  EXPECT_TRUE(Says(well, "✓ gateway    " + url_ + " is ready"));
  EXPECT_TRUE(Says(well, "✓ secret     Token/acme/ci, vela_cs_"));
  EXPECT_TRUE(Says(well, " at the gateway"));
  EXPECT_TRUE(Says(well, "every row and digest holds"));
  Expect(0, {"token", "revoke", "Token/acme/ci"});
  EXPECT_TRUE(Says(Runner(1, {"doctor"}), "✗ secret"));
  Stop();
  const json findings =
      json::parse(Runner(1, {"doctor", "--json"}).out)["findings"];
  EXPECT_EQ(findings.back()["subject"], "gateway");
  EXPECT_EQ(findings.back()["good"], false);
}

TEST_F(RemoteCommands, ShowAndBreakTheLease) {
  EXPECT_TRUE(Says(Runner(0, {"lock", "list"}), "Nobody holds the lease."));
  const HeldLease lease(state("staging"), "ana@runner-4");
  const json held = RunnerJson(0, {"lock", "list"});
  ASSERT_EQ(held["leases"].size(), 1u);
  EXPECT_EQ(held["leases"][0]["holder"], "ana@runner-4");
  Runner(64, {"lock", "break", lease.token()});
  Runner(0, {"lock", "break", lease.token(), "--reason", "it is gone"});
  EXPECT_TRUE(Says(Runner(0, {"lock", "list"}), "Nobody holds the lease."));
  EXPECT_TRUE(
      Says(Expect(0, {"audit", "show", "-n", "1"}), "Token/acme/ci (crd_"));
}

// S-21, S-26: with a project key, as where the state is.
TEST_F(RemoteCommands, WriteAndVerifyAProjectsConfiguration) {
  git_.Write("manifests/pay.yaml", kProject);
  git_.Commit("Add a project");
  Runner(0, {"apply", "--auto-approve"});
  const std::string writer = Issue("Token/pay/writer", "vlt_live_");
  const std::string reader = Issue("Token/pay/reader", "vlt_live_");
  const auto config = [&](int code, const std::string& key, Arguments arguments,
                          const std::string& input = "") {
    arguments.insert(arguments.begin(), "config");
    arguments.insert(arguments.end(), {"--server", url_, "--project", "pay",
                                       "--secret-env", "staging"});
    Invocation call = Call(std::move(arguments));
    call.variables = {{"VAULTLIER_API_KEY", key}};
    call.input = input;
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, code) << ran.all();
    EXPECT_TRUE(Lacks(ran.all(), key));
    EXPECT_TRUE(Lacks(ran.all(), kCanary));
    return ran;
  };
  const std::filesystem::path file = repository() / "local.env";
  std::ofstream(file) << "SMTP_PORT=25\nAPI_TOKEN=" << kCanary << "\nEMPTY=\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
  EXPECT_TRUE(Says(config(0, writer, {"push", "local.env"}),
                   "Made 2 keys and set 0 values of pay in staging."));
  EXPECT_TRUE(Says(config(0, writer, {"push", "local.env", "--values"}),
                   "Made 0 keys and set 2 values of pay in staging."));
  EXPECT_TRUE(Says(config(0, writer, {"push", "local.env", "--values"}),
                   "Made 0 keys and set 0 values of pay in staging."));
  EXPECT_TRUE(Says(config(0, writer, {"set", "SMTP_PORT"}, "587\n"),
                   "Set SMTP_PORT in staging (version 2)."));
  EXPECT_TRUE(Says(config(0, writer, {"set", "SMTP_PORT"}, "587\n"),
                   "Nothing changed: SMTP_PORT in staging (version 2)."));
  EXPECT_TRUE(Says(config(64, writer, {"set", "SMTP_PORT"}, "many\n"),
                   "a number is like 42"));
  config(64, writer, {"set", "ABSENT"}, "x\n");
  config(0, writer, {"pull", "--out", "pulled.env"});
  EXPECT_TRUE(Holds(Read(repository() / "pulled.env"), "SMTP_PORT=587"));
  EXPECT_TRUE(Holds(Read(repository() / "pulled.env"), kCanary));

  // VIEWER reads.
  EXPECT_TRUE(Says(config(1, reader, {"push", "local.env"}), "refuses"));
  config(1, reader, {"set", "SMTP_PORT"}, "25\n");
  EXPECT_TRUE(Says(config(0, reader, {"verify"}), "is valid: vlt_live_"));
  EXPECT_TRUE(Says(config(0, reader, {"verify"}),
                   "Token/pay/reader, projectKey, VIEWER"));
  EXPECT_TRUE(Says(config(1, "vlt_live_" + std::string(48, 'x'), {"verify"}),
                   "is refused"));
}

}  // namespace
}  // namespace writ::e2e
