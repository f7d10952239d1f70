// Bad input and broken surroundings: each ends with its code, says what is
// wrong and what to do, and leaves the state as it was.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/e2e/own_store.h"
#include "tests/e2e/workbench.h"

namespace writ::e2e {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kNobody = 65534;

class BadInput : public Workbench {
 protected:
  // Runs as a user without rights over anything but this test's folder, for
  // root reads and writes everything.
  Ran ExpectWithoutRights(int code, Arguments arguments) {
    Invocation call = Call(std::move(arguments));
    if (::getuid() == 0) {
      for (const auto& entry : fs::recursive_directory_iterator(git_.root())) {
        if (::lchown(entry.path().c_str(), kNobody, kNobody) != 0) {
          ADD_FAILURE() << "can't hand over " << entry.path();
        }
      }
      // The build may lie where only root looks.
      call.program = git_.root() / "writ";
      fs::copy_file(testing::WritBinary(), call.program,
                    fs::copy_options::overwrite_existing);
      fs::permissions(call.program, fs::perms(0755));
      call.wrapper = {"setpriv", "--reuid=65534", "--regid=65534",
                      "--clear-groups"};
    }
    Ran ran = testing::RunWrit(call);
    EXPECT_EQ(ran.code, code) << ran.all();
    return ran;
  }
  fs::path Database() { return state("staging") / "state.db"; }
  // Overwrites bytes of the database file.
  void Patch(std::streamoff at, const std::string& bytes) {
    std::fstream file(Database(),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file << bytes;
  }
};

struct Manifest {
  const char* name;
  std::string text;
  const char* says;
};

TEST_F(BadInput, BrokenManifests) {
  WriteShop();
  const std::string head = "apiVersion: writ/v1\nkind: App\n";
  const std::vector<Manifest> cases = {
      {"an open bracket", "kind: [App\n", "bad.yaml:"},
      {"a tab", head + "metadata:\n\tname: x\n", "bad.yaml:4:"},
      {"a duplicate key", head + "kind: App\n", "bad.yaml:3:1"},
      {"a merge key", "base: &a {x: 1}\nspec: {<<: *a}\n", "<<"},
      {"an unknown kind", "apiVersion: writ/v1\nkind: Ap\n", "\"App\""},
      {"an unknown version", "apiVersion: writ/v2\nkind: App\n", "writ/v1"},
      {"no map", "- a\n- b\n", "bad.yaml:1:1"},
      {"no name", head + "spec: {workspace: acme}\n", "metadata"},
      {"a bad name", AppText("Bad_Name"), "Bad_Name"},
      {"Latin-1", AppText("caf\xe9"), "UTF-8"},
      {"UTF-16",
       std::string("\xff\xfe"
                   "k\0i\0",
                   6),
       "UTF-"},
      {"a null byte", head + std::string("a\0b: 1\n", 7), "bad.yaml:3"},
      {"a dangling reference",
       "apiVersion: writ/v1\nkind: App\nmetadata: {name: x}\n"
       "spec: {workspace: acne}\n",
       "\"acme\""},
      {"a second one", AppText("order-service"), "manifests/orders.yaml"},
      {"too deep", std::string(500, '[') + "\n", "64"},
  };
  for (const Manifest& each : cases) {
    SCOPED_TRACE(each.name);
    git_.Write("manifests/bad.yaml", each.text);
    const Ran validate = Expect(3, {"validate"});
    EXPECT_TRUE(Holds(validate.out, each.says));
    EXPECT_TRUE(Holds(validate.out, "manifests/bad.yaml"));
    EXPECT_TRUE(Holds(validate.err, "Nothing was planned."));
    Expect(3, {"plan", "--working-tree"});
    Expect(3, {"apply", "--working-tree", "--auto-approve"});
  }
  EXPECT_FALSE(fs::exists(state("staging")));
}

// T-22: aliases that multiply meet a stated limit, quickly.
TEST_F(BadInput, AliasBombs) {
  WriteShop();
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "" : ", ") + before;
    bomb += "]\n";
  }
  git_.Write("manifests/bomb.yaml", bomb);
  const Ran ran = Expect(3, {"validate"});
  EXPECT_TRUE(Holds(ran.out, "250000"));
  EXPECT_LT(ran.out.size(), 10'000U);
}

TEST_F(BadInput, FilesThatAreTooLarge) {
  WriteShop();
  git_.Write("manifests/large.yaml", "# " + std::string(5 << 20, 'x') + "\n");
  const Ran ran = Writ({"validate"});
  EXPECT_TRUE(ran.code == 1 || ran.code == 3) << ran.all();
  EXPECT_TRUE(Says(ran, "manifests/large.yaml"));
  EXPECT_TRUE(Says(ran, "4"));
}

TEST_F(BadInput, NoRepositoryAndNoCommit) {
  const Ran empty = Expect(1, {"plan"});
  EXPECT_TRUE(Says(empty, "no commit"));
  git_.Commit("Nothing in it");
  EXPECT_TRUE(Says(Expect(3, {"plan"}), "writ init"));
  EXPECT_TRUE(Says(Expect(3, {"validate"}), "writ.yaml"));
  for (const char* command : {"status", "history", "drift"}) {
    EXPECT_TRUE(Says(Expect(3, {command}), "there is no writ.yaml at the root"))
        << command;
    EXPECT_TRUE(Says(Expect(3, {command}), "writ init")) << command;
  }
  Invocation call = Call({"plan"});
  call.folder = git_.root();
  const Ran nowhere = testing::RunWrit(call);
  EXPECT_EQ(nowhere.code, 3) << nowhere.all();
  EXPECT_TRUE(Says(nowhere, "writ init"));
  EXPECT_TRUE(Says(Expect(1, {"plan", "--source", "no/such/folder"}),
                   "no/such/folder"));
  EXPECT_TRUE(
      Says(Expect(1, {"plan", "--source", "https://git.example.org/x.git"}),
           "git.example.org"));
}

TEST_F(BadInput, RefsThatAreNotThere) {
  WriteShop();
  git_.Git({"branch", "feature/orders"});
  const Ran typo = Expect(1, {"plan", "--ref", "feature/order"});
  EXPECT_TRUE(Says(typo, "feature/orders"));
  Expect(1, {"plan", "--ref", std::string(40, 'a')});
  Expect(64, {"plan", "--ref", ""});
}

// T-12: what can't be read is an error, never an absence.
TEST_F(BadInput, AnUnreadableFileDeletesNothing) {
  WriteShop();
  fs::permissions(repository() / "manifests/orders.yaml", fs::perms(0));
  const Ran validate = ExpectWithoutRights(1, {"validate"});
  EXPECT_TRUE(Says(validate, "manifests/orders.yaml"));
  ExpectWithoutRights(1, {"plan", "--working-tree"});
}

TEST_F(BadInput, AMissingBlobDeletesNothing) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  git_.Write("manifests/refunds.yaml", AppText("refunds"));
  git_.Commit("Add refunds");
  const std::string blob =
      git_.Git({"rev-parse", "HEAD:manifests/refunds.yaml"});
  fs::remove(repository() / ".git/objects" / blob.substr(0, 2) /
             blob.substr(2));
  EXPECT_TRUE(Says(Expect(1, {"plan"}), "git fsck"));
  Expect(1, {"apply", "--auto-approve"});
  Expect(0, {"state", "verify"});
}

