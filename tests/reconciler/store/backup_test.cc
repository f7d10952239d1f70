// Copies: whole, private, never over anything; and back again as a new state.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "reconciler/store/audit_chain.h"
#include "reconciler/store/migrations.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

class Backup : public StoreTest {
 protected:
  Backup() : store_(Open()), file_(folder_ / "backup.db") {
    StoredResource token = MakeResource("Token/shop/ci", "App/shop");
    token.references = {Id("App/shop")};
    PutAll(*store_, {MakeResource("App/shop"), token, MakeResource("App/x")});
    const auto write = Begin(*store_);
    EXPECT_TRUE(write->Delete(Id("App/x"), 1));
    EXPECT_TRUE(write->AppendJournal(
        {"a1", 1, clock_.Now(), "App/shop", "create", "not_live", "ana", {}}));
    AuditEntry entry;
    entry.actor = "ana";
    entry.action = "apply.create";
    EXPECT_TRUE(write->AppendAudit(entry));
    BaseRecord base;
    base.tree_id = "t";
    EXPECT_TRUE(write->WriteBase("acme", base));
    EXPECT_TRUE(write->Commit());
  }

  Status Restore(const std::string& file) {
    return RestoreState(file, folder_ / "restored", clock_, random_, "bo");
  }

  std::unique_ptr<StateStore> OpenRestored(OpenMode mode) {
    OpenOptions options = Options(mode);
    options.folder = folder_ / "restored";
    auto store = StateStore::Open(options);
    EXPECT_TRUE(store) << Describe(store.error());
    return store ? *std::move(store) : nullptr;
  }

  static ErrorCode CodeOf(const Status& status) {
    EXPECT_FALSE(status);
    return status ? ErrorCode::kInternal : status.error().code;
  }

  std::vector<std::string> FilesBeside() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::unique_ptr<StateStore> store_;
  std::string file_;
};

TEST_F(Backup, IsOnePrivateFile) {
  ASSERT_TRUE(store_->BackupTo(file_));
  EXPECT_EQ(FilesBeside(), (std::vector<std::string>{"backup.db", "state"}));
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms(0600));
  EXPECT_EQ(TextSql(file_, "PRAGMA journal_mode"), "delete");
  EXPECT_EQ(IntegerSql(file_, "SELECT count(*) FROM resources"), 2);
  EXPECT_EQ(TextSql(file_, "PRAGMA integrity_check"), "ok");
}

TEST_F(Backup, ReplacesNothing) {
  std::ofstream(file_) << "precious";
  EXPECT_EQ(CodeOf(store_->BackupTo(file_)), ErrorCode::kConflict);
  EXPECT_EQ(fs::file_size(file_), 8U);
  EXPECT_EQ(CodeOf(store_->BackupTo(folder_ / "none/backup.db")),
            ErrorCode::kIo);
  EXPECT_EQ(FilesBeside(), (std::vector<std::string>{"backup.db", "state"}));
}

TEST_F(Backup, IsOneStateWhileOthersWrite) {
  const auto other = Open();
  const auto write = Begin(*other);
  ASSERT_TRUE(write->Put(MakeResource("App/later"), 0));
  ASSERT_TRUE(store_->BackupTo(file_));
  ASSERT_TRUE(write->Commit());
  EXPECT_EQ(IntegerSql(file_, "SELECT count(*) FROM resources"), 2);
  EXPECT_EQ(IntegerSql(file_, "SELECT serial FROM meta"), 4);
}

