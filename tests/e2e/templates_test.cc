// The templates in ci/templates, as a CI system takes them: parsed, linted
// (T-06), and their steps run in a shell, in order, from a pushed branch to an
// applied change.
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "tests/e2e/workbench.h"
#include "tests/support/credentials.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

fs::path Templates() { return fs::path(WRIT_SOURCE_DIR) / "ci/templates"; }

std::vector<fs::path> Workflows() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(Templates() / "github")) {
    files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What T-06 forbids in a workflow, one line each; none: it's fine.
std::vector<std::string> Lint(const YAML::Node& workflow) {
  std::vector<std::string> breaches;
  const YAML::Node on = workflow["on"];
  const bool on_target =
      on.IsMap() ? static_cast<bool>(on["pull_request_target"])
                 : on.IsScalar() && on.Scalar() == "pull_request_target";
  if (on_target) breaches.push_back("runs on pull_request_target");
  if (!workflow["permissions"]) breaches.push_back("grants every permission");
  const bool on_pull_request = on.IsMap() && on["pull_request"];
  const std::regex expression(R"(\$\{\{)");
  const std::regex pinned(R"([\w./-]+@[0-9a-f]{40})");
  for (const auto& job : workflow["jobs"]) {
    bool checks_out = false;
    bool has_secret = false;
    for (const YAML::Node& step : job.second["steps"]) {
      const std::string uses = step["uses"] ? step["uses"].Scalar() : "";
      const std::string run = step["run"] ? step["run"].Scalar() : "";
      checks_out |= uses.starts_with("actions/checkout@");
      if (!uses.empty() && !std::regex_match(uses, pinned)) {
        breaches.push_back(uses + " isn't pinned to a commit");
      }
      if (std::regex_search(run, expression)) {
        breaches.push_back("an expression inside `run`");
      }
      for (const auto& variable : step["env"]) {
        has_secret |=
            variable.second.Scalar().find("secrets.") != std::string::npos;
      }
    }
    if (on_pull_request && checks_out && has_secret) {
      breaches.push_back("a job that runs a pull request's code has a secret");
    }
  }
  return breaches;
}

TEST(Templates, WorkflowsKeepSecretsFromPullRequests) {  // T-06
  ASSERT_EQ(Workflows().size(), 3U);
  for (const fs::path& file : Workflows()) {
    EXPECT_EQ(Lint(YAML::LoadFile(file.string())), std::vector<std::string>{})
        << file.filename();
  }
}

TEST(Templates, TheLintFindsWhatItForbids) {
  const auto breaches = [](const char* text) { return Lint(YAML::Load(text)); };
  EXPECT_EQ(
      breaches("{on: {pull_request_target: }, permissions: {}, jobs: {}}"),
      std::vector<std::string>{"runs on pull_request_target"});
  EXPECT_EQ(breaches("{on: push, jobs: {}}"),
            std::vector<std::string>{"grants every permission"});
  EXPECT_EQ(breaches("on: {pull_request: }\npermissions: {}\njobs:\n  a:\n"
                     "    steps:\n"
                     "      - uses: actions/checkout@v4\n"
                     "      - run: echo ${{ github.event.title }}\n"
                     "        env: {A: \"${{ secrets.A }}\"}\n")
                .size(),
            3U);
}

TEST(Templates, GitLabJobsThatRunBranchesNameNoToken) {
  const YAML::Node file =
      YAML::LoadFile((Templates() / "gitlab/.gitlab-ci.yml").string());
  for (const char* job : {"plan", "review", "apply", "reconcile"}) {
    ASSERT_TRUE(file[job]["script"].IsSequence()) << job;
    ASSERT_TRUE(file[job]["rules"].IsSequence()) << job;
  }
  EXPECT_EQ(file["review"]["variables"]["GIT_STRATEGY"].Scalar(), "none");
}

// A runner of steps: what `run` says, in a shell, with the expressions that the
// templates use filled in.
class Runner : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    fs::create_directories(temp());
    fs::create_directories(bin());
    // The templates call GitHub's own client for the published state.
    git_.Write("../bin/gh", "#!/bin/sh\nexit 0\n");
    fs::permissions(bin() / "gh", fs::perms::owner_all);
  }

  fs::path temp() const { return git_.root() / "temp"; }
  fs::path bin() const { return git_.root() / "bin"; }

  Ran Shell(const std::string& script,
            std::vector<std::pair<std::string, std::string>> variables) const {
    Invocation call = Call({});
    call.program = "/bin/bash";
    call.arguments = {"-eo", "pipefail", "-c", script};
    const char* path = std::getenv("PATH");
    call.variables = std::move(variables);
    call.variables.emplace_back(
        "PATH", bin().string() + ":" +
                    testing::WritBinary().parent_path().string() + ":" +
                    (path != nullptr ? path : "/usr/bin:/bin"));
    call.variables.emplace_back("RUNNER_TEMP", temp().string());
    call.variables.emplace_back("GIT_CONFIG_GLOBAL", "/dev/null");
    call.variables.emplace_back("GIT_CONFIG_NOSYSTEM", "1");
    return testing::RunWrit(call);
  }

  // Runs the steps named so of a workflow's job; returns the last.
  Ran RunStep(const std::string& workflow, const std::string& job,
              const std::string& name) const {
    const YAML::Node file =
        YAML::LoadFile((Templates() / "github" / workflow).string());
    for (const YAML::Node& step : file["jobs"][job]["steps"]) {
      if (!step["name"] || step["name"].Scalar() != name) continue;
      std::vector<std::pair<std::string, std::string>> variables;
      for (const auto& variable : file["env"]) {
        variables.emplace_back(variable.first.Scalar(),
                               variable.second.Scalar());
      }
      return Shell(step["run"].Scalar(), std::move(variables));
    }
    ADD_FAILURE() << workflow << " has no step \"" << name << "\"";
    return {};
  }
};

