// The whole way once, by the real binary: a branch is pushed, its plan is
// commented and denied by a policy, mended, approved by its digest, squashed
// onto main, applied through the gateway; somebody changes what is live, the
// loop finds and heals it, and a rollback takes it back.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"
#include "tests/reconciler/review/fake_code_host.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr char kShop[] = R"(apiVersion: writ/v1
kind: Repository
metadata: {name: shop}
spec:
  include: ["manifests/**/*.yaml"]
  environments:
    production:
      state: "sqlite:state/production"
      sync: {mode: auto, selfHeal: true}
)";

constexpr char kPolicy[] = R"(apiVersion: writ/v1
kind: Policy
metadata: {name: keep-little}
spec:
  match: {kinds: [App], actions: [create, update, replace]}
  validations:
    - name: no-years
      expression: "resource.spec.retention != '365d'"
      message: nobody keeps events for a year
)";

constexpr char kToken[] = R"(apiVersion: writ/v1
kind: Token
metadata: {name: ci}
spec: {type: clientSecret, workspace: acme}
)";

class Story : public Workbench {
 protected:
  Story() : host_("github") {}

  void SetUp() override {
    WriteShop();
    fs::remove_all(repository() / "environments");
    git_.Write("writ.yaml", kShop);
    git_.Write(".gitignore", "/state/\n/plan.json\n");
    git_.Write("manifests/policy.yaml", kPolicy);
    git_.Write("manifests/token.yaml", kToken);
    git_.Commit("Guard retention");
    git_.Git({"branch", "-M", "main"});
    git_.Git({"clone", "-q", "--bare", ".", origin()});
    git_.Git({"remote", "add", "origin", origin()});
    std::ofstream(host_file()) << "apiVersion: writ/v1\nkind: Host\nspec:\n"
                                  "  networks: [127.0.0.0/8]\n"
                                  "  environments: {production: {applyFrom: "
                                  "refs/heads/main}}\n"
                                  "  hosts: {github: \""
                               << host_.url() << "\"}\n";
    fs::permissions(host_file(), fs::perms(0644));
    Expect(0, {"apply", "--auto-approve"});
    Expect(0, {"secrets", "init", "--key-file", key()});
    IssueClientSecret();
    Serve();
  }

  std::string origin() const { return (git_.root() / "origin.git").string(); }
  std::string key() const { return (git_.root() / "key").string(); }
  fs::path host_file() const { return git_.root() / "host.yaml"; }

  void IssueClientSecret() {
    const fs::path file = git_.root() / "issued";
    Invocation call = Call(
        {"token", "issue", "Token/acme/ci", "--tokens-out", file.string()});
    call.variables = {{"WRIT_MASTER_KEY_FILE", key()}};
    const Ran ran = testing::RunWrit(call);
    ASSERT_EQ(ran.code, 0) << ran.all();
    std::smatch found;
    const std::string text = Read(file);
    ASSERT_TRUE(
        std::regex_search(text, found, std::regex("vela_cs_[0-9A-Za-z]{48}")));
    secret_ = found.str();
  }

  void Serve() {
    Invocation call =
        Call({"serve", "--listen", "127.0.0.1:0", "--threads", "1",
              "--host-config", host_file().string(), "--repository", origin()});
    call.variables = {{"WRIT_MASTER_KEY_FILE", key()}};
    gateway_ = std::make_unique<WritProcess>(call);
    ASSERT_TRUE(gateway_->WaitForOutput("Listening on ") &&
                gateway_->WaitForOutput("\n"))
        << gateway_->Wait().all();
    const std::string& out = gateway_->out_so_far();
    const std::size_t begin = out.find("Listening on ") + 13;
    url_ = out.substr(begin, out.find('\n', begin) - begin);
  }

  // Plans the merge of the branch, as the pull request's job does.
  json PlanBranch(int code) {
    Expect(code, {"plan", "--merge-base", "main", "--out", "plan.json"});
    return json::parse(Read(repository() / "plan.json"));
  }

  Ran Review() {
    Invocation call =
        Call({"review", "plan.json", "--host-config", host_file().string()});
    call.variables = {{"GITHUB_ACTIONS", "true"},
                      {"GITHUB_REPOSITORY", "acme/shop"},
                      {"GITHUB_REF", "refs/pull/5/merge"},
                      {"GITHUB_TOKEN", reconciler::testing::kReviewToken}};
    return RunWrit(call);
  }

  // With nothing but git and the client secret.
  Ran Runner(Arguments arguments) {
    arguments.insert(arguments.end(), {"--server", url_});
    Invocation call = Call(std::move(arguments));
    call.variables = {{"VELA_CLIENT_SECRET", secret_}};
    return RunWrit(call);
  }