// T-10
TEST_F(Backup, ComesBackAsANewState) {
  const StateFacts before = store_->ReadFacts().value();
  const LeaseRecord lease =
      store_->AcquireLease("ana", "apply", std::chrono::seconds(9), {}).value();
  EXPECT_FALSE(lease.token.empty());
  ASSERT_TRUE(store_->BackupTo(file_));
  clock_.Advance(std::chrono::hours(1));
  const Status restored = Restore(file_);
  ASSERT_TRUE(restored) << Describe(restored.error());
  const auto store = OpenRestored(OpenMode::kReadWrite);
  const StateFacts facts = store->ReadFacts().value();
  EXPECT_NE(facts.lineage, before.lineage);
  EXPECT_EQ(facts.serial, before.serial);
  EXPECT_EQ(facts.environment, before.environment);
  EXPECT_TRUE(facts.restored);
  EXPECT_EQ(facts.high_water, clock_.Now());
  EXPECT_EQ(store->ReadLease().value(), std::nullopt);
  // The next plan looks at everything.
  EXPECT_EQ(store->ReadBase("acme").value(), std::nullopt);
  EXPECT_TRUE(store->ReadStored(Id("Token/shop/ci")).value().has_value());
  EXPECT_EQ(store->ReadDeleted().value().size(), 1U);
  EXPECT_TRUE(store->Verify().value().empty());
  const auto audit = store->ReadAudit(2, 10).value();
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit[0].action, "state.restore");
  EXPECT_EQ(audit[0].actor, "bo");
  EXPECT_NE(audit[0].details.find(before.lineage), std::string::npos);
  EXPECT_TRUE(VerifyAuditChain(*store, std::nullopt));
  const auto write = Begin(*store);
  ASSERT_TRUE(write->AcceptRestore());
  ASSERT_TRUE(write->Commit());
  EXPECT_FALSE(store->ReadFacts().value().restored);
  EXPECT_EQ(fs::status(folder_ / "restored").permissions(), fs::perms(0700));
}

TEST_F(Backup, OfAnOlderVersionComesBackAsTheNewest) {
  ASSERT_TRUE(store_->BackupTo(file_));
  RunSql(file_, DowngradeSql(1));
  ASSERT_TRUE(Restore(file_));
  EXPECT_EQ(
      OpenRestored(OpenMode::kReadWrite)->ReadFacts().value().schema_version,
      NewestVersion());
  EXPECT_EQ(IntegerSql(file_, "PRAGMA user_version"), 1);  // untouched
}

TEST_F(Backup, IsNotPutOverAState) {
  ASSERT_TRUE(store_->BackupTo(file_));
  ASSERT_TRUE(Restore(file_));
  EXPECT_EQ(CodeOf(Restore(file_)), ErrorCode::kConflict);
  // A log that was left over would be played into the restored database.
  fs::remove_all(folder_ / "restored");
  fs::create_directory(folder_ / "restored");
  std::ofstream(folder_ / "restored/state.db-wal") << "left over";
  EXPECT_EQ(CodeOf(Restore(file_)), ErrorCode::kConflict);
}

// T-13
TEST_F(Backup, IsCheckedBeforeItComesBack) {
  struct Case {
    const char* name;
    const char* sql;
    ErrorCode code;
  };
  const Case cases[] = {
      {"trigger",
       "CREATE TRIGGER t AFTER INSERT ON audit BEGIN DELETE FROM audit; END",
       ErrorCode::kCorrupt},
      {"view", "CREATE VIEW v AS SELECT 1", ErrorCode::kCorrupt},
      {"newer", "PRAGMA user_version=99", ErrorCode::kUnsupported},
      {"another program's", "PRAGMA application_id=7", ErrorCode::kCorrupt},
      {"no facts", "DELETE FROM meta", ErrorCode::kCorrupt},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    fs::remove(file_);
    ASSERT_TRUE(store_->BackupTo(file_));
    RunSql(file_, c.sql);
    EXPECT_EQ(CodeOf(Restore(file_)), c.code);
    EXPECT_FALSE(fs::exists(folder_ / "restored/state.db"));
  }
  EXPECT_EQ(CodeOf(Restore(folder_ / "none.db")), ErrorCode::kNotFound);
  std::ofstream(folder_ / "text.db") << "no database, but some text in a file";
  EXPECT_EQ(CodeOf(Restore(folder_ / "text.db")), ErrorCode::kCorrupt);
  std::ofstream(folder_ / "empty.db").close();
  EXPECT_EQ(CodeOf(Restore(folder_ / "empty.db")), ErrorCode::kCorrupt);
}

