// writ state, lock and audit.
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

constexpr char kApp[] = "App/order-service";

class StateCommands : public Workbench {
 protected:
  void SetUp() override {
    WriteShop();
    Expect(0, {"apply", "--auto-approve"});
  }

  json Show(const std::string& address) {
    return ExpectJson(0, {"state", "show", address, "--json"});
  }
  bool IsLive(const std::string& address) {
    return Writ({"state", "show", address}).code == 0;
  }
  std::string AuditText() {
    return Expect(0, {"audit", "show", "-n", "0"}).out;
  }
};

unsigned ModeOf(const std::filesystem::path& path) {
  struct stat facts = {};
  EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 07777U;
}

TEST_F(StateCommands, ListShowsWhatIsLive) {
  const Ran list = Expect(0, {"state", "list"});
  EXPECT_TRUE(Holds(list.out, kApp));
  EXPECT_TRUE(Holds(list.out, "Token/order-service/default"));
  const Ran apps = Expect(0, {"state", "list", "--kind", "App"});
  EXPECT_EQ(apps.out, std::string(kApp) + "\n");
  json all = ExpectJson(0, {"state", "list", "--json"});
  EXPECT_EQ(all["environment"], "staging");
  EXPECT_GT(all["serial"], 0);
}

TEST_F(StateCommands, ShowSaysWhereItCameFrom) {
  json app = Show(kApp);
  EXPECT_EQ(app["generation"], 1);
  EXPECT_EQ(app["owner"], "shop");
  EXPECT_EQ(app["applied_from"]["file"], "manifests/orders.yaml");
  EXPECT_EQ(app["applied_from"]["commit"], git_.Git({"rev-parse", "HEAD"}));
  EXPECT_EQ(app["content"]["spec"]["retention"], "90d");
  EXPECT_TRUE(
      Holds(Expect(0, {"state", "show", "Token/order-service/default"}).out,
            "not issued"));
  Expect(1, {"state", "show", "App/nobody"});
}

// T-15
TEST_F(StateCommands, TheStateIsForItsOwnerAlone) {
  EXPECT_EQ(ModeOf(state("staging")), 0700U);
  for (const auto& entry :
       std::filesystem::directory_iterator(state("staging"))) {
    EXPECT_EQ(ModeOf(entry.path()), 0600U) << entry.path();
  }
}

TEST_F(StateCommands, InitMakesAStateOnce) {
  EXPECT_TRUE(Holds(Expect(0, {"state", "init", "-e", "production"}).out,
                    "Created the state"));
  EXPECT_TRUE(Holds(Expect(0, {"state", "init", "-e", "production"}).out,
                    "There is a state already"));
  Expect(0, {"state", "verify", "-e", "production"});
  EXPECT_TRUE(
      Holds(Expect(0, {"plan", "-e", "production"}).out, "+ App/order"));
}

TEST_F(StateCommands, RemovesAndBringsBack) {
  const std::string address = "EventSchema/order-service/order.placed";
  const std::string uid = Show(address)["uid"];
  EXPECT_TRUE(Says(Expect(64, {"state", "rm", address}), "--reason"));
  EXPECT_TRUE(IsLive(address));
  Expect(0, {"state", "rm", address, "--reason", "left over"});
  EXPECT_FALSE(IsLive(address));
  EXPECT_TRUE(Holds(Expect(0, {"state", "list", "--deleted"}).out, address));
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "+ " + address));
  Expect(0, {"state", "undelete", address});
  EXPECT_EQ(Show(address)["uid"], uid);
  EXPECT_TRUE(Holds(Expect(0, {"plan"}).out, "No changes."));
  EXPECT_TRUE(Holds(AuditText(), "state.rm"));
  EXPECT_TRUE(Holds(AuditText(), "left over"));
  EXPECT_TRUE(Holds(AuditText(), "state.undelete"));
  Expect(0, {"state", "verify"});
}

