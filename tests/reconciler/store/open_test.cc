// Opening: what is made, what is refused, and what a crash leaves.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "reconciler/store/state_folder.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

class StateStoreOpen : public StoreTest {
 protected:
  std::string StateFolderPath() const { return folder_ / "state"; }

  static mode_t ModeOf(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }

  void Create() { ASSERT_NE(Open(), nullptr); }

  // Overwrites the middle of a page that a table uses.
  void Damage(const std::string& table) {
    const std::int64_t page = IntegerSql(
        DatabaseFile(),
        "SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
    std::fstream file(DatabaseFile(),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(64, '\x7f');
  }

  // As a writer leaves it that was killed.
  void LeaveDirty() { RunSql(DatabaseFile(), "UPDATE meta SET dirty = 1"); }
};

TEST_F(StateStoreOpen, CreatesAStateOnceAndKeepsItsLineage) {
  auto store = Open();
  const StateFacts made = store->ReadFacts().value();
  EXPECT_EQ(made.environment, "production");
  EXPECT_EQ(made.lineage.size(), 32U);
  EXPECT_EQ(made.serial, 0);
  EXPECT_EQ(made.created_at, clock_.Now());
  EXPECT_FALSE(made.restored);
  EXPECT_FALSE(made.clock_behind);
  store.reset();
  clock_.Advance(std::chrono::hours(1));
  store = Open();
  EXPECT_EQ(store->ReadFacts().value().lineage, made.lineage);
  EXPECT_EQ(store->ReadFacts().value().created_at, made.created_at);
}

TEST_F(StateStoreOpen, FindsNoStateWhereThereIsNone) {
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kNotFound);
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kNotFound);
  EXPECT_FALSE(fs::exists(StateFolderPath()));
  fs::create_directory(StateFolderPath());
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kNotFound);
  EXPECT_TRUE(fs::is_empty(StateFolderPath()));
}

TEST_F(StateStoreOpen, TellsACutOffStateFromOneThatWasNeverFilled) {
  Create();
  for (const char* log : {"-wal", "-shm"}) fs::remove(DatabaseFile() + log);
  fs::resize_file(DatabaseFile(), 0);
  for (const OpenMode mode :
       {OpenMode::kReadOnly, OpenMode::kReadWrite, OpenMode::kMigrate}) {
    EXPECT_EQ(OpenError(mode), ErrorCode::kCorrupt);
  }
  // Whoever takes it away wants a new one.
  fs::remove(DatabaseFile());
  EXPECT_NE(Open(OpenMode::kMigrate), nullptr);
}

TEST_F(StateStoreOpen, FindsNoStateInAFileThatWasNeverFilled) {
  fs::create_directory(StateFolderPath());
  fs::permissions(StateFolderPath(), fs::perms::owner_all);
  std::ofstream(DatabaseFile()).close();
  fs::permissions(DatabaseFile(), fs::perms(0600));
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kNotFound);
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kNotFound);
  EXPECT_EQ(OpenError(OpenMode::kMigrate), std::nullopt);
}

TEST_F(StateStoreOpen, RefusesAnotherEnvironment) {
  Create();
  OpenOptions options = Options(OpenMode::kReadOnly);
  options.environment = "staging";
  const auto store = StateStore::Open(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(store.error().message.find("production"), std::string::npos);
  options.environment = "";
  EXPECT_TRUE(StateStore::Open(options));
}

// T-15
TEST_F(StateStoreOpen, MakesPrivateFilesUnderAnyUmask) {
  for (const mode_t mask : {mode_t{0}, mode_t{0777}}) {
    fs::remove_all(StateFolderPath());
    const mode_t before = ::umask(mask);
    auto store = Open();
    if (store != nullptr) PutAll(*store, {MakeResource("App/a")});
    ::umask(before);
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(ModeOf(StateFolderPath()), 0700U);
    for (const auto& entry : fs::directory_iterator(StateFolderPath())) {
      EXPECT_EQ(ModeOf(entry.path()), 0600U) << entry.path();
    }
    EXPECT_TRUE(fs::exists(DatabaseFile() + "-wal"));
  }
}

// T-15
TEST_F(StateStoreOpen, TightensLooseModesBeforeItWrites) {
  Create();
  fs::permissions(StateFolderPath(), fs::perms(0755));
  fs::permissions(DatabaseFile(), fs::perms(0644));
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), std::nullopt);
  EXPECT_EQ(ModeOf(DatabaseFile()), 0644U);  // a reader changes nothing
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), std::nullopt);
  EXPECT_EQ(ModeOf(StateFolderPath()), 0700U);
  EXPECT_EQ(ModeOf(DatabaseFile()), 0600U);
}

// T-15
TEST_F(StateStoreOpen, ReadsNothingThatOthersMayWrite) {
  Create();
  fs::permissions(DatabaseFile(), fs::perms(0660));
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kPermission);
  fs::permissions(DatabaseFile(), fs::perms(0600));
  fs::permissions(StateFolderPath(), fs::perms(0777));
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kPermission);
}

