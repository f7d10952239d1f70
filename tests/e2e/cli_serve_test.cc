// writ serve by the real binary, asked with curl.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "tests/e2e/workbench.h"
#include "tests/support/test_certificate.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;
using testing::TestCertificate;

constexpr char kIngest[] = "Token/order-service/ingest";
constexpr char kReader[] = "Token/storefront/reader";
constexpr char kWorkspaceId[] = "64f1a2b3c4d5e6f7a8b9c0d1";

// What is asked for below: an app's key, and a workspace's token with one of
// two scopes.
constexpr char kAccess[] = R"(apiVersion: writ/v1
kind: Workspace
metadata: {name: storefront}
spec: {displayName: Shop, workspaceId: 64f1a2b3c4d5e6f7a8b9c0d1, tier: production}
---
apiVersion: writ/v1
kind: ApiRoute
metadata: {name: inbox}
spec:
  workspace: storefront
  rules:
    - {methods: [GET], path: "/api/v1/inbox/**", scope: "inbox:read"}
    - {methods: [POST], path: "/api/v1/inbox/**", scope: "inbox:write"}
---
apiVersion: writ/v1
kind: Token
metadata: {name: ingest}
spec: {type: apiKey, app: order-service}
---
apiVersion: writ/v1
kind: Token
metadata: {name: reader}
spec:
  type: workspaceToken
  workspace: storefront
  mode: live
  scopes: ["inbox:read"]
)";

class Serve : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    git_.Write("manifests/access.yaml", kAccess);
    Apply();
    Expect(0, {"secrets", "init", "--key-file", key().string()});
  }

  // Issues a token and returns it.
  std::string Issue(const std::string& address,
                    const std::string& prefix = "vela_live_") {
    const fs::path file = git_.root() / ("token" + std::to_string(++issued_));
    Invocation call =
        Call({"token", "issue", address, "--tokens-out", file.string()});
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, 0) << ran.all();
    const std::string text = Read(file);
    const std::size_t begin = text.find(prefix);
    EXPECT_NE(begin, std::string::npos);
    return begin == std::string::npos ? ""
                                      : text.substr(begin, prefix.size() + 48);
  }

  fs::path key() const { return git_.root() / "key"; }

  Invocation Serving(Arguments more) const {
    Arguments arguments = {"serve", "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Invocation call = Call(std::move(arguments));
    call.variables = {{"WRIT_MASTER_KEY_FILE", key().string()}};
    return call;
  }
  // Listens once this returns.
  void Start(Arguments more = {}) {
    server_ = std::make_unique<WritProcess>(Serving(std::move(more)));
    ASSERT_TRUE(server_->WaitForOutput("Listening on ") &&
                server_->WaitForOutput("\n"))
        << server_->Wait().all();
    const std::string& out = server_->out_so_far();
    const std::size_t begin = out.find("Listening on ") + 13;
    url_ = out.substr(begin, out.find('\n', begin) - begin);
  }
  Ran Stop() {
    server_->Send(SIGTERM);
    return server_->Wait();
  }
  // What curl prints: the status, a newline, the body.
  Ran Curl(const std::string& path, Arguments more = {}) const {
    Invocation call = Call({"--silent", "--show-error", "--max-time", "50",
                            "--write-out", "\n%{http_code}"});
    call.program = "/usr/bin/curl";
    call.arguments.insert(call.arguments.end(), more.begin(), more.end());
    call.arguments.push_back(url_ + path);
    return testing::RunWrit(call);
  }

  std::unique_ptr<WritProcess> server_;
  std::string url_;
  int issued_ = 0;
};

TEST_F(Serve, TakesEventsWithAnAppsKeyUntilItIsRevoked) {
  const std::string token = Issue(kIngest);
  Start();
  const auto post = [&](const std::string& body) {
    return Curl("/v1/ingest",
                {"--header", "Authorization: Bearer " + token, "--header",
                 "Content-Type: application/json", "--data", body})
        .out;
  };
  const std::string event =
      R"({"event":"order.placed","level":"info","data":{"orderId":"o-1","amountCents":250}})";
  const std::string accepted = post(event);
  EXPECT_TRUE(Holds(accepted, "\n201"));
  EXPECT_TRUE(Holds(accepted, "evt_"));
  EXPECT_TRUE(Holds(Curl("/v1/ingest", {"--data", event}).out, "\n401"));
  EXPECT_TRUE(Holds(Curl("/metrics").out, "writ_events_accepted_total 1"));
  // The very next request, as the design's section 8 has it.
  Expect(0, {"token", "revoke", kIngest, "--reason", "leaked"});
  EXPECT_TRUE(Holds(post(event), "\n401"));
  EXPECT_EQ(Stop().code, 0);
}

