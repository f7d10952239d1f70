// From a git repository to live state and back to an empty plan.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/own_terminal.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

class MainJob : public Workbench {
 protected:
  // One of the repository's examples, committed.
  void CopyExample(const std::string& name) {
    namespace fs = std::filesystem;
    fs::copy(
        fs::path(WRIT_SOURCE_DIR) / "examples" / name, repository(),
        fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    git_.Commit("Copy the example");
  }

  std::set<std::string> LiveAddresses(const std::string& environment) {
    std::set<std::string> addresses;
    json list = ExpectJson(0, {"state", "list", "--json", "-e", environment});
    for (const json& item : list["resources"]) {
      addresses.insert(item["address"].get<std::string>());
    }
    return addresses;
  }

  void ExpectWholeJourney(const std::string& environment) {
    SCOPED_TRACE(environment);
    const Ran plan =
        Expect(2, {"plan", "--env", environment, "--detailed-exitcode"});
    EXPECT_TRUE(Holds(plan.out, " to add"));
    Expect(0, {"apply", "--auto-approve", "--env", environment});
    const Ran second =
        Expect(0, {"plan", "--env", environment, "--detailed-exitcode"});
    EXPECT_TRUE(Holds(second.out, "No changes."));
    // The same from nothing, so that no shortcut hides a difference.
    Expect(0, {"plan", "--env", environment, "--detailed-exitcode",
               "--no-incremental"});
    EXPECT_TRUE(Says(Expect(0, {"state", "verify", "--env", environment}),
                     "The state is whole."));
    Expect(0, {"drift", "--env", environment, "--detailed-exitcode"});
  }
};

TEST_F(MainJob, GoesFromInitToAnEmptyPlan) {
  const Ran init = Expect(0, {"init", "--name", "shop"});
  EXPECT_TRUE(Holds(init.out, "wrote writ.yaml"));
  EXPECT_TRUE(Holds(init.out, "writ validate"));
  Expect(0, {"validate"});
  Expect(0, {"fmt", "--check"});
  git_.Commit("Start");
  ExpectWholeJourney("staging");
  ExpectWholeJourney("production");
  EXPECT_TRUE(git_.Git({"status", "--porcelain"}).empty())
      << "the state must lie under .gitignore";
}

TEST_F(MainJob, InitWantsARepositorysName) {
  for (const char* name : {"../../evil", "Bad Name", "-x", ""}) {
    const int code = *name == '\0' ? 0 : 64;  // empty: the folder's
    Expect(code, {"init", "--name", name, "fresh"});
  }
  EXPECT_FALSE(std::filesystem::exists(git_.root() / "evil.yaml"));
}

TEST_F(MainJob, InitWritesOverNothing) {
  git_.Write(".gitignore", "mine\n");
  EXPECT_TRUE(Holds(Expect(0, {"init"}).out, "kept  .gitignore"));
  EXPECT_EQ(Read(".gitignore"), "mine\n");
  const std::string before = Read("writ.yaml");
  EXPECT_TRUE(Says(Expect(64, {"init"}), "already"));
  EXPECT_EQ(Read("writ.yaml"), before);
}

TEST_F(MainJob, AppliesTheQuickstartExample) {
  CopyExample("quickstart");
  Expect(0, {"validate"});
  ExpectWholeJourney("local");
}

TEST_F(MainJob, AppliesTheAcmeExampleInBothEnvironments) {
  CopyExample("acme");
  Expect(0, {"validate"});
  Expect(0, {"fmt", "--check"});
  ExpectWholeJourney("staging");
  ExpectWholeJourney("production");
  EXPECT_EQ(LiveAddresses("staging"), LiveAddresses("production"));
}

TEST_F(MainJob, AcmeDeclaresEveryKind) {
  CopyExample("acme");
  Expect(0, {"apply", "--auto-approve"});
  std::set<std::string> kinds;
  for (const std::string& address : LiveAddresses("staging")) {
    kinds.insert(address.substr(0, address.find('/')));
  }
  EXPECT_EQ(kinds, (std::set<std::string>{
                       "ApiRoute", "App", "DeployTarget", "Destination",
                       "EventSchema", "NotificationRule", "Policy",
                       "PolicyException", "Project", "RotationSchedule",
                       "ScopeSet", "Secret", "Silence", "Token", "Workspace"}));
}

TEST_F(MainJob, OverlaysMakeTheEnvironmentsDiffer) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Expect(0, {"apply", "--auto-approve", "-e", "production"});
  const auto retention = [&](const std::string& environment) {
    return ExpectJson(0, {"state", "show", "App/order-service", "--json", "-e",
                          environment})["content"]["spec"]["retention"];
  };
  EXPECT_EQ(retention("staging"), "90d");
  EXPECT_EQ(retention("production"), "365d");
}

