#include "reconciler/gateway/state/plan_reach.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/plan/plan_words.h"

namespace writ::reconciler::gateway {
namespace {

constexpr std::size_t kNamed = 5;

class PlanReach {
 public:
  PlanReach(const Planned& planned, WorkspaceReach& reach)
      : planned_(planned), reach_(reach) {
    own_ = {reach.workspace()};
    for (const engine::Change& change : planned.plan.changes) {
      const bool is_own =
          change.moved_from && *change.moved_from == reach.workspace();
      if (is_own) own_.push_back(change.id);  // by its new name
    }
  }

  // Nothing: within reach.
  Result<std::optional<BeyondReach>> Judge(const engine::Change& change) {
    const ResourceId& before =
        change.moved_from ? *change.moved_from : change.id;
    const ResourceId from = TRY(reach_.WorkspaceOf(before));
    const ResourceId to = TRY(PlannedWorkspaceOf(change.id));
    if (!from.empty() && !IsOwn(from)) return BeyondReach{change.id, from};
    if (!to.empty() && !IsOwn(to)) return BeyondReach{change.id, to};
    if (from.empty() && to.empty()) return BeyondReach{change.id, {}};
    return std::optional<BeyondReach>();
  }

 private:
  bool IsOwn(const ResourceId& workspace) const {
    return std::find(own_.begin(), own_.end(), workspace) != own_.end();
  }
  // As the manifests have it; where they don't, as it is.
  Result<ResourceId> PlannedWorkspaceOf(const ResourceId& id) {
    if (id.empty() || id.kind() == "Workspace") return id;
    const auto& desired = planned_.desired.resources;
    const auto found =
        std::lower_bound(desired.begin(), desired.end(), id,
                         [](const Resource& each, const ResourceId& at) {
                           return each.id < at;
                         });
    if (found != desired.end() && found->id == id && !found->parent.empty()) {
      return PlannedWorkspaceOf(found->parent);
    }
    return reach_.WorkspaceOf(id);
  }

  const Planned& planned_;
  WorkspaceReach& reach_;
  std::vector<ResourceId> own_;
};

}  // namespace

Result<std::vector<BeyondReach>> FindBeyondReach(const Planned& planned,
                                                 WorkspaceReach& reach) {
  std::vector<BeyondReach> beyond;
  if (reach.is_whole()) return beyond;
  PlanReach judge(planned, reach);
  for (const engine::Change& change : planned.plan.changes) {
    if (change.action == engine::Action::kNoOp) continue;
    auto found = TRY(judge.Judge(change));
    if (found) beyond.push_back(*std::move(found));
  }
  return beyond;
}

Error RefusalOf(const std::vector<BeyondReach>& beyond,
                const WorkspaceReach& reach) {
  std::string named;
  for (std::size_t i = 0; i < std::min(beyond.size(), kNamed); ++i) {
    const BeyondReach& each = beyond[i];
    named += (i == 0 ? "" : ", ") + each.id.address();
    if (each.workspace.empty()) {
      named += " (of no workspace)";
    } else if (each.workspace != each.id) {
      named += " (of " + each.workspace.address() + ")";
    }
  }
  if (beyond.size() > kNamed) {
    named += " and " +
             engine::Counted(static_cast<std::int64_t>(beyond.size() - kNamed),
                             "more", "more");
  }
  const std::string own = reach.workspace().empty()
                              ? "a workspace that is gone"
                              : reach.workspace().address();
  return {ErrorCode::kPermission,
          "this plan touches what doesn't belong to " + own +
              ", whose client secret it was sent with: " + named,
          "leave it out (--target, --exclude), send it with that workspace's "
          "secret, or with the state's own",
          {}};
}

}  // namespace writ::reconciler::gateway