TEST_F(BadInput, ARepositoryOfAnotherUser) {
  WriteShop();
  if (::getuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  for (const auto& entry : fs::recursive_directory_iterator(repository())) {
    ASSERT_EQ(::lchown(entry.path().c_str(), kNobody, kNobody), 0);
  }
  ASSERT_EQ(::lchown(repository().c_str(), kNobody, kNobody), 0);
  const Ran plan = Expect(1, {"plan"});
  EXPECT_TRUE(Says(plan, "git config --global --add safe.directory " +
                             repository().string()));
}

TEST_F(BadInput, AStateFolderThatCannotBeWritten) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 30d");
  git_.Commit("Change");
  for (const auto& entry : fs::directory_iterator(state("staging"))) {
    fs::permissions(entry.path(), fs::perms(0400));
  }
  fs::permissions(state("staging"), fs::perms(0500));
  ExpectWithoutRights(0, {"plan"});
  const Ran apply = ExpectWithoutRights(1, {"apply", "--auto-approve"});
  EXPECT_TRUE(Says(apply, "writable"));
  fs::permissions(state("staging"), fs::perms(0700));
}

TEST_F(BadInput, AStateOfAnotherUserOrBehindALink) {
  WriteShop();
  fs::create_directories(git_.root() / "elsewhere");
  fs::create_directories(repository() / "state");
  fs::create_directory_symlink(git_.root() / "elsewhere", state("staging"));
  EXPECT_TRUE(Says(Expect(1, {"apply", "--auto-approve"}), "link"));
  EXPECT_TRUE(fs::is_empty(git_.root() / "elsewhere"));
  fs::remove(state("staging"));
  if (::getuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  fs::create_directory(state("staging"));
  ASSERT_EQ(::chown(state("staging").c_str(), kNobody, kNobody), 0);
  Expect(1, {"apply", "--auto-approve"});
}

TEST_F(BadInput, ACorruptState) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Patch(0, std::string(4096, 'x'));
  for (const Arguments& arguments :
       std::vector<Arguments>{{"plan"},
                              {"apply", "--auto-approve"},
                              {"state", "list"},
                              {"state", "verify"},
                              {"audit", "verify"}}) {
    const Ran ran = Expect(1, arguments);
    EXPECT_TRUE(Says(ran, "writ state restore"));
    EXPECT_TRUE(Says(ran, "state/staging"));
  }
}