TEST_F(MainJob, ShowsAChangeWithItsPlaceAndAppliesItByDigest) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Keep orders shorter");

  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "~ App/order-service"));
  EXPECT_TRUE(Holds(plan.out, "spec.retention"));
  EXPECT_TRUE(Holds(plan.out, "90d → 30d"));
  EXPECT_TRUE(Holds(plan.out, "manifests/orders.yaml:6:"));
  EXPECT_TRUE(Holds(plan.out, "Keep orders shorter"));
  EXPECT_TRUE(Holds(plan.out, "Ana Ruiz"));
  EXPECT_TRUE(Holds(plan.out, "Plan: "));

  const std::string digest = ExpectJson(0, {"plan", "--json"})["digest"];
  EXPECT_TRUE(Holds(plan.out, digest));
  const Ran apply = Expect(0, {"apply", "--digest", digest});
  EXPECT_TRUE(Holds(apply.out, "App/order-service"));
  EXPECT_TRUE(Holds(apply.out, "updated"));
  EXPECT_TRUE(Holds(apply.out, "Applied 1 of 1 change."));
  EXPECT_TRUE(Holds(apply.out, "audit head "));
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
}

// The audit's head is cut there: what keeps its output has all of it.
TEST_F(MainJob, AnApplyFitsATerminal) {
  WriteShop();
  const OwnTerminal terminal;
  Invocation call = Call({"apply", "--auto-approve"});
  call.variables = {{"TERM", "dumb"}};
  call.output = terminal.path();
  EXPECT_EQ(testing::RunWrit(call).code, 0);
  const std::string shown = terminal.Text();
  EXPECT_TRUE(Holds(shown, ", audit head "));
  EXPECT_EQ(LineWiderThan(80, shown), "");
}

// T-03: what was reviewed is what is applied, or nothing is.
TEST_F(MainJob, RefusesAStaleDigest) {
  WriteShop();
  const std::string digest = ExpectJson(0, {"plan", "--json"})["digest"];
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Move on");
  const Ran apply = Expect(6, {"apply", "--digest", digest});
  EXPECT_TRUE(Says(apply, digest));
  EXPECT_TRUE(Says(apply, "writ plan"));
  EXPECT_FALSE(std::filesystem::exists(state("staging") / "state.db"));
}

