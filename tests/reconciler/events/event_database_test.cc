// events.db: made, brought up to date, refused.
#include "reconciler/events/event_database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/reconciler/store/raw_database.h"
#include "tests/support/temp_folder.h"

namespace writ::reconciler {
namespace {

class EventDatabase : public ::testing::Test {
 protected:
  EventDatabaseOptions Options(EventDatabaseMode mode) const {
    EventDatabaseOptions options;
    options.folder = folder_.path();
    options.mode = mode;
    return options;
  }

  Result<std::unique_ptr<Database>> Open(EventDatabaseMode mode) const {
    return OpenEventDatabase(Options(mode));
  }

  void Create() const { ASSERT_TRUE(Open(EventDatabaseMode::kMigrate)); }

  std::string File() const { return folder_ / "events.db"; }

  testing::TempFolder folder_;
};

TEST_F(EventDatabase, IsMadeForItsOwnerAlone) {
  const mode_t before = ::umask(0);
  const auto database = Open(EventDatabaseMode::kMigrate);
  ::umask(before);
  ASSERT_TRUE(database) << Describe(database.error());
  struct stat status {};
  for (const char* suffix : {"", "-wal", "-shm"}) {
    ASSERT_EQ(::lstat((File() + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << suffix;
  }
}

TEST_F(EventDatabase, KeepsWhatWasCommittedThroughALossOfPower) {
  const auto database = Open(EventDatabaseMode::kMigrate);
  ASSERT_TRUE(database);
  constexpr int kFull = 2;
  EXPECT_EQ((*database)->Integer("PRAGMA synchronous"), kFull);
  EXPECT_EQ(TextSql(File(), "PRAGMA journal_mode"), "wal");
}

TEST_F(EventDatabase, HasStrictTablesOnly) {
  Create();
  EXPECT_EQ(IntegerSql(File(),
                       "SELECT count(*) FROM pragma_table_list WHERE "
                       "schema = 'main' AND NOT strict AND "
                       "name NOT LIKE 'sqlite_%'"),
            0);
  EXPECT_EQ(IntegerSql(File(), "PRAGMA user_version"), NewestEventVersion());
}

TEST_F(EventDatabase, OpensAgain) {
  Create();
  EXPECT_TRUE(Open(EventDatabaseMode::kReadOnly));
  EXPECT_TRUE(Open(EventDatabaseMode::kReadWrite));
  EXPECT_TRUE(Open(EventDatabaseMode::kMigrate));
}

TEST_F(EventDatabase, IsMadeByNobodyButTheServer) {
  for (const auto mode :
       {EventDatabaseMode::kReadOnly, EventDatabaseMode::kReadWrite}) {
    const auto database = Open(mode);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, ErrorCode::kNotFound);
  }
  EXPECT_FALSE(std::filesystem::exists(File()));
}

TEST_F(EventDatabase, RefusesANewerSchema) {
  Create();
  RunSql(File(), "PRAGMA user_version=99");
  for (const auto mode :
       {EventDatabaseMode::kReadOnly, EventDatabaseMode::kMigrate}) {
    const auto database = Open(mode);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code, ErrorCode::kUnsupported);
  }
}

TEST_F(EventDatabase, BringsNothingUpToDateWithoutBeingAsked) {
  Create();
  RunSql(File(), "PRAGMA user_version=1");
  EXPECT_TRUE(Open(EventDatabaseMode::kReadOnly));
  const auto database = Open(EventDatabaseMode::kReadWrite);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kUnsupported);
}

TEST_F(EventDatabase, CopiesAnOlderSchemaBeforeItIsBroughtUpToDate) {
  std::ofstream(File()).close();
  std::ifstream first(std::string(WRIT_SOURCE_DIR) +
                      "/reconciler/events/migrations/0001.sql");
  std::stringstream text;
  text << first.rdbuf();
  RunSql(File(), text.str() +
                     "INSERT INTO app_totals VALUES ('u', 'shop', 7, 8);"
                     "PRAGMA user_version=1; PRAGMA application_id=" +
                     std::to_string(kEventsApplicationId));
  const auto database = Open(EventDatabaseMode::kMigrate);
  ASSERT_TRUE(database) << Describe(database.error());
  EXPECT_EQ((*database)->Integer("PRAGMA user_version"), NewestEventVersion());
  EXPECT_EQ((*database)->Integer("SELECT stored FROM app_totals"), 7);
  const std::string copy = File() + ".v1.backup";
  EXPECT_EQ(IntegerSql(copy, "PRAGMA user_version"), 1);
  EXPECT_EQ(IntegerSql(copy, "SELECT stored FROM app_totals"), 7);
}

TEST_F(EventDatabase, RefusesAnotherProgramsFile) {
  std::ofstream(File()).close();
  RunSql(File(), "PRAGMA journal_mode=WAL; CREATE TABLE other (x)");
  const auto database = Open(EventDatabaseMode::kMigrate);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kCorrupt);
}

TEST_F(EventDatabase, RefusesTheStatesFile) {
  std::ofstream(File()).close();
  RunSql(File(), "PRAGMA application_id=" + std::to_string(0x77726974));
  EXPECT_FALSE(Open(EventDatabaseMode::kMigrate));
}

// T-13
TEST_F(EventDatabase, RefusesWhatRunsByItself) {
  Create();
  RunSql(File(),
         "CREATE TRIGGER t AFTER INSERT ON events BEGIN "
         "DELETE FROM events; END");
  const auto database = Open(EventDatabaseMode::kReadWrite);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kCorrupt);
}

// T-15
TEST_F(EventDatabase, RefusesALinkAndClosesALooseFile) {
  Create();
  std::filesystem::permissions(File(), std::filesystem::perms(0644));
  ASSERT_TRUE(Open(EventDatabaseMode::kReadWrite));
  EXPECT_EQ(std::filesystem::status(File()).permissions(),
            std::filesystem::perms(0600));
  std::filesystem::rename(File(), folder_ / "elsewhere.db");
  std::filesystem::create_symlink(folder_ / "elsewhere.db", File());
  const auto database = Open(EventDatabaseMode::kReadWrite);
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::kPermission);
}

}  // namespace
}  // namespace writ::reconciler