TEST_F(Runner, GoesFromABranchToAnAppliedChange) {
  // What is merged is applied, and publishes a state without secrets.
  const Ran first = RunStep("writ-apply.yml", "apply", "Apply");
  ASSERT_EQ(first.code, 0) << first.all();
  const std::string copy = "Copy the state for plans, without its secrets";
  const Ran copied = RunStep("writ-apply.yml", "apply", copy);
  ASSERT_EQ(copied.code, 0) << copied.all();
  ASSERT_TRUE(fs::exists(temp() / "state/state.db"));

  // A branch is planned against that copy, with no key and no other state.
  const fs::path hidden = git_.root() / "hidden";
  fs::rename(repository() / "state", hidden);
  Edit("manifests/workspace.yaml", "displayName: Acme",
       "displayName: Acme Inc");
  git_.Commit("Say the whole name");
  const Ran fetched = RunStep("writ-plan.yml", "plan",
                              "Fetch the state that the last apply published");
  ASSERT_EQ(fetched.code, 0) << fetched.all();
  const Ran planned = RunStep("writ-plan.yml", "plan", "Plan");
  ASSERT_EQ(planned.code, 0) << planned.all();
  EXPECT_FALSE(fs::exists(repository() / "state"));
  const json plan = json::parse(Read(temp() / "plan.json"));
  ASSERT_TRUE(plan.contains("digest")) << plan.dump(1);

  // Merged: exactly that plan is what the apply job finds.
  fs::rename(hidden, repository() / "state");
  const json again = ExpectJson(0, {"plan", "--env", "production", "--json"});
  EXPECT_EQ(again["digest"], plan["digest"]);
  const Ran applied = RunStep("writ-apply.yml", "apply", "Apply");
  ASSERT_EQ(applied.code, 0) << applied.all();
  EXPECT_TRUE(Says(Expect(0, {"plan", "--env", "production"}), "No changes"));
  ASSERT_EQ(RunStep("writ-apply.yml", "apply", copy).code, 0);
}

TEST_F(Runner, FailsThePlanJobWhereManifestsAreInvalid) {
  Edit("manifests/orders.yaml", "retention: 90d", "retension: 90d");
  git_.Commit("A mistake");
  const Ran planned = RunStep("writ-plan.yml", "plan", "Plan");
  EXPECT_EQ(planned.code, 3) << planned.all();
  EXPECT_TRUE(Says(planned, "::error file=manifests/orders.yaml,line=6"));
}

