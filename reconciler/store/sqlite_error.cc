#include "reconciler/store/sqlite_error.h"

#include <sqlite3.h>

#include <array>

namespace writ::reconciler {
namespace {

struct ErrorRow {
  int code;
  ErrorCode meaning;
  std::string_view message;
  std::string_view remedy;
};

constexpr std::string_view kRestore =
    "put a backup back with `writ state restore`; `writ state verify` says "
    "what is wrong";
constexpr std::string_view kAgain = "run the same command again";

constexpr std::array kErrorRows = {
    ErrorRow{SQLITE_FULL, ErrorCode::kIo, "the disk is full",
             "free some space, then run the same command again"},
    ErrorRow{SQLITE_IOERR, ErrorCode::kIo, "the disk failed",
             "look at the system's log; then run the same command again"},
    ErrorRow{SQLITE_READONLY, ErrorCode::kIo, "the state can't be written",
             "make its folder and files writable for you"},
    ErrorRow{SQLITE_CANTOPEN, ErrorCode::kIo, "the state can't be opened",
             "its folder and files must be yours and writable"},
    ErrorRow{SQLITE_PERM, ErrorCode::kPermission, "the state is not yours",
             "run writ as its owner"},
    ErrorRow{SQLITE_BUSY, ErrorCode::kLocked,
             "another process is writing the state", kAgain},
    ErrorRow{SQLITE_LOCKED, ErrorCode::kLocked,
             "another process is writing the state", kAgain},
    ErrorRow{SQLITE_PROTOCOL, ErrorCode::kLocked,
             "too many processes open the state at once", kAgain},
    ErrorRow{SQLITE_CORRUPT, ErrorCode::kCorrupt, "the state is damaged",
             kRestore},
    ErrorRow{SQLITE_NOTADB, ErrorCode::kCorrupt, "this is not a state of writ",
             kRestore},
    ErrorRow{SQLITE_FORMAT, ErrorCode::kCorrupt, "this is not a state of writ",
             kRestore},
    ErrorRow{SQLITE_TOOBIG, ErrorCode::kLimit,
             "a value is too large for the state", ""},
    ErrorRow{SQLITE_NOMEM, ErrorCode::kIo, "there is no memory left", kAgain},
};

constexpr int kPrimaryMask = 0xff;

}  // namespace

Error ToError(int code, std::string_view text) {
  for (const ErrorRow& row : kErrorRows) {
    if (row.code != (code & kPrimaryMask)) continue;
    return Error{row.meaning,
                 std::string(row.message) + ": " + std::string(text),
                 std::string(row.remedy),
                 {}};
  }
  return Error{
      ErrorCode::kInternal,
      "SQLite refuses (" + std::to_string(code) + "): " + std::string(text),
      "",
      {}};
}

SQLite::Exception CorruptState(const std::string& what) {
  return SQLite::Exception(what, SQLITE_CORRUPT);
}

}  // namespace writ::reconciler