TEST_F(Serve, AnswersAProxyThatAsks) {
  const std::string token = Issue(kReader, "sk_live_");
  const fs::path host = git_.root() / "host.yaml";
  std::ofstream(host) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                         "  trustedProxies: {networks: [127.0.0.0/8], "
                         "dialect: nginx}\n";
  fs::permissions(host, fs::perms(0600));
  Start({"--host-config", host.string()});
  const auto ask = [&](const char* method, const std::string& bearer) {
    return Curl("/authz",
                {"--header", "Authorization: Bearer " + bearer, "--header",
                 std::string("x-workspace-id: ") + kWorkspaceId, "--header",
                 std::string("X-Original-Method: ") + method, "--header",
                 "X-Original-URI: /api/v1/inbox/1"})
        .out;
  };
  EXPECT_TRUE(Holds(ask("GET", token), "\n200"));
  EXPECT_TRUE(Holds(ask("POST", token), "inbox:write"));
  EXPECT_TRUE(Holds(ask("POST", token), "\n403"));
  EXPECT_TRUE(Holds(ask("GET", "nobodys"), "\n401"));
  EXPECT_EQ(Stop().code, 0);
}

// Drift, however it comes: by the plan from the last apply's base, too.
TEST_F(Serve, WhatIsChangedOverHttpIsDrift) {
  Edit(repository() / "manifests/orders.yaml",
       "metadata: {name: order-service}\nspec:",
       "metadata: {name: order-service, labels: {team: web}}\n"
       "lifecycle: {protect: true}\nspec:\n  managementWrites: allow");
  git_.Write("manifests/console.yaml", R"(apiVersion: writ/v1
kind: Token
metadata: {name: console}
spec: {type: clientSecret, workspace: acme}
)");
  git_.Commit("Let the console write");
  Apply();
  Expect(0, {"drift", "--detailed-exitcode"});
  const std::string secret = Issue("Token/acme/console", "vela_cs_");
  Start();
  const Ran changed =
      Curl("/v1/apps/order-service",
           {"--request", "PATCH", "--header", "Authorization: Bearer " + secret,
            "--header", "Content-Type: application/json", "--data",
            R"({"name":"Hand made"})"});
  ASSERT_TRUE(Holds(changed.out, "\n200"));
  EXPECT_EQ(Stop().code, 0);

  const Ran drift = Expect(2, {"drift", "--detailed-exitcode", "--json"});
  const json fields =
      json::parse(drift.out)["decision"]["changes"][0]["fields"];
  ASSERT_EQ(fields.size(), 1U) << drift.out;
  EXPECT_EQ(fields[0]["path"], "spec.displayName");
  const Ran from_base = Expect(0, {"plan"});
  EXPECT_TRUE(Holds(from_base.out, "Hand made"));
  EXPECT_TRUE(Holds(from_base.out, "Token/acme/console"));  // who did it
  EXPECT_EQ(from_base.out, Expect(0, {"plan", "--no-incremental"}).out);
  Apply();
  Expect(0, {"drift", "--detailed-exitcode"});
}

TEST_F(Serve, AnswersAndStopsWhenAsked) {
  Start();
  EXPECT_EQ(url_.substr(0, 17), "http://127.0.0.1:");
  EXPECT_EQ(Curl("/healthz").out, "{\"status\":\"ok\"}\n200");
  EXPECT_TRUE(Holds(Curl("/readyz").out, "\"status\":\"ready\""));
  EXPECT_TRUE(Holds(Curl("/metrics").out, "writ_ready 1"));
  const std::string openapi = Curl("/openapi.json").out;
  const json document = json::parse(openapi.substr(0, openapi.rfind('\n')));
  EXPECT_EQ(document["openapi"], "3.1.0");
  EXPECT_TRUE(document["paths"].contains("/healthz"));
  EXPECT_TRUE(Holds(Curl("/nothing").out, "\n404"));
  EXPECT_TRUE(Holds(Curl("/healthz?access_token=x").out, "\n400"));
  const Ran ran = Stop();
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Holds(ran.out, "Stopped."));
}

