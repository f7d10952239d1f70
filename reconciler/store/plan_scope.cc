#include "reconciler/store/plan_scope.h"

#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace writ::reconciler {
namespace {

constexpr std::string_view kWorkspacePrefix = "Workspace/";

struct ScopedRow {
  std::int64_t id = 0;
  std::string address;
  std::string parent;
  std::string uid;
  std::int64_t owner = 0;   // 0: none
  std::int64_t commit = 0;  // 0: none
};

std::vector<ScopedRow> ReadScopedRows(Database& database) {
  std::vector<ScopedRow> rows;
  Query query = database.Prepare(
      "SELECT id, address, parent, uid, owner_id, commit_id FROM resources");
  while (query.Step()) {
    ScopedRow row;
    row.id = query.Integer(0);
    row.address = query.Text(1);
    if (!query.IsNull(2)) row.parent = query.Text(2);
    row.uid = query.Text(3);
    if (!query.IsNull(4)) row.owner = query.Integer(4);
    if (!query.IsNull(5)) row.commit = query.Integer(5);
    rows.push_back(std::move(row));
  }
  return rows;
}

// The workspace above an address; empty: none.
class Workspaces {
 public:
  explicit Workspaces(const std::vector<ScopedRow>& rows) {
    for (const ScopedRow& row : rows) {
      if (!row.parent.empty()) parents_.emplace(row.address, row.parent);
    }
  }
  std::string_view Of(std::string_view address) const {
    // Parents are three deep at most.
    for (int depth = 0; depth < 4; ++depth) {
      if (address.starts_with(kWorkspacePrefix)) return address;
      const auto parent = parents_.find(address);
      if (parent == parents_.end()) break;
      address = parent->second;
    }
    return {};
  }

 private:
  std::unordered_map<std::string_view, std::string_view> parents_;
};

}  // namespace

std::optional<PlanScope> PlanScope::Read(Database& database,
                                         const std::string& workspace_uid) {
  if (workspace_uid.empty()) return std::nullopt;
  const std::vector<ScopedRow> rows = ReadScopedRows(database);
  std::string_view own;
  int workspaces = 0;
  for (const ScopedRow& row : rows) {
    if (!row.address.starts_with(kWorkspacePrefix)) continue;
    ++workspaces;
    if (row.uid == workspace_uid) own = row.address;
  }
  if (workspaces <= 1) return std::nullopt;
  const Workspaces above(rows);
  PlanScope scope;
  std::unordered_set<std::int64_t> hidden_of;
  for (const ScopedRow& row : rows) {
    const std::string_view workspace = above.Of(row.address);
    if (!workspace.empty() && workspace != own) {
      hidden_of.insert(row.owner);
      continue;
    }
    scope.ids_.insert(row.id);
    scope.addresses_.insert(row.address);
    scope.uids_.insert(row.uid);
    scope.commits_.insert(row.commit);
    scope.owners_.insert(row.owner);
  }
  Query owners = database.Prepare("SELECT id, name FROM owners");
  while (owners.Step()) {
    const std::int64_t id = owners.Integer(0);
    const bool is_whole = scope.owners_.contains(id) && !hidden_of.contains(id);
    if (is_whole) scope.whole_owners_.insert(owners.Text(1));
  }
  return scope;
}

bool PlanScope::Shows(const PlanTable& table, const Query& row) const {
  const int at = table.of_column;
  switch (table.of) {
    case PlanTable::Of::kState:
      return true;
    case PlanTable::Of::kResource:
      return ids_.contains(row.Integer(at));
    case PlanTable::Of::kAddress:
      return addresses_.contains(row.Text(at));
    case PlanTable::Of::kCommit:
      return commits_.contains(row.Integer(at));
    case PlanTable::Of::kOwner:
      return owners_.contains(row.Integer(at));
    case PlanTable::Of::kWholeOwner:
      return whole_owners_.contains(row.Text(at));
  }
  return false;
}

}  // namespace writ::reconciler
