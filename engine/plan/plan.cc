#include "engine/plan/plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "engine/plan/render_json.h"
#include "schema/check.h"

namespace writ::engine {
namespace {

struct ActionRow {
  Action action;
  std::string_view symbol;
  std::string_view name;
};

constexpr std::array kActions = {
    ActionRow{Action::kNoOp, " ", "no-op"},
    ActionRow{Action::kCreate, "+", "create"},
    ActionRow{Action::kUpdate, "~", "update"},
    ActionRow{Action::kReplace, "-/+", "replace"},
    ActionRow{Action::kDelete, "-", "delete"},
    ActionRow{Action::kForget, ".", "forget"},
    ActionRow{Action::kAdopt, "<=", "adopt"},
    ActionRow{Action::kMove, "→", "move"},
    ActionRow{Action::kRotate, "↻", "rotate"},
};

// Names of an enumeration whose values count from 0.
constexpr std::array<std::string_view, 13> kReasons = {"not_live",
                                                       "manifest_changed",
                                                       "immutable_changed",
                                                       "not_declared",
                                                       "destroy_requested",
                                                       "drifted",
                                                       "adopt_requested",
                                                       "renamed",
                                                       "parent_moved",
                                                       "implied_by_app",
                                                       "superseded_by_token",
                                                       "forget_on_delete",
                                                       "rotation_due"};
constexpr std::array<std::string_view, 4> kCauses = {"git", "drift",
                                                     "dependency", "schedule"};
constexpr std::array<std::string_view, 4> kOrigins = {"branch", "merged",
                                                      "drift", "schedule"};
constexpr std::array<std::string_view, 8> kGuards = {
    "deletes_over_limit", "updates_over_limit", "empty_desired",
    "protected",          "data_loss",          "foreign_owner",
    "unmanaged",          "has_children"};
constexpr std::array<std::string_view, 3> kAlarms = {"recipient", "widened",
                                                     "weakens_guard"};

template <typename Names, typename Enum>
std::string_view NameIn(const Names& names, Enum value) {
  const auto index = static_cast<std::size_t>(value);
  CHECK(index < names.size());
  return names[index];
}

template <typename Enum, typename Names>
std::optional<Enum> ParseIn(const Names& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

const ActionRow& RowOf(Action action) {
  const auto* row =
      std::find_if(kActions.begin(), kActions.end(),
                   [&](const ActionRow& r) { return r.action == action; });
  CHECK(row != kActions.end());
  return *row;
}

bool Denies(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.denies(); });
}

bool Refuses(const std::vector<Guard>& guards) {
  return std::any_of(guards.begin(), guards.end(),
                     [](const Guard& guard) { return !guard.allowed; });
}

void Count(const Change& change, Counts& counts) {
  if (change.suspended) {
    ++counts.suspended;
    return;
  }
  switch (change.action) {
    case Action::kNoOp:
      break;
    case Action::kCreate:
      ++counts.create;
      break;
    case Action::kUpdate:
      ++counts.update;
      break;
    case Action::kReplace:
      ++counts.replace;
      break;
    case Action::kDelete:
      ++counts.remove;
      break;
    case Action::kForget:
      ++counts.forget;
      break;
    case Action::kAdopt:
      ++counts.adopt;
      break;
    case Action::kMove:
      ++counts.move;
      break;
    case Action::kRotate:
      ++counts.rotate;
      break;
  }
}

}  // namespace

std::string_view Symbol(Action action) { return RowOf(action).symbol; }
std::string_view Name(Action action) { return RowOf(action).name; }
std::string_view Name(Reason reason) { return NameIn(kReasons, reason); }
std::string_view Name(Cause cause) { return NameIn(kCauses, cause); }
std::string_view Name(GuardKind kind) { return NameIn(kGuards, kind); }
std::string_view Name(AlarmKind kind) { return NameIn(kAlarms, kind); }

std::optional<Action> ParseAction(std::string_view name) {
  for (const ActionRow& row : kActions) {
    if (row.name == name) return row.action;
  }
  return std::nullopt;
}

std::optional<Reason> ParseReason(std::string_view name) {
  return ParseIn<Reason>(kReasons, name);
}

std::string_view Name(Origin origin) { return NameIn(kOrigins, origin); }

std::optional<Origin> ParseOrigin(std::string_view name) {
  return ParseIn<Origin>(kOrigins, name);
}

std::optional<Cause> ParseCause(std::string_view name) {
  return ParseIn<Cause>(kCauses, name);
}

std::optional<GuardKind> ParseGuardKind(std::string_view name) {
  return ParseIn<GuardKind>(kGuards, name);
}

std::optional<AlarmKind> ParseAlarmKind(std::string_view name) {
  return ParseIn<AlarmKind>(kAlarms, name);
}

Counts Plan::counts() const {
  Counts counts;
  for (const Change& change : changes) Count(change, counts);
  for (const Change& change : scheduled) Count(change, counts);
  return counts;
}

bool Plan::denied() const {
  return Denies(findings) ||
         std::any_of(changes.begin(), changes.end(), [](const Change& change) {
           return Denies(change.findings);
         });
}

void SetJudgement(Judgement judgement, Plan& plan) {
  // A digest over everything is worth its time only where it moves.
  bool moves = !judgement.findings.empty() || !plan.findings.empty();
  plan.findings.clear();
  for (Change& change : plan.changes) {
    moves = moves || !change.findings.empty();
    change.findings.clear();
  }
  for (Finding& finding : judgement.findings) {
    if (!finding.change) {
      plan.findings.push_back(std::move(finding));
      continue;
    }
    CHECK(*finding.change < plan.changes.size());
    plan.changes[*finding.change].findings.push_back(std::move(finding));
  }
  plan.verdicts = judgement.totals;
  plan.exceptions = std::move(judgement.exceptions);
  if (moves) plan.digest = PlanDigest(plan);
}

bool Plan::unsafe() const {
  return Refuses(guards) ||
         std::any_of(changes.begin(), changes.end(), [](const Change& change) {
           return Refuses(change.guards);
         });
}

}  // namespace writ::engine