TEST_F(StateCommands, AParentIsNotRemovedFromUnderItsChildren) {
  const Ran remove = Expect(5, {"state", "rm", kApp, "--reason", "gone"});
  EXPECT_TRUE(Says(remove, "EventSchema/order-service/order.placed"));
  EXPECT_TRUE(IsLive(kApp));
  Expect(0, {"state", "verify"});
}

TEST_F(StateCommands, AChildIsNotBroughtBackWithoutItsParent) {
  const std::string schema = "EventSchema/order-service/order.placed";
  const std::string token = "Token/order-service/default";
  for (const std::string& address : {schema, token, std::string(kApp)}) {
    Expect(0, {"state", "rm", address, "--reason", "gone"});
  }
  EXPECT_TRUE(Says(Writ({"state", "undelete", schema}), kApp));
  Expect(0, {"state", "undelete", kApp});
  Expect(0, {"state", "undelete", schema});
  Expect(0, {"state", "verify"});
  Expect(0, {"apply", "--auto-approve"});
  EXPECT_TRUE(IsLive(token));
}

TEST_F(StateCommands, TransferHandsAResourceOver) {
  Expect(64, {"state", "transfer", kApp, "--reason", "split"});
  Expect(0, {"state", "transfer", kApp, "--to", "other", "--reason", "split"});
  EXPECT_EQ(Show(kApp)["owner"], "other");
  // Nothing changes where nothing has to.
  const json once = ExpectJson(0, {"state", "list", "--json"});
  Expect(0, {"state", "transfer", kApp, "--to", "other", "--reason", "again"});
  EXPECT_EQ(ExpectJson(0, {"state", "list", "--json"}), once);
  // A foreign owner's resource is refused, and the plan says how to get it.
  const Ran plan = Expect(5, {"plan"});
  EXPECT_TRUE(Holds(plan.out, "other"));
  Expect(5, {"apply", "--auto-approve"});
  Expect(0, {"state", "transfer", kApp, "--to", "shop", "--reason", "back"});
  Expect(0, {"plan"});
  EXPECT_TRUE(Holds(AuditText(), "state.transfer"));
}

TEST_F(StateCommands, BackupIsRestoredUnderANewLineage) {
  const std::string lineage =
      ExpectJson(0, {"state", "list", "--json"})["lineage"];
  Expect(0, {"state", "backup", "backup.db"});
  EXPECT_EQ(ModeOf(repository() / "backup.db"), 0600U);
  EXPECT_TRUE(Says(Expect(1, {"state", "backup", "backup.db"}), "exists"));
  const std::string elsewhere = "sqlite:" + (git_.root() / "restored").string();
  Expect(0, {"state", "restore", "backup.db", "--state", elsewhere});
  EXPECT_NE(ExpectJson(0, {"state", "list", "--json", "--state",
                           elsewhere})["lineage"],
            lineage);
  // T-10: nothing is applied before somebody has looked at it.
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Change");
  const Ran apply =
      Expect(5, {"apply", "--auto-approve", "--state", elsewhere});
  EXPECT_TRUE(Says(apply, "state restore --accept"));
  Expect(1, {"doctor", "--state", elsewhere});
  Expect(0, {"state", "restore", "--accept", "--state", elsewhere});
  Expect(0, {"apply", "--auto-approve", "--state", elsewhere});
  Expect(0, {"state", "verify", "--state", elsewhere});
  Expect(0, {"audit", "verify", "--state", elsewhere});
  // Never over a state that is there.
  Expect(1, {"state", "restore", "backup.db"});
  EXPECT_TRUE(Holds(Expect(0, {"state", "restore", "--accept"}).out,
                    "nothing to accept"));
  Expect(64, {"state", "restore"});
}