// The same content from another commit is the same decision.
TEST_F(MainJob, ASquashedMergeKeepsTheDigest) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  git_.Git({"checkout", "--quiet", "-b", "feature"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("First half");
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Second half");
  const std::string digest = ExpectJson(0, {"plan", "--json"})["digest"];
  git_.Git({"checkout", "--quiet", "main"});
  git_.Git({"merge", "--quiet", "--squash", "feature"});
  git_.Commit("Both halves");
  Expect(0, {"apply", "--digest", digest});
}

TEST_F(MainJob, PlansTheSameBytesWhateverTheThreads) {
  WriteShop();
  for (int i = 0; i < 20; ++i) {
    git_.Write("manifests/many/" + std::to_string(i) + ".yaml",
               SchemasText("many" + std::to_string(i), 3));
  }
  git_.Commit("Many files");
  const Arguments plan = {"plan", "--json", "--now", "2026-12-01T00:00:00Z",
                          "--parallelism"};
  const auto with = [&](const char* threads) {
    Arguments arguments = plan;
    arguments.emplace_back(threads);
    return Expect(0, arguments).out;
  };
  const std::string one = with("1");
  EXPECT_EQ(one, with("2"));
  EXPECT_EQ(one, with("7"));
}

TEST_F(MainJob, AsksBeforeItApplies) {
  WriteShop();
  Invocation call = Call({"apply"});
  call.input = "yes\n";
  const Ran approved = testing::RunWrit(call);
  EXPECT_EQ(approved.code, 0) << approved.all();
  EXPECT_TRUE(Holds(approved.err, "Only \"yes\" is accepted"));
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Change");
  for (const char* answer : {"", "no\n", "y\n", "yes please\n"}) {
    call.input = answer;
    const Ran refused = testing::RunWrit(call);
    EXPECT_EQ(refused.code, 1) << answer << refused.all();
    EXPECT_TRUE(Says(refused, "nothing was applied"));
  }
  Expect(2, {"plan", "--detailed-exitcode"});
}

TEST_F(MainJob, SaysThatUncommittedChangesAreLeftOut) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "No changes."));
  EXPECT_TRUE(Says(plan, "uncommitted"));
  json tree = ExpectJson(
      2, {"plan", "--working-tree", "--json", "--detailed-exitcode"});
  EXPECT_TRUE(!tree.contains("digest") || tree["digest"].is_null());
  Expect(64, {"apply", "--working-tree", "--digest", std::string(64, 'a')});
  Expect(0, {"apply", "--working-tree", "--auto-approve"});
  EXPECT_TRUE(Holds(Expect(0, {"plan", "--working-tree"}).out, "No changes."));
}

TEST_F(MainJob, TargetsAndExcludesNarrowAPlan) {
  WriteShop();
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Two apps");
  const Ran target = Expect(0, {"plan", "--target", "App/refunds"});
  EXPECT_TRUE(Holds(target.out, "App/refunds"));
  EXPECT_TRUE(Holds(target.out, "Workspace/acme"));
  EXPECT_TRUE(Lacks(target.out, "App/order-service"));
  const Ran exclude = Expect(0, {"plan", "--exclude", "App/order-service"});
  EXPECT_TRUE(Holds(exclude.out, "App/refunds"));
  EXPECT_TRUE(Lacks(exclude.out, "order.placed"));
  Expect(0, {"apply", "--auto-approve", "--target", "App/refunds"});
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "App/order-service"));
}

TEST_F(MainJob, VariablesComeFromTheCommandLine) {
  WriteShop();
  Edit("writ.yaml", "  defaultEnvironment",
       "  variables: {keep: 90d}\n"
       "  defaultEnvironment");
  Edit("manifests/orders.yaml", "retention: 90d",
       "retention: \"${vars.keep}\"");
  Apply({"--var", "keep=14d"});
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "14d → 90d"));
  EXPECT_TRUE(
      Holds(Expect(0, {"plan", "--var", "keep=14d"}).out, "No changes."));
}

TEST_F(MainJob, APlanNamesTheCommandThatAppliesIt) {
  WriteShop();
  Apply();
  EXPECT_TRUE(
      Holds(Expect(0, {"plan", "--destroy", "--allow-deletes", "99"}).out,
            " --destroy --allow-deletes 99\n"));
  git_.Write("manifests/more.yaml", AppText("more-orders"));
  EXPECT_TRUE(Holds(Expect(0, {"plan", "--working-tree"}).out,
                    "Apply it: writ apply --working-tree --env "));
  git_.Commit("Declare more");
  EXPECT_TRUE(Holds(Expect(0, {"plan", "--target", "App/more-orders"}).out,
                    " --target App/more-orders\n"));
  const Ran kept = Expect(0, {"plan", "--out", "plan.json"});
  EXPECT_TRUE(Holds(kept.out, "Apply it: writ apply plan.json\n"));
}