  std::string Retention() {
    return ExpectJson(0, {"state", "show", "App/order-service",
                          "--json"})["content"]["spec"]
        .value("retention", "");
  }

  reconciler::testing::FakeCodeHost host_;
  std::unique_ptr<WritProcess> gateway_;
  std::string url_;
  std::string secret_;
};

TEST_F(Story, GoesFromABranchToARollback) {
  const std::int64_t before =
      ExpectJson(0, {"plan", "--json"})["context"]["serial"];

  // A branch that a policy denies; meanwhile main moves.
  git_.Git({"checkout", "-q", "-b", "longer"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 365d");
  git_.Commit("Keep orders for a year");
  git_.Git({"push", "-q", "origin", "longer"});
  const json denied = PlanBranch(4);
  Ran review = Review();
  EXPECT_EQ(review.code, 4) << review.all();
  ASSERT_EQ(host_.comments().size(), 1U);
  EXPECT_TRUE(Holds(host_.comments()[0].body, "keep-little"));
  EXPECT_TRUE(Holds(host_.comments()[0].body, "nobody keeps events"));

  // Mended: the same comment says so, with the digest to approve.
  Edit("manifests/orders.yaml", "retention: 365d", "retention: 30d");
  git_.Commit("Keep orders for a month");
  git_.Git({"push", "-q", "origin", "longer"});
  const std::string digest = PlanBranch(0)["digest"];
  EXPECT_NE(digest, denied["digest"]);
  review = Review();
  EXPECT_EQ(review.code, 0) << review.all();
  ASSERT_EQ(host_.comments().size(), 1U);
  EXPECT_TRUE(Holds(host_.comments()[0].body, digest));

  // Not before it's merged, whoever has the digest.
  Ran refused = Runner(
      {"apply", "--digest", digest, "--host-config", host_file().string()});
  EXPECT_EQ(refused.code, 9) << refused.all();

  // Squashed onto main, then applied through the gateway by that digest.
  git_.Git({"checkout", "-q", "main"});
  git_.Git({"merge", "-q", "--squash", "longer"});
  git_.Commit("Keep orders for a month (#5)");
  git_.Git({"push", "-q", "origin", "main"});
  const Ran applied = Runner({"apply", "--digest", digest});
  ASSERT_EQ(applied.code, 0) << applied.all();
  EXPECT_TRUE(Lacks(applied.all(), secret_));
  EXPECT_EQ(Retention(), "30d");
  EXPECT_TRUE(Says(Runner({"plan"}), "No changes."));

  // Somebody changes what is live; the loop puts it back.
  ChangeOutsideOfGit(state("production"), ResourceId("App", "order-service"),
                     "retention", "7d");
  EXPECT_TRUE(
      Says(Expect(2, {"drift", "--detailed-exitcode"}), "spec.retention"));
  const Ran healed =
      Expect(0, {"reconcile", "--host-config", host_file().string()});
  EXPECT_TRUE(Says(healed, "1 drifted field put back"));
  EXPECT_EQ(Retention(), "30d");
  Expect(0, {"drift", "--detailed-exitcode"});

  // And back to where it began.
  EXPECT_TRUE(Says(Expect(0, {"history"}), "Token/acme/ci (crd_"));
  Expect(0, {"rollback", "--to", std::to_string(before), "--auto-approve"});
  EXPECT_EQ(Retention(), "90d");
  EXPECT_TRUE(Says(Expect(0, {"state", "verify"}), "The state is whole."));
  EXPECT_TRUE(Says(Expect(0, {"audit", "verify"}), "The audit is whole"));

  gateway_->Send(SIGTERM);
  EXPECT_EQ(gateway_->Wait().code, 0);
}

class PullRequestExample : public Workbench {};

TEST_F(PullRequestExample, GoesFromABranchToARollback) {
  Invocation call = Call({});
  call.program = fs::path(WRIT_SOURCE_DIR) / "examples/pull-request/run";
  call.variables = {{"WRIT", testing::WritBinary().string()},
                    {"TMPDIR", git_.root().string()}};
  call.deadline = std::chrono::minutes(3);
  const Ran ran = testing::RunWrit(call);
  EXPECT_EQ(ran.code, 0) << ran.all();
  EXPECT_TRUE(Says(ran, "nobody keeps events for a year"));
  EXPECT_TRUE(Says(ran, "==> from a branch to a rollback"));
}

}  // namespace
}  // namespace writ::e2e