// T-15
TEST_F(StateStoreOpen, RefusesSymbolicLinks) {
  Create();
  fs::rename(StateFolderPath(), folder_ / "elsewhere");
  fs::create_directory_symlink(folder_ / "elsewhere", StateFolderPath());
  for (const OpenMode mode :
       {OpenMode::kReadOnly, OpenMode::kReadWrite, OpenMode::kMigrate}) {
    EXPECT_EQ(OpenError(mode), ErrorCode::kPermission);
  }
  fs::remove(StateFolderPath());
  fs::rename(folder_ / "elsewhere", StateFolderPath());
  fs::rename(DatabaseFile(), folder_ / "file");
  fs::create_symlink(folder_ / "file", DatabaseFile());
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kPermission);
  EXPECT_EQ(OpenError(OpenMode::kMigrate), ErrorCode::kPermission);
}

// T-15
TEST_F(StateStoreOpen, RefusesALinkInPlaceOfTheLog) {
  Create();
  std::ofstream(folder_ / "victim") << "precious";
  fs::create_symlink(folder_ / "victim", DatabaseFile() + "-wal");
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kPermission);
  EXPECT_EQ(fs::file_size(folder_ / "victim"), 8U);
}

// T-15
TEST_F(StateStoreOpen, RefusesAnotherOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  Create();
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(::chown(DatabaseFile().c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kPermission);
  EXPECT_EQ(OpenError(OpenMode::kMigrate), ErrorCode::kPermission);
  ASSERT_EQ(::chown(DatabaseFile().c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(StateFolderPath().c_str(), kNobody, kNobody), 0);
  const auto store = StateStore::Open(Options(OpenMode::kReadOnly));
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::kPermission);
  EXPECT_NE(store.error().remedy.find("chown"), std::string::npos);
}

// T-15
TEST(StateFolder, KnowsNetworkFileSystems) {
  constexpr std::uint64_t kNfs = 0x6969;
  constexpr std::uint64_t kCifsSigned = 0xffffffffff534d42;
  constexpr std::uint64_t kExt4 = 0xef53;
  constexpr std::uint64_t kTmpfs = 0x01021994;
  EXPECT_TRUE(IsNetworkFileSystem(kNfs));
  EXPECT_TRUE(IsNetworkFileSystem(kCifsSigned));
  EXPECT_FALSE(IsNetworkFileSystem(kExt4));
  EXPECT_FALSE(IsNetworkFileSystem(kTmpfs));
}

TEST_F(StateStoreOpen, RefusesADatabaseOfSomethingElse) {
  fs::create_directory(StateFolderPath());
  fs::permissions(StateFolderPath(), fs::perms::owner_all);
  std::ofstream(DatabaseFile()).close();
  fs::permissions(DatabaseFile(), fs::perms(0600));
  RunSql(DatabaseFile(), "CREATE TABLE bookmarks (url TEXT)");
  EXPECT_EQ(OpenError(OpenMode::kMigrate), ErrorCode::kCorrupt);
  std::ofstream(DatabaseFile(), std::ios::trunc)
      << std::string(8192, 'x');  // no database at all
  EXPECT_EQ(OpenError(OpenMode::kMigrate), ErrorCode::kCorrupt);
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kCorrupt);
}

// T-13
TEST_F(StateStoreOpen, RefusesPlantedTriggersAndViews) {
  const std::vector<std::string> planted = {
      "CREATE TRIGGER t AFTER INSERT ON audit BEGIN "
      "DELETE FROM audit WHERE sequence = new.sequence; END",
      "CREATE VIEW v AS SELECT * FROM resources",
      "CREATE VIRTUAL TABLE f USING fts5(body)",
  };
  for (const std::string& sql : planted) {
    fs::remove_all(StateFolderPath());
    Create();
    RunSql(DatabaseFile(), sql);
    EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kCorrupt) << sql;
    EXPECT_EQ(OpenError(OpenMode::kMigrate), ErrorCode::kCorrupt) << sql;
  }
}

TEST_F(StateStoreOpen, LooksForDamageOnceAfterACrash) {
  {
    const auto store = Open();
    std::vector<StoredResource> many;
    for (int i = 0; i < 200; ++i) {
      many.push_back(MakeResource("App/a" + std::to_string(i)));
    }
    PutAll(*store, many);
  }
  LeaveDirty();
  Damage("journal");
  EXPECT_EQ(OpenError(OpenMode::kReadOnly), ErrorCode::kCorrupt);
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kCorrupt);
  RunSql(DatabaseFile(), "UPDATE meta SET dirty = 0");
  // What nobody left in the middle is opened without reading all of it.
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), std::nullopt);
}

TEST_F(StateStoreOpen, SaysThatASessionEndedInAnOrderlyWay) {
  {
    const auto store = Open();
    PutAll(*store, {MakeResource("App/a")});
    EXPECT_EQ(IntegerSql(DatabaseFile(), "SELECT dirty FROM meta"), 1);
  }
  EXPECT_EQ(IntegerSql(DatabaseFile(), "SELECT dirty FROM meta"), 0);
  LeaveDirty();
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), std::nullopt);
  EXPECT_EQ(IntegerSql(DatabaseFile(), "SELECT dirty FROM meta"), 0);
}

