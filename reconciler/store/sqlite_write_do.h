// How every method of SqliteWrite runs: never outside its transaction, never
// with an exception on the way out.
#pragma once

#include <string>
#include <utility>

#include "reconciler/store/sqlite_error.h"
#include "reconciler/store/sqlite_write.h"

namespace writ::reconciler {

template <typename Body>
Status SqliteWrite::Do(const char* doing, const std::string& subject,
                       Body&& body) {
  // SQLite rolls back by itself on some failures (a full disk): what came after
  // would then be written at once, each by itself.
  if (!open_ || !database().InTransaction()) {
    return Fail(ErrorCode::kIo, "the transaction was rolled back already",
                "run the same command again");
  }
  return Guarded(std::string(doing) + " " + subject, std::forward<Body>(body));
}

}  // namespace writ::reconciler
