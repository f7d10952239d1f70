#include "engine/plan/guards.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "engine/plan/handover.h"

namespace writ::engine {
namespace {

constexpr std::chrono::days kRecentUse{7};
constexpr std::size_t kChildrenNamed = 10;

bool Destroys(const Change& change) {
  return change.action == Action::kDelete || change.action == Action::kReplace;
}

// Writes new content over what is live.
bool Rewrites(const Change& change) {
  if (change.action == Action::kUpdate) return true;
  const bool may =
      change.action == Action::kAdopt || change.action == Action::kMove;
  return may && std::any_of(change.fields.begin(), change.fields.end(),
                            [](const FieldChange& field) {
                              return field.cause != Cause::kDependency;
                            });
}

bool Contains(const std::vector<std::string>& addresses, const ResourceId& id) {
  return std::find(addresses.begin(), addresses.end(), id.address()) !=
         addresses.end();
}

std::string Count(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string Percent(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f %%", value);
  return text.data();
}

// "2 of 5 would be deleted, …": strictly more than the limit.
void AddLimit(GuardKind kind, std::int64_t count, double limit_percent,
              std::int64_t allowed, const SafetyRules& rules, Plan& plan) {
  if (plan.existing < rules.min_existing || plan.existing == 0) return;
  const double percent =
      100.0 * static_cast<double>(count) / static_cast<double>(plan.existing);
  if (percent <= limit_percent) return;
  const bool deletes = kind == GuardKind::kDeletesOverLimit;
  Guard guard;
  guard.kind = kind;
  guard.message = std::to_string(count) + " of " +
                  std::to_string(plan.existing) + " live resources would be " +
                  (deletes ? "deleted" : "updated") + ", " + Percent(percent) +
                  ", which is over " + Percent(limit_percent);
  guard.flag = (deletes ? "--allow-deletes " : "--allow-updates ") +
               std::to_string(count);
  guard.allowed = allowed >= count;
  plan.guards.push_back(std::move(guard));
}

void AddPlanGuards(const Pairing& pairing, Plan& plan) {
  const PlanOptions& options = pairing.options();
  // --destroy says outright that everything goes.
  if (options.mode != PlanMode::kNormal) return;
  std::int64_t deletes = 0;
  std::int64_t updates = 0;
  for (const Change& change : plan.changes) {
    if (change.suspended) continue;
    deletes += Destroys(change) ? 1 : 0;
    updates += Rewrites(change) ? 1 : 0;
  }
  AddLimit(GuardKind::kDeletesOverLimit, deletes,
           options.safety.max_delete_percent, options.allow.deletes,
           options.safety, plan);
  AddLimit(GuardKind::kUpdatesOverLimit, updates,
           options.safety.max_update_percent, options.allow.updates,
           options.safety, plan);
  const std::int64_t desired = pairing.input().complete
                                   ? pairing.desired_size()
                                   : pairing.input().desired_count;
  if (desired == 0 && plan.existing > 0 && options.prune) {
    plan.guards.push_back(
        {GuardKind::kEmptyDesired,
         {},
         "No manifest declares anything, and " +
             Count(plan.existing, "resource is", "resources are") + " live",
         "--allow-empty",
         options.allow.empty});
  }
}

// What would be lost with this resource; empty: nothing.
std::string Loss(const LiveResource& live, Timestamp now) {
  const std::string_view kind = live.id.kind();
  if (live.stored_items > 0 && kind == "App") {
    return "holds " + Count(live.stored_items, "event", "events");
  }
  if (live.stored_items > 0 && (kind == "Project" || kind == "Secret")) {
    return "holds " + Count(live.stored_items, "value", "values");
  }
  if (kind != "Token" || !live.usage) return {};
  const auto& last = live.usage->last_used_at;
  const bool recent = last && *last > now - kRecentUse;
  if (live.usage->count_7d == 0 && !recent) return {};
  std::string loss =
      "was used " + Count(live.usage->count_7d, "time", "times") + " in 7 days";
  if (last) loss += ", last " + FormatAge(*last, now);
  return loss;
}

// A Token that is replaced and delivered nowhere can't be handed over: what was
// issued of it ends before anybody could have the new one.
std::string Break(const LiveResource& live, const Change& change) {
  const bool breaks = change.action == Action::kReplace &&
                      live.id.kind() == "Token" && live.stored_items > 0;
  if (!breaks) return {};
  return "is replaced by one that is delivered nowhere, so that whoever uses "
         "its " +
         Count(live.stored_items, "credential", "credentials") +
         " is refused from then on";
}

void AddProtected(const LiveResource& live, const Allowances& allow,
                  Change& change) {
  if (!live.protect) return;
  change.guards.push_back(
      {GuardKind::kProtected, change.id,
       change.id.address() +
           " is protected; lifecycle.protect: false, applied first, ends that",
       "--allow-protected " + change.id.address(),
       Contains(allow.protected_addresses, change.id)});
}

void AddDataLoss(const LiveResource& live, const PlanOptions& options,
                 Change& change) {
  if (IsHandedOver(change)) return;
  std::string loss = Break(live, change);
  const std::string used = Loss(live, options.now);
  if (!used.empty()) loss += (loss.empty() ? "" : "; it ") + used;
  if (loss.empty()) return;
  change.guards.push_back(
      {GuardKind::kDataLoss, change.id, change.id.address() + " " + loss,
       "--allow-data-loss " + change.id.address(),
       Contains(options.allow.data_loss_addresses, change.id)});
}

void AddChildren(const std::vector<ResourceId>& children, Change& change) {
  if (children.empty()) return;
  std::string message = change.id.address() + " still has ";
  for (std::size_t i = 0; i < std::min(children.size(), kChildrenNamed); ++i) {
    message += (i == 0 ? "" : ", ") + children[i].address();
  }
  if (children.size() > kChildrenNamed) {
    message +=
        " and " + std::to_string(children.size() - kChildrenNamed) + " more";
  }
  message += ", which this plan doesn't delete";
  change.guards.push_back(
      {GuardKind::kHasChildren, change.id, std::move(message), "", false});
}

}  // namespace

void AddGuards(const Pairing& pairing, const Relations& relations, Plan& plan) {
  if (pairing.options().mode == PlanMode::kRefreshOnly) return;
  AddPlanGuards(pairing, plan);
  for (std::uint32_t i = 0; i < plan.changes.size(); ++i) {
    Change& change = plan.changes[i];
    if (!Destroys(change) || change.suspended) continue;
    const ResourceId& at = change.moved_from ? *change.moved_from : change.id;
    const std::uint32_t live = pairing.FindLive(at.address());
    if (live == kNone) continue;
    AddProtected(pairing.live(live), pairing.options().allow, change);
    AddDataLoss(pairing.live(live), pairing.options(), change);
    if (change.action == Action::kDelete) {
      AddChildren(relations.RemainingChildren(plan.changes, i), change);
    }
  }
}

}  // namespace writ::engine