TEST_F(StateStoreOpen, LeavesAnotherSessionsMarkAlone) {
  auto first = Open();
  PutAll(*first, {MakeResource("App/a")});
  auto second = Open();
  PutAll(*second, {MakeResource("App/b")});
  second.reset();
  EXPECT_EQ(IntegerSql(DatabaseFile(), "SELECT dirty FROM meta"), 1);
  first.reset();
  EXPECT_EQ(IntegerSql(DatabaseFile(), "SELECT dirty FROM meta"), 0);
}

TEST_F(StateStoreOpen, ReportsDamageThatAReadMeets) {
  {
    const auto store = Open();
    PutAll(*store, {MakeResource("App/a")});
  }
  Damage("resources");
  const auto store = Open(OpenMode::kReadOnly);
  ASSERT_NE(store, nullptr);
  const auto all = store->ReadAll(false);
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(all.error().remedy.empty());
}

TEST_F(StateStoreOpen, ReadsWithoutWriting) {
  {
    const auto store = Open();
    PutAll(*store, {MakeResource("App/a")});
  }
  const auto bytes = [&] {
    std::ifstream file(DatabaseFile(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = bytes();
  {
    const auto store = Open(OpenMode::kReadOnly);
    ASSERT_TRUE(store->ReadAll(true));
    EXPECT_EQ(store->BeginWrite("").error().code, ErrorCode::kPermission);
    EXPECT_EQ(store->Heartbeat("x").error().code, ErrorCode::kPermission);
    EXPECT_EQ(store->AcquireLease("a", "apply", std::chrono::seconds(1), {})
                  .error()
                  .code,
              ErrorCode::kPermission);
  }
  EXPECT_EQ(bytes(), before);
}

// Two who create at once get one state.
TEST_F(StateStoreOpen, IsCreatedOnceByManyThreads) {
  std::vector<std::string> lineages(4);
  std::vector<std::thread> threads;
  for (std::string& lineage : lineages) {
    threads.emplace_back([this, &lineage] {
      OpenOptions options = Options(OpenMode::kMigrate);
      options.random = nullptr;  // the system's
      options.clock = nullptr;
      options.busy_timeout = std::chrono::seconds(20);
      const auto store = StateStore::Open(options);
      lineage = store ? store.value()->ReadFacts().value().lineage
                      : Describe(store.error());
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& lineage : lineages) EXPECT_EQ(lineage, lineages[0]);
  EXPECT_EQ(lineages[0].size(), 32U);
}

// The folder can't be written: nothing may be made beside the database, and
// what a stopped writer left can't be finished.
class StateStoreReadOnlyFolder : public StateStoreOpen {
 protected:
  // Runs in a child that is no longer root; gives its exit code.
  template <typename Body>
  int AsNobody(Body&& body) {
    constexpr uid_t kNobody = 65534;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      EXPECT_EQ(::chown(entry.path().c_str(), kNobody, kNobody), 0);
    }
    EXPECT_EQ(::chown(folder_.path().c_str(), kNobody, kNobody), 0);
    fs::permissions(StateFolderPath(), fs::perms(0500));
    const pid_t child = ::fork();  // no store is open here
    if (child == 0) {
      if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) ::_exit(100);
      ::_exit(body());
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(StateStoreReadOnlyFolder, IsReadWhereTheLastWriterEndedWell) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become nobody";
  {
    const auto store = Open();
    PutAll(*store, {MakeResource("App/a")});
  }
  const int code = AsNobody([this] {
    const auto store = StateStore::Open(Options(OpenMode::kReadOnly));
    if (!store) return 1;
    const auto all = (*store)->ReadAll(true);
    return all && all->resources.size() == 1 ? 0 : 2;
  });
  EXPECT_EQ(code, 0);
  for (const auto& entry : fs::directory_iterator(StateFolderPath())) {
    EXPECT_NE(entry.path().extension(), ".db-wal") << entry.path();
  }
}

TEST_F(StateStoreReadOnlyFolder, SaysWhatToDoWhereAWriterWasStopped) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become nobody";
  {
    const auto store = Open();
    PutAll(*store, {MakeResource("App/a")});
    // The log as a writer leaves it that was killed.
    fs::copy_file(DatabaseFile() + "-wal", folder_ / "log");
  }
  fs::rename(folder_ / "log", DatabaseFile() + "-wal");
  fs::permissions(DatabaseFile() + "-wal", fs::perms(0400));
  fs::permissions(DatabaseFile(), fs::perms(0400));
  const int code = AsNobody([this] {
    const auto store = StateStore::Open(Options(OpenMode::kReadOnly));
    // SQLite may be able to read the log in memory, or say that it can't.
    if (store) return (*store)->ReadAll(true) ? 0 : 2;
    if (store.error().code != ErrorCode::kIo) return 3;
    return store.error().remedy.find("copy it") != std::string::npos ? 0 : 4;
  });
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace writ::reconciler