TEST_F(BadInput, AStateThatLostItsTail) {
  WriteShop();
  WriteManySchemas(300, "filler");
  Apply();
  fs::resize_file(Database(), fs::file_size(Database()) / 2);
  EXPECT_EQ(Writ({"state", "verify"}).code, 1);
  EXPECT_EQ(Writ({"plan", "--no-incremental"}).code, 1);
}

// A byte of a resource's content changed on disk.
TEST_F(BadInput, ATamperedRowIsFound) {
  WriteShop();
  Edit("manifests/orders.yaml", "retention: 90d", "retention: 77d");
  Apply();
  const std::string bytes = testing::GitFixture::ReadFile(Database());
  // With its quotes: three hexadecimal digits stand in many a digest as well.
  const std::size_t at = bytes.find("\"77d\"");
  ASSERT_NE(at, std::string::npos);
  Patch(static_cast<std::streamoff>(at), "\"78d\"");
  const Ran verify = Expect(1, {"state", "verify"});
  EXPECT_TRUE(Says(verify, "App/order-service"));
}

TEST_F(BadInput, AStateOfANewerWrit) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  // user_version of SQLite's header, big-endian (its file format, 1.3.14).
  Patch(60, std::string("\x00\x00\x03\xe7", 4));
  for (const char* command : {"plan", "apply"}) {
    const Ran ran = Expect(1, {command});
    EXPECT_TRUE(Says(ran, "newer"));
  }
}

TEST_F(BadInput, AnotherProgramsDatabase) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  Patch(68, std::string("\x12\x34\x56\x78", 4));  // application_id
  EXPECT_TRUE(Says(Expect(1, {"plan"}), "another program"));
}

TEST_F(BadInput, AStateOfAnotherEnvironment) {
  WriteShop();
  Expect(0, {"apply", "--auto-approve"});
  const std::string staging = "sqlite:" + state("staging").string();
  const Ran apply =
      Writ({"apply", "-e", "production", "--auto-approve", "--state", staging});
  EXPECT_TRUE(apply.code == 1 || apply.code == 64) << apply.all();
  EXPECT_TRUE(Says(apply, "staging"));
  EXPECT_TRUE(Says(apply, "production"));
}

TEST_F(BadInput, ALockedState) {
  WriteShop();
  Expect(0, {"state", "init"});
  HeldLease lease(state("staging"), "ana@runner-4");
  EXPECT_TRUE(Says(Expect(7, {"apply", "--auto-approve"}), "ana@runner-4"));
  EXPECT_TRUE(Says(Expect(7, {"apply", "--auto-approve"}), "--reason TEXT"));
  // Before anything is planned.
  for (const char* timeout : {"soon", "-5s"}) {
    const Ran ran =
        Expect(64, {"apply", "--auto-approve", "--lock-timeout", timeout});
    EXPECT_EQ(ran.out, "");
  }
}

TEST_F(BadInput, AStateBehindAGateway) {
  WriteShop();
  const Ran ran = Expect(1, {"plan", "--state", "https://writ.example.org"});
  EXPECT_TRUE(Says(ran, "https://writ.example.org"));
  EXPECT_TRUE(Says(ran, "VELA_CLIENT_SECRET holds none"));
  EXPECT_TRUE(Says(ran, "writ token issue"));
}

// T-22: what git says stays inside the repository.
TEST_F(BadInput, AStateOutsideOfTheRepository) {
  WriteShop();
  for (const char* place :
       {"sqlite:../outside", "sqlite:/tmp/outside", "sqlite:a/../../outside"}) {
    git_.Write("writ.yaml", kRepository);
    Edit("writ.yaml", "sqlite:state/staging", place);
    git_.Commit("Elsewhere");
    EXPECT_TRUE(Says(Expect(3, {"apply", "--auto-approve"}), "outside"))
        << place;
  }
}

TEST_F(BadInput, HostFilesThatAreNotTheOperators) {
  WriteShop();
  const fs::path host = git_.root() / "host.yaml";
  const auto apply = [&](int code) {
    return Expect(code,
                  {"apply", "--auto-approve", "--host-config", host.string()});
  };
  EXPECT_TRUE(Says(apply(1), "host.yaml"));
  std::ofstream(host) << "apiVersion: writ/v1\nkind: Host\nspec: {}\n";
  fs::permissions(host, fs::perms(0664));
  EXPECT_TRUE(Says(apply(1), "chmod go-w"));
  fs::permissions(host, fs::perms(0644));
  std::ofstream(host) << "apiVersion: writ/v1\nkind: Host\n"
                         "spec: {environmnts: {}, more: 1}\n";
  EXPECT_TRUE(Says(apply(3), "line 3, column 8: "));
  EXPECT_TRUE(Says(apply(3), "line 3, column 25: "));
  std::ofstream(host) << "kind: [";
  apply(3);
  EXPECT_FALSE(fs::exists(state("staging")));
}

