// Every older version can be read, is refused to writers, and becomes the
// newest one after a backup; the newest one is what schema.sql says.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "reconciler/store/migrations.h"
#include "tests/reconciler/store/raw_database.h"
#include "tests/reconciler/store/store_fixture.h"

namespace writ::reconciler {
namespace {

namespace fs = std::filesystem;

class Migrations : public StoreTest, public ::testing::WithParamInterface<int> {
 protected:
  // A state with one resource, as that version of writ left it.
  void MakeOlder(int version) {
    {
      const auto store = Open();
      PutAll(*store, {MakeResource("App/a")});
    }
    const std::string sql =
        "PRAGMA foreign_keys=OFF; BEGIN;" + DowngradeSql(version) + "COMMIT;";
    RunSql(DatabaseFile(), sql);
  }

  std::vector<std::string> Backups() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_ / "state")) {
      if (entry.path().extension() == ".backup") files.push_back(entry.path());
    }
    return files;
  }
};

std::string SchemaOf(const std::string& file) {
  SQLite::Database database(file, SQLite::OPEN_READWRITE);
  SQLite::Statement query(database,
                          "SELECT type || ' ' || name || ': ' || "
                          "coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
  std::string schema;
  while (query.executeStep()) schema += query.getColumn(0).getString() + "\n";
  return schema;
}

TEST_P(Migrations, AnOlderStateIsReadAsItIs) {
  MakeOlder(GetParam());
  const auto store = Open(OpenMode::kReadOnly);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->ReadFacts().value().schema_version, GetParam());
  EXPECT_EQ(store->ReadAll(true).value().resources.size(), 1U);
  EXPECT_TRUE(store->ReadStored(Id("App/a")).value().has_value());
  EXPECT_TRUE(store->ReadHistory(Id("App/a"), 10));
  EXPECT_TRUE(store->ReadDeleted());
  EXPECT_TRUE(store->ReadApplies(10));
  EXPECT_TRUE(store->ReadBase("acme"));
  EXPECT_EQ(store->ReadGuards("acme").value(), std::nullopt);
  EXPECT_TRUE(store->ReadLease());
  EXPECT_TRUE(store->credentials().ReadSince(0).value().empty());
  EXPECT_TRUE(store->secrets().ReadPointers().value().empty());
  EXPECT_TRUE(store->rotations().ReadAll(true).value().empty());
  EXPECT_TRUE(Backups().empty());
}

TEST_P(Migrations, OnlyMigratingModeMigrates) {
  MakeOlder(GetParam());
  EXPECT_EQ(OpenError(OpenMode::kReadWrite), ErrorCode::kUnsupported);
  EXPECT_TRUE(Backups().empty());
}

TEST_P(Migrations, AnOlderStateBecomesTheNewestAfterABackup) {
  MakeOlder(GetParam());
  const std::string old_schema = SchemaOf(DatabaseFile());
  auto store = Open(OpenMode::kMigrate);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->ReadFacts().value().schema_version, NewestVersion());
  EXPECT_EQ(store->ReadAll(true).value().resources.size(), 1U);
  EXPECT_TRUE(store->Verify().value().empty());
  store.reset();
  // The same as one made by this version.
  OpenOptions fresh = Options(OpenMode::kMigrate);
  fresh.folder = folder_ / "fresh";
  ASSERT_TRUE(StateStore::Open(fresh));
  EXPECT_EQ(SchemaOf(DatabaseFile()), SchemaOf(fresh.folder + "/state.db"));
  ASSERT_EQ(Backups().size(), 1U);
  EXPECT_EQ(fs::status(Backups()[0]).permissions(), fs::perms(0600));
  EXPECT_EQ(SchemaOf(Backups()[0]), old_schema);
  EXPECT_EQ(IntegerSql(Backups()[0], "SELECT count(*) FROM resources"), 1);
  // A second opening has nothing left to do.
  EXPECT_NE(Open(OpenMode::kMigrate), nullptr);
  EXPECT_EQ(Backups().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(EveryOlderVersion, Migrations,
                         ::testing::Range(1, NewestVersion()));

using StateStoreVersion = StoreTest;

TEST_F(StateStoreVersion, ANewerStateIsRefused) {
  Open();
  RunSql(DatabaseFile(),
         "PRAGMA user_version=" + std::to_string(NewestVersion() + 1));
  for (const OpenMode mode :
       {OpenMode::kReadOnly, OpenMode::kReadWrite, OpenMode::kMigrate}) {
    EXPECT_EQ(OpenError(mode), ErrorCode::kUnsupported);
  }
}

TEST_F(StateStoreVersion, TheSchemaFileSaysWhatMigrationsMake) {
  Open();
  std::ifstream file(WRIT_SOURCE_DIR "/reconciler/store/schema.sql");
  std::stringstream sql;
  sql << file.rdbuf();
  const std::string other = folder_ / "other.db";
  SQLite::Database(other, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec(sql.str());
  EXPECT_EQ(SchemaOf(other), SchemaOf(DatabaseFile()));
}

TEST_F(StateStoreVersion, TablesAreStrict) {
  Open();
  EXPECT_EQ(IntegerSql(DatabaseFile(),
                       "SELECT count(*) FROM pragma_table_list "
                       "WHERE schema = 'main' AND type = 'table' AND "
                       "strict = 0 AND name NOT LIKE 'sqlite_%'"),
            0);
  EXPECT_EQ(TextSql(DatabaseFile(), "PRAGMA journal_mode"), "wal");
}

// A range over nothing would say nothing.
TEST_F(StateStoreVersion, ThereAreOlderVersionsToTest) {
  EXPECT_GT(NewestVersion(), 1);
}

}  // namespace
}  // namespace writ::reconciler
