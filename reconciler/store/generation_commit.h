// Commits as gateways see them: every one moves the state's generation. Throws
// SQLite::Exception.
#pragma once

#include "reconciler/store/database.h"
#include "reconciler/store/generation_file.h"

namespace writ::reconciler {

// REQUIRES: a transaction that holds the write lock is open.
inline void CommitMoving(Database& database, GenerationFile* generation) {
  const GenerationMove move(generation);
  database.Execute("COMMIT");
}

// Says that no writer left anything half done.
inline void ClearDirty(Database& database, GenerationFile* generation) {
  database.Execute("BEGIN IMMEDIATE");
  try {
    database.Execute("UPDATE meta SET dirty = 0");
    CommitMoving(database, generation);
  } catch (const SQLite::Exception&) {
    if (database.InTransaction()) database.sqlite().tryExec("ROLLBACK");
    throw;
  }
}

}  // namespace writ::reconciler