TEST_F(BadInput, FmtSaysWhereYamlIsBroken) {
  WriteShop();
  git_.Write("manifests/broken.yaml", "apiVersion: writ/v1\nkind: [App\n");
  EXPECT_TRUE(Says(Expect(3, {"fmt", "--check"}), "manifests/broken.yaml:"));
}

TEST_F(BadInput, APlanThatCantBeWrittenLeavesNoFile) {
  WriteShop();
  Expect(1, {"plan", "--out", "none/plan.json"});
  const Arguments arguments = {"plan", "--out", "plan.json", "--now",
                               "2026-12-01T00:00:00Z"};
  Expect(0, arguments);
  const std::string plan = Read("plan.json");
  Expect(0, arguments);
  EXPECT_EQ(Read("plan.json"), plan);
  for (const auto& entry : fs::directory_iterator(repository())) {
    EXPECT_TRUE(Lacks(entry.path().filename(), "draft"));
  }
  if (fs::exists("/dev/full")) Expect(1, {"plan", "--out", "/dev/full"});
}

TEST_F(BadInput, AFileThatIsTooLargeIsOneMistakeOfSeveral) {
  WriteShop();
  git_.Write("manifests/large.yaml", "# " + std::string(5 << 20, 'x') + "\n");
  git_.Write("manifests/broken.yaml", "apiVersion: writ/v1\nkind: Ap\n");
  git_.Commit("Two mistakes");
  for (const char* command : {"validate", "plan", "apply"}) {
    const Ran ran = Expect(3, {command});
    EXPECT_TRUE(Says(ran, "Nothing was planned."));
    EXPECT_TRUE(Says(ran, "is larger than 4194304 bytes"));
    EXPECT_TRUE(Says(ran, "manifests/broken.yaml:2"));
  }
}

TEST_F(BadInput, CommandLines) {
  WriteShop();
  const auto says = [&](Arguments arguments, const char* part) {
    EXPECT_TRUE(Says(Expect(64, std::move(arguments)), part));
  };
  says({"plann"}, "did you mean \"plan\"?");
  says({"state", "lst"}, "did you mean \"state list\"?");
  says({"plan", "--enviroment", "x"}, "--enviroment");
  says({"plan", "--env", "stagin"}, "did you mean \"staging\"?");
  says({"plan", "--env", "x"}, "production, staging");
  says({"plan", "--target", "orders"}, "Kind/name");
  says({"plan", "--target", "App/a", "--exclude", "App/b"}, "exclude");
  says({"plan", "--destroy", "--refresh-only"}, "--refresh-only");
  says({"plan", "--now", "yesterday"}, "2026-11-21T03:20:00Z");
  says({"plan", "--var", "novalue"}, "NAME=VALUE");
  says({"plan", "--parallelism", "many"}, "--parallelism");
  says({"plan", "--parallelism", "-1"}, "--parallelism");
  says({"plan", "--ref", "HEAD~0", "--working-tree"}, "exclude each other");
  says({"plan", "--state", "postgres://x"}, "write sqlite:FOLDER");
  says({"plan", "--state", "foo"}, "write sqlite:FOLDER");
  says({"plan", "--allow-deletes", "-3"}, "--allow-deletes");
  says({"plan", "--allow-protected", "nope"}, "Kind/name");
  says({"plan", "--allow-data-loss", "nope"}, "Kind/name");
  says({"plan", "--target", "Project/nope"}, "Project/nope");
  says({"plan", "--exclude", "App/nope"}, "App/nope");
  says({"state", "list", "--kind", "Ap"}, "did you mean \"App\"?");
  says({"state", "show"}, "ADDRESS");
  says({"state", "show", "App"}, "no address");
  says({"version", "extra"}, "extra");
}

TEST_F(BadInput, WarnsOfWhatItLeavesOut) {
  WriteShop();
  fs::create_symlink("/etc/passwd", repository() / "manifests/link.yaml");
  git_.Commit("A link");
  const Ran plan = Expect(0, {"plan"});
  EXPECT_TRUE(Says(plan, "manifests/link.yaml"));
  EXPECT_TRUE(Lacks(plan.out + plan.err, "root:"));
}

}  // namespace
}  // namespace writ::e2e
