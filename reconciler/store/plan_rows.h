// The two ends of a document of what plans read (plan_copy.h): a state that is
// read for one, and a replica that one is written into. A replica is a folder
// with a state that opens kReadOnly alone, like a copy for plans.
//
// One thread each. Block on disk. Errors: those of the store.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "reconciler/store/plan_copy.h"
#include "schema/result.h"

namespace writ::reconciler {

class Database;

// Events by app's uid: what deleting the app would lose (T-12). They lie in
// another database, so that a state's reader is told of them.
using AppTotals = std::map<std::string, std::int64_t>;

class PlanRowsReader {
 public:
  static Result<std::unique_ptr<PlanRowsReader>> Open(
      const std::string& folder);
  ~PlanRowsReader();
  PlanRowsReader(const PlanRowsReader&) = delete;
  PlanRowsReader& operator=(const PlanRowsReader&) = delete;

  // Another number after every commit of anybody's; means nothing else.
  Result<std::int64_t> DataVersion();
  // All rows as of one moment; with the uid of one of several workspaces, those
  // that are its own or nobody's.
  Result<PlanCopy> Read(const AppTotals& totals,
                        const std::string& workspace_uid = "");

 private:
  explicit PlanRowsReader(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

class PlanReplica {
 public:
  // Makes the folder (0700) and the replica where they aren't. kUnsupported
  // where another version of writ made it, kCorrupt where it is none.
  static Result<std::unique_ptr<PlanReplica>> Open(const std::string& folder);
  ~PlanReplica();
  PlanReplica(const PlanReplica&) = delete;
  PlanReplica& operator=(const PlanReplica&) = delete;

  // Of the rows that are in it; nothing while there are none.
  Result<std::optional<std::string>> Version();
  // Whole or not at all. kConflict where a delta is of another version than
  // the replica's, kCorrupt where the rows don't come to the document's
  // version, kUnsupported where the state has another schema than this writ.
  Status Write(const PlanCopyDocument& document);
  Result<AppTotals> Totals();
  // Of the state; empty while there are no rows.
  Result<std::string> Environment();

 private:
  explicit PlanReplica(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace writ::reconciler
