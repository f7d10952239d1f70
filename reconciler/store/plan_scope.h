// Which rows of a state one workspace's client secret may read, once the state
// holds more than one workspace: those of its own and of what belongs to none.
// What a repository's last apply left (bases, guards) goes along where nothing
// of the repository's is hidden, so that plans from it are the same.
//
// Private to this folder. Throws as database.h does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>

#include "reconciler/store/database.h"
#include "reconciler/store/plan_tables.h"

namespace writ::reconciler {

class PlanScope {
 public:
  // Nothing where all may be read: the uid is empty, or there is no other
  // workspace.
  static std::optional<PlanScope> Read(Database& database,
                                       const std::string& workspace_uid);

  // `row` of the table's select.
  bool Shows(const PlanTable& table, const Query& row) const;
  bool ShowsApp(const std::string& uid) const { return uids_.contains(uid); }

 private:
  PlanScope() = default;

  // Of what is shown.
  std::unordered_set<std::int64_t> ids_;
  std::unordered_set<std::string> addresses_;
  std::unordered_set<std::string> uids_;
  std::unordered_set<std::int64_t> commits_;
  std::unordered_set<std::int64_t> owners_;
  // Those of whom nothing is hidden, by name.
  std::unordered_set<std::string> whole_owners_;
};

}  // namespace writ::reconciler
