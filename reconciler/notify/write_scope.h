// A transaction that writes, taken at once so that it never has to be given up
// later; undone where it isn't committed. Throws SQLite::Exception.
//
// One thread.
#pragma once

#include "reconciler/store/database.h"

namespace writ::reconciler {

class WriteScope {
 public:
  explicit WriteScope(Database& database) : database_(database) {
    database_.Execute("BEGIN IMMEDIATE");
  }
  ~WriteScope() {
    if (database_.InTransaction()) database_.sqlite().tryExec("ROLLBACK");
  }
  WriteScope(const WriteScope&) = delete;
  WriteScope& operator=(const WriteScope&) = delete;
  void Commit() { database_.Execute("COMMIT"); }

 private:
  Database& database_;
};

}  // namespace writ::reconciler
