// Copies of a state by SQLite's online backup: a single file, 0600, that needs
// no log beside it. It has its final name only once it is whole.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "reconciler/store/database.h"
#include "schema/result.h"

namespace writ::reconciler {

// A file under a name of its own that is gone again at the end.
class Draft {
 public:
  explicit Draft(std::string file) : file_(std::move(file)) {}
  ~Draft();
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

 private:
  std::string file_;
};

// Where `edit` is given, it changes the copy before that is published. Throws
// SQLite::Exception; kConflict where the file exists, kIo.
Status BackupDatabase(Database& source, const std::string& file,
                      const std::function<Status(Database&)>& edit = {});

// Says of a copy that it is for plans only, and whether it is. Apart from the
// schema, so that a copy of any version can say so.
void MarkForPlan(Database& database);
bool IsForPlan(Database& database);

// Throws where SQLite's quick check finds something.
void QuickCheck(Database& database);

}  // namespace writ::reconciler
