// Every failure of SQLite has a code, says what happened and what to do.
#include "reconciler/store/sqlite_error.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

namespace writ::reconciler {
namespace {

TEST(SqliteError, HasACodeForEachFailure) {
  struct Case {
    int code;
    ErrorCode want;
  };
  const Case cases[] = {
      {SQLITE_FULL, ErrorCode::kIo},
      {SQLITE_IOERR, ErrorCode::kIo},
      {SQLITE_IOERR_FSYNC, ErrorCode::kIo},
      {SQLITE_READONLY, ErrorCode::kIo},
      {SQLITE_READONLY_DBMOVED, ErrorCode::kIo},
      {SQLITE_CANTOPEN, ErrorCode::kIo},
      {SQLITE_PERM, ErrorCode::kPermission},
      {SQLITE_BUSY, ErrorCode::kLocked},
      {SQLITE_BUSY_SNAPSHOT, ErrorCode::kLocked},
      {SQLITE_LOCKED, ErrorCode::kLocked},
      {SQLITE_PROTOCOL, ErrorCode::kLocked},
      {SQLITE_CORRUPT, ErrorCode::kCorrupt},
      {SQLITE_CORRUPT_INDEX, ErrorCode::kCorrupt},
      {SQLITE_NOTADB, ErrorCode::kCorrupt},
      {SQLITE_NOMEM, ErrorCode::kIo},
  };
  for (const Case& c : cases) {
    const Error error = ToError(c.code, "what SQLite says");
    EXPECT_EQ(error.code, c.want) << c.code;
    EXPECT_NE(error.message.find("what SQLite says"), std::string::npos);
    EXPECT_FALSE(error.remedy.empty()) << c.code;
  }
  EXPECT_EQ(ToError(SQLITE_TOOBIG, "").code, ErrorCode::kLimit);
  EXPECT_EQ(ToError(SQLITE_MISUSE, "").code, ErrorCode::kInternal);
  EXPECT_EQ(ToError(SQLITE_CONSTRAINT_UNIQUE, "").code, ErrorCode::kInternal);
}

TEST(SqliteError, SaysWhatWasBeingDone) {
  const Status status = Guarded("writing App/a", []() -> Status {
    throw SQLite::Exception("no room", SQLITE_FULL);
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(Describe(status.error()),
            "the disk is full: no room (while writing App/a)");
}

TEST(SqliteError, LetsErrorsThroughAsTheyAre) {
  const Status status = Guarded("writing", []() -> Status {
    return Fail(ErrorCode::kConflict, "changed meanwhile");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(Describe(status.error()), "changed meanwhile");
}

}  // namespace
}  // namespace writ::reconciler