TEST_F(Runner, ReconcilesByTheHour) {
  ASSERT_EQ(RunStep("writ-apply.yml", "apply", "Apply").code, 0);
  const Ran ran = RunStep("writ-reconcile.yml", "reconcile", "Reconcile");
  EXPECT_EQ(ran.code, 0) << ran.all();
}

TEST_F(Runner, DoesTheSameInAPlainShell) {
  const std::string job = (Templates() / "shell/writ-job").string();
  const Ran planned = Shell(job + " plan production", {});
  EXPECT_EQ(planned.code, 0) << planned.all();
  EXPECT_TRUE(fs::exists(repository() / "plan.json"));
  EXPECT_EQ(Shell(job + " apply production", {}).code, 0);
  EXPECT_EQ(Shell(job + " reconcile production", {}).code, 0);
  EXPECT_EQ(Shell(job + " nonsense", {}).code, 64);
}

TEST_F(Runner, RefusesACommitByThePreCommitHook) {
  const fs::path hook = repository() / ".git/hooks/pre-commit";
  fs::create_directories(hook.parent_path());
  fs::copy_file(Templates() / "git/pre-commit", hook,
                fs::copy_options::overwrite_existing);
  const std::string commit =
      "git add -A && git -c user.name=a -c user.email=a@acme.example commit "
      "-qm "
      "change";
  Expect(0, {"fmt"});
  git_.Write("note.md", "harmless\n");
  const Ran fine = Shell(commit, {});
  EXPECT_EQ(fine.code, 0) << fine.all();
  Edit("manifests/orders.yaml", "retention:", "retension:");
  const Ran invalid = Shell(commit, {});
  EXPECT_NE(invalid.code, 0);
  EXPECT_TRUE(Says(invalid, "did you mean \"retention\""));
  Edit("manifests/orders.yaml", "retension:", "retention:");
  const std::string token = testing::MakeCredential("vela_cs_", 3);
  git_.Write("src/deploy.sh", "export TOKEN=" + token + "\n");
  const Ran leaking = Shell(commit, {});
  EXPECT_NE(leaking.code, 0);
  EXPECT_TRUE(Says(leaking, "src/deploy.sh:1:14"));
  EXPECT_TRUE(Lacks(leaking.all(), token));
}

// `writ init` writes those of the host that it finds.
TEST_F(Runner, ComesWithTheRepositoryThatInitLaysOut) {
  const auto init = [&](const std::string& folder, const std::string& remote) {
    EXPECT_EQ(Shell("git init -q " + folder + " && git -C " + folder +
                        " remote add origin " + remote,
                    {})
                  .code,
              0);
    return Expect(0, {"init", folder, "--name", "shop"}).out;
  };
  EXPECT_TRUE(Holds(init("hub", "git@github.com:acme/shop.git"),
                    "wrote .github/workflows/writ-plan.yml"));
  for (const fs::path& file : Workflows()) {
    EXPECT_EQ(Read(repository() / "hub/.github/workflows" / file.filename()),
              Read(file));
  }
  Expect(0, {"validate", "--source", "hub"});
  EXPECT_TRUE(Holds(init("lab", "https://gitlab.acme.example/acme/shop.git"),
                    "wrote .gitlab-ci.yml"));
  EXPECT_EQ(Read(repository() / "lab/.gitlab-ci.yml"),
            Read(Templates() / "gitlab/.gitlab-ci.yml"));
  EXPECT_TRUE(
      Lacks(init("own", "https://git.example.org/github.git"), "workflows"));
}

// The units are what systemd takes, and say where the key is, not what it is.
TEST(Templates, UnitsHoldNoKey) {
  for (const auto& entry : fs::directory_iterator(Templates() / "systemd")) {
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(text.find("WRIT_MASTER_KEY="), std::string::npos);
    EXPECT_NE(text.find("[Unit]"), std::string::npos) << entry.path();
  }
}

}  // namespace
}  // namespace writ::e2e