TEST_F(Backup, ThatIsDamagedIsRefused) {
  ASSERT_TRUE(store_->BackupTo(file_));
  const std::int64_t page = IntegerSql(
      file_, "SELECT rootpage FROM sqlite_schema WHERE name = 'contents'");
  {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((page - 1) * 4096);
    file << std::string(64, '\x7f');
  }
  EXPECT_EQ(CodeOf(Restore(file_)), ErrorCode::kCorrupt);
  EXPECT_TRUE(fs::is_empty(folder_ / "restored"));
}

TEST_F(Backup, IsNotAStateInUse) {
  EXPECT_EQ(CodeOf(Restore(DatabaseFile())), ErrorCode::kInvalidArgument);
}

// T-06
TEST_F(Backup, ForPlansHoldsWhatAPlanReadsAndNoMore) {
  const StateFacts before = store_->ReadFacts().value();
  {
    StoredResource drifted = MakeResource("App/drifted");
    drifted.live.changed_by = "token ci at 2001:db8::7";
    StoredResource other = MakeResource("App/other");
    other.live.changed_by = "mgmt [203.0.113.7]";
    StoredResource named = MakeResource("App/named");
    named.live.changed_by = "ana@runner-4 (1.2.3)";
    PutAll(*store_, {drifted, other, named});
  }
  ASSERT_TRUE(ExportForPlan(*store_, file_));
  EXPECT_EQ(FilesBeside(), (std::vector<std::string>{"backup.db", "state"}));
  for (const char* table :
       {"audit", "deleted", "journal", "applies", "lease", "renames"}) {
    EXPECT_EQ(IntegerSql(file_, std::string("SELECT count(*) FROM ") + table),
              0)
        << table;
  }
  fs::create_directory(folder_ / "export");
  fs::rename(file_, folder_ / "export/state.db");
  OpenOptions options = Options(OpenMode::kReadOnly);
  options.folder = folder_ / "export";
  const auto store = StateStore::Open(options);
  ASSERT_TRUE(store) << Describe(store.error());
  EXPECT_EQ((*store)->ReadFacts()->lineage, before.lineage);
  EXPECT_EQ((*store)->ReadFacts()->serial, before.serial + 3);
  EXPECT_EQ((*store)->ReadBase("acme").value()->tree_id, "t");
  const auto all = (*store)->ReadAll(true);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->resources.size(), store_->ReadAll(true)->resources.size());
  EXPECT_EQ(all->Find(Id("App/drifted"))->changed_by, "");
  EXPECT_EQ(all->Find(Id("App/other"))->changed_by, "");
  EXPECT_EQ(all->Find(Id("App/named"))->changed_by, "ana@runner-4 (1.2.3)");
  std::ifstream file(folder_ / "export/state.db", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.find("2001:db8::7"), std::string::npos);
  EXPECT_EQ(bytes.find("apply.create"), std::string::npos);
}

// T-06
TEST_F(Backup, ACopyForPlansTakesNoWriterAndIsNoBackup) {
  EXPECT_FALSE(store_->ReadFacts()->for_plan);
  ASSERT_TRUE(ExportForPlan(*store_, file_));
  EXPECT_EQ(CodeOf(Restore(file_)), ErrorCode::kUnsupported);
  fs::create_directory(folder_ / "export");
  fs::rename(file_, folder_ / "export/state.db");
  OpenOptions options = Options(OpenMode::kReadOnly);
  options.folder = folder_ / "export";
  EXPECT_TRUE(StateStore::Open(options).value()->ReadFacts()->for_plan);
  // Exported once more it stays one.
  ASSERT_TRUE(ExportForPlan(*StateStore::Open(options).value(), file_));
  for (const OpenMode mode : {OpenMode::kReadWrite, OpenMode::kMigrate}) {
    options.mode = mode;
    const auto store = StateStore::Open(options);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, ErrorCode::kPermission);
  }
}

}  // namespace
}  // namespace writ::reconciler