TEST_F(StateCommands, ExportForPlanIsEnoughToPlanAndNoMore) {
  Expect(64, {"state", "export", "plan-state/state.db"});
  std::filesystem::create_directory(repository() / "plan-state");
  std::filesystem::permissions(repository() / "plan-state",
                               std::filesystem::perms(0700));
  Expect(0, {"state", "export", "--for-plan", "plan-state/state.db"});
  const Arguments plan = {"plan", "--json", "--now", "2026-12-01T00:00:00Z"};
  Arguments elsewhere = plan;
  elsewhere.insert(elsewhere.end(), {"--state", "sqlite:plan-state"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Git({"add", "manifests"});
  git_.Git({"commit", "--quiet", "--message", "Change"});
  EXPECT_EQ(ExpectJson(0, elsewhere)["digest"], ExpectJson(0, plan)["digest"]);
  EXPECT_TRUE(Holds(
      Expect(0, {"audit", "show", "--state", "sqlite:plan-state", "-n", "0"})
              .out +
          " ",
      " "));
}

TEST_F(StateCommands, EveryResultIsJsonWhereThatIsAskedFor) {
  const std::string app = "App/order-service";
  const std::string state = "sqlite:" + (git_.root() / "restored").string();
  for (const Arguments& arguments : std::vector<Arguments>{
           {"version"},
           {"doctor"},
           {"explain", app},
           {"graph"},
           {"lock", "list"},
           {"audit", "show"},
           {"audit", "verify"},
           {"state", "init"},
           {"state", "list"},
           {"state", "list", "--deleted"},
           {"state", "show", app},
           {"state", "verify"},
           {"state", "unprotect", app, "--reason", "x"},
           {"state", "transfer", app, "--to", "shop", "--reason", "x"},
           {"state", "backup", "backup.db"},
           {"state", "export", "--for-plan", "export.db"},
           {"state", "restore", "backup.db", "--state", state},
           {"state", "restore", "--accept", "--state", state},
           {"state", "rm", "EventSchema/order-service/order.placed", "--reason",
            "x"},
           {"state", "undelete", "EventSchema/order-service/order.placed"}}) {
    Arguments as_json = arguments;
    as_json.push_back("--json");
    const json result = ExpectJson(0, as_json);
    SCOPED_TRACE(result.dump());
    EXPECT_EQ(result["format_version"], "1.0");
    EXPECT_EQ(result["exit_code"], 0);
  }
  // What is live already is no partial success.
  Expect(1, {"state", "undelete", app});
}

// T-11
TEST_F(StateCommands, AnApplyOfNothingTellsTheHeadAsWell) {
  const std::string head = ExpectJson(0, {"audit", "verify", "--json"})["head"];
  const std::string anchors = (git_.root() / "anchors").string();
  EXPECT_TRUE(Holds(
      Expect(0, {"apply", "--auto-approve", "--audit-anchor", anchors}).out,
      "audit head " + head));
  const json result = ExpectJson(
      0, {"apply", "--auto-approve", "--json", "--audit-anchor", anchors});
  EXPECT_EQ(result["audit_head"], head);
  EXPECT_EQ(result["serial_after"],
            ExpectJson(0, {"state", "list", "--json"})["serial"]);
  EXPECT_EQ(testing::GitFixture::ReadFile(anchors),
            "staging " + head + "\nstaging " + head + "\n");
}

// T-15
TEST_F(StateCommands, DoctorSeesWhatIsOpenToOthers) {
  Expect(0, {"doctor"});
  const auto file = state("staging") / "state.db";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_TRUE(
      Holds(Expect(1, {"doctor"}).out, "chmod go-rwx " + file.string()));
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  std::filesystem::permissions(state("staging"), std::filesystem::perms(0750));
  EXPECT_TRUE(Holds(Expect(1, {"doctor"}).out,
                    "chmod go-rwx " + state("staging").string()));
}

// T-06
TEST_F(StateCommands, ACopyForPlansIsNeverWritten) {
  std::filesystem::create_directory(repository() / "plan-state");
  Expect(0, {"state", "export", "--for-plan", "plan-state/state.db"});
  const std::string copy = "sqlite:plan-state";
  for (const Arguments& arguments : std::vector<Arguments>{
           {"apply", "--auto-approve"},
           {"state", "rm", "App/order-service", "--reason", "x"},
           {"state", "unprotect", "App/order-service", "--reason", "x"}}) {
    Arguments on_copy = arguments;
    on_copy.insert(on_copy.end(), {"--state", copy});
    EXPECT_TRUE(Holds(Expect(1, on_copy).err, "is a copy for plans"));
  }
}

TEST_F(StateCommands, LockIsListedAndBroken) {
  EXPECT_TRUE(Holds(Expect(0, {"lock", "list"}).out, "Nobody"));
  HeldLease lease(state("staging"), "ana@runner-4");
  const Ran list = Expect(0, {"lock", "list"});
  EXPECT_TRUE(Holds(list.out, "ana@runner-4 holds the lease"));
  EXPECT_TRUE(Holds(list.out, "writ lock break " + lease.token()));
  json leases = ExpectJson(0, {"lock", "list", "--json"})["leases"];
  EXPECT_EQ(leases[0]["id"], lease.token());
  Expect(64, {"lock", "break", lease.token()});
  Expect(1, {"lock", "break", "not-it", "--reason", "typo"});
  Expect(0, {"lock", "break", lease.token(), "--reason", "lost network"});
  EXPECT_TRUE(Holds(Expect(0, {"lock", "list"}).out, "Nobody"));
  EXPECT_TRUE(Holds(AuditText(), "lock.break"));
  EXPECT_TRUE(Holds(AuditText(), "lost network"));
}

// T-11
TEST_F(StateCommands, TheAuditIsShownAndVerified) {
  json verified = ExpectJson(0, {"audit", "verify", "--json"});
  const std::string head = verified["head"];
  Expect(0, {"audit", "verify", "--expect-head", head});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  Apply({"--audit-anchor", (git_.root() / "anchors").string()});
  Expect(0, {"audit", "verify", "--expect-head", head});
  const std::string anchors =
      testing::GitFixture::ReadFile(git_.root() / "anchors");
  EXPECT_EQ(anchors.rfind("staging ", 0), 0U) << anchors;
  const std::string anchored = anchors.substr(8, anchors.size() - 9);
  Expect(0, {"audit", "verify", "--expect-head", anchored});
  EXPECT_TRUE(Holds(Expect(0, {"audit", "show", "--subject", kApp}).out,
                    "apply.update"));
  json entries = ExpectJson(0, {"audit", "show", "--json", "-n", "3"});
  EXPECT_EQ(entries["entries"].size(), 3U);
  // A head of another history, one that isn't there yet, and no head at all.
  std::string forged = head;
  forged.back() = forged.back() == '0' ? '1' : '0';
  Expect(1, {"audit", "verify", "--expect-head", forged});
  Expect(1,
         {"audit", "verify", "--expect-head", "99999:" + std::string(64, 'a')});
  Expect(64, {"audit", "verify", "--expect-head", "12"});
}

TEST_F(StateCommands, TheActorIsInTheAudit) {
  Invocation call =
      Call({"state", "unprotect", kApp, "--reason", "nothing to end"});
  EXPECT_EQ(testing::RunWrit(call).code, 0);
  call.arguments = {"state", "rm", "EventSchema/order-service/order.placed",
                    "--reason", "OPS-7"};
  call.variables = {{"WRIT_ACTOR", "ci@runner-4"}};
  EXPECT_EQ(testing::RunWrit(call).code, 0);
  EXPECT_TRUE(Holds(AuditText(), "ci@runner-4"));
}

TEST_F(StateCommands, TheStateIsNamedByFlagOrVariable) {
  Invocation call = Call({"state", "list", "--kind", "App"});
  call.folder = git_.root();
  EXPECT_NE(testing::RunWrit(call).code, 0);
  call.variables = {{"WRIT_STATE", "sqlite:" + state("staging").string()}};
  const Ran by_variable = testing::RunWrit(call);
  EXPECT_EQ(by_variable.out, std::string(kApp) + "\n") << by_variable.all();
}

}  // namespace
}  // namespace writ::e2e