std::set<std::string> ThreadNames(pid_t process) {
  std::set<std::string> names;
  const fs::path tasks = "/proc/" + std::to_string(process) + "/task";
  for (const auto& task : fs::directory_iterator(tasks)) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    names.insert(std::move(name));
  }
  return names;
}

// For `top -H`: docs/gateway.md says what each does.
TEST_F(Serve, NamesItsThreads) {
  Start();
  const std::set<std::string> expected = {
      "writ",       "writ-desk", "writ-events", "writ-http", "writ-notify",
      "writ-ready", "writ-send", "writ-tokens", "writ-uses"};
  // A thread names itself when it gets to run.
  std::set<std::string> names = ThreadNames(server_->id());
  for (int i = 0; i < 500 && names != expected; ++i) {
    server_->WaitFor(std::chrono::milliseconds(20));
    names = ThreadNames(server_->id());
  }
  EXPECT_EQ(names, expected);
  Stop();
}

TEST_F(Serve, WritesAnAccessLogWhereOneIsWanted) {
  Start({"--access-log", "-"});
  Curl("/healthz?page=hidden");
  const Ran ran = Stop();
  EXPECT_TRUE(Holds(ran.err, "\"path\":\"/healthz\""));
  EXPECT_TRUE(Lacks(ran.err, "hidden"));
}

// T-25; and certificates are read again on SIGHUP, without a restart.
TEST_F(Serve, SpeaksTlsAndTakesANewCertificate) {
  const TestCertificate first;
  const TestCertificate second;
  const fs::path chain = git_.root() / "chain.pem";
  const fs::path private_key = git_.root() / "key.pem";
  fs::copy_file(first.chain_file(), chain);
  fs::copy_file(first.key_file(), private_key);
  Start({"--tls-cert", chain.string(), "--tls-key", private_key.string()});
  EXPECT_EQ(url_.substr(0, 8), "https://");
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", first.ca_file()}).out, "\n200"));
  EXPECT_NE(Curl("/healthz", {"--cacert", second.ca_file()}).code, 0);
  fs::copy_file(second.chain_file(), chain,
                fs::copy_options::overwrite_existing);
  server_->Send(SIGHUP);
  EXPECT_TRUE(server_->WaitForOutput("Not reloaded"));
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", first.ca_file()}).out, "\n200"));
  fs::copy_file(second.key_file(), private_key,
                fs::copy_options::overwrite_existing);
  server_->Send(SIGHUP);
  EXPECT_TRUE(server_->WaitForOutput("Reloaded."));
  EXPECT_TRUE(
      Holds(Curl("/healthz", {"--cacert", second.ca_file()}).out, "\n200"));
  EXPECT_EQ(Stop().code, 0);
}

TEST_F(Serve, SaysWhyItWillNotListen) {
  struct Case {
    Arguments arguments;
    int code;
    const char* says;
  };
  const std::vector<Case> cases = {
      {{"serve", "--listen", "0.0.0.0:0"}, 64, "--allow-plain-public"},
      {{"serve", "--listen", "[::]:0"}, 64, "--allow-plain-public"},
      {{"serve", "--listen", "localhost"}, 64, "ADDRESS:PORT"},
      {{"serve", "--listen", "127.0.0.1:70000"}, 64, "ADDRESS:PORT"},
      {{"serve", "--tls-cert", "a.pem"}, 64, "go together"},
      {{"serve", "--threads", "1000"}, 64, "--threads"},
      {{"serve", "--metrics-from", "anywhere"}, 64, "--metrics-from"},
      {{"serve", "--listen", "127.0.0.1:0"}, 1, "WRIT_MASTER_KEY_FILE"},
  };
  for (const Case& want : cases) {
    EXPECT_TRUE(Says(Expect(want.code, want.arguments), want.says));
  }
  Invocation missing = Serving({"--tls-cert", "no.pem", "--tls-key", "no.pem"});
  const Ran ran = testing::RunWrit(missing);
  EXPECT_EQ(ran.code, 1) << ran.all();
  EXPECT_TRUE(Says(ran, "no.pem"));
}

}  // namespace
}  // namespace writ::e2e