// A value may end in a field that the plan hides.
TEST_F(MainJob, APlanNamesItsVariablesAndKeepsNoValue) {
  WriteShop();
  Edit("writ.yaml", "  defaultEnvironment",
       "  variables: {hook: none}\n"
       "  defaultEnvironment");
  git_.Write("manifests/hook.yaml",
             "apiVersion: writ/v1\nkind: Destination\n"
             "metadata: {name: hook}\nspec: {app: order-service, "
             "channel: webhook, url: \"https://x.example/${vars.hook}\"}\n");
  git_.Commit("Declare a hook");
  const std::string variable = "hook=canary-path";
  const Arguments arguments = {"plan", "-v", "--var", variable};
  const Ran text = Expect(0, arguments);
  EXPECT_TRUE(Lacks(text.all(), "canary"));
  EXPECT_TRUE(Holds(text.out, " --var hook=VALUE\n"));
  Expect(0, {"plan", "--var", variable, "--out", "plan.json"});
  EXPECT_TRUE(Lacks(Read("plan.json"), "canary"));
  EXPECT_TRUE(Says(Expect(64, {"apply", "plan.json"}), "made with --var hook"));
  Expect(0, {"apply", "plan.json", "--var", variable});
  EXPECT_TRUE(Holds(Expect(0, {"plan", "--var", variable}).out, "No changes."));
}

TEST_F(MainJob, AFolderOutsideGitIsReadAsItIs) {
  const std::filesystem::path folder = git_.root() / "plain";
  std::filesystem::create_directories(folder);
  Invocation call = Call({"init", "--name", "plain"});
  call.folder = folder;
  const auto run = [&](Arguments arguments) {
    call.arguments = std::move(arguments);
    const Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, 0) << ran.all();
    return ran;
  };
  run({"init", "--name", "plain"});
  run({"apply", "--auto-approve"});
  EXPECT_TRUE(Holds(run({"plan"}).out, "No changes."));
}

TEST_F(MainJob, ReadsABareRepository) {
  WriteShop();
  const std::filesystem::path bare = git_.root() / "bare.git";
  git_.Git({"clone", "--quiet", "--bare", ".", bare.string()});
  const std::string elsewhere = "sqlite:" + (git_.root() / "st").string();
  const Arguments more = {"--source", bare.string(), "--state", elsewhere};
  const auto with = [&](Arguments arguments) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  Expect(0, with({"apply", "--auto-approve"}));
  EXPECT_TRUE(Holds(Expect(0, with({"plan"})).out, "No changes."));
  // What reads a working tree says how to read a commit instead.
  const Ran refused = Expect(64, {"validate", "--source", bare.string()});
  EXPECT_TRUE(Holds(refused.err, "--ref main"));
  Expect(0, {"validate", "--ref", "main", "--source", bare.string()});
}

TEST_F(MainJob, FindsTheRepositoryAroundAFolderOfManifests) {
  git_.Write("README.md", "The configuration lies below.\n");
  git_.Write("platform/writ.yaml", kRepository);
  git_.Write("platform/manifests/workspace.yaml", kWorkspace);
  git_.Write("platform/environments/production/orders.yaml", "");
  git_.Commit("One folder of many");
  Expect(0, {"apply", "--source", "platform", "--auto-approve"});
  Invocation call = Call({"plan"});
  call.folder = repository() / "platform" / "manifests";
  const Ran plan = testing::RunWrit(call);
  EXPECT_EQ(plan.code, 0) << plan.all();
  EXPECT_TRUE(Holds(plan.out, "No changes."));
  EXPECT_TRUE(std::filesystem::exists(repository() / "platform" / "state" /
                                      "staging" / "state.db"));
}

}  // namespace
}  // namespace writ::e2e
