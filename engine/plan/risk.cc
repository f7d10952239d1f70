#include "engine/plan/risk.h"

#include <algorithm>

namespace writ::engine {
namespace {

template <typename Is>
bool AnyFinding(const Change& change, Is is) {
  return std::any_of(change.findings.begin(), change.findings.end(), is);
}

}  // namespace

bool IsDenied(const Change& change) {
  return AnyFinding(change, [](const Finding& f) { return f.denies(); });
}

bool IsUnsafe(const Change& change) {
  return std::any_of(change.guards.begin(), change.guards.end(),
                     [](const Guard& guard) { return !guard.allowed; });
}

Rank RankOf(const Change& change) {
  if (change.action == Action::kRotate) return Rank::kRotate;
  if (change.action == Action::kDelete) return Rank::kDelete;
  if (change.action == Action::kReplace) return Rank::kReplace;
  if (change.compatibility && change.compatibility->breaking) {
    return Rank::kBreaking;
  }
  const bool only_recipients = std::all_of(
      change.alarms.begin(), change.alarms.end(),
      [](const Alarm& alarm) { return alarm.kind == AlarmKind::kRecipient; });
  if (!only_recipients) return Rank::kAlarm;
  if (!change.guards.empty()) return Rank::kGuard;
  if (IsDenied(change)) return Rank::kDenied;
  if (!change.alarms.empty()) return Rank::kRecipient;
  const bool shown = AnyFinding(change, [](const Finding& finding) {
    return finding.enforcement != Enforcement::kAudit;
  });
  return shown ? Rank::kFinding : Rank::kRest;
}

bool MayBeFolded(Rank rank) {
  return rank == Rank::kRotate || rank == Rank::kRecipient ||
         rank == Rank::kDenied || rank == Rank::kFinding || rank == Rank::kRest;
}

ReadingOrder ReadingOrderOf(const Plan& plan) {
  ReadingOrder order;
  for (const auto* changes : {&plan.changes, &plan.scheduled}) {
    for (const Change& change : *changes) {
      (RankOf(change) == Rank::kRest ? order.rest : order.head)
          .push_back(&change);
    }
  }
  std::stable_sort(
      order.head.begin(), order.head.end(),
      [](const Change* a, const Change* b) { return RankOf(*a) < RankOf(*b); });
  return order;
}

VerdictCounts CountVerdicts(const Plan& plan) {
  VerdictCounts counts;
  for (const Change& change : plan.changes) {
    counts.denied += IsDenied(change) ? 1 : 0;
    counts.overridden +=
        AnyFinding(change, [](const Finding& f) { return f.overridden; }) ? 1
                                                                          : 0;
    counts.exempt += AnyFinding(change,
                                [](const Finding& f) {
                                  return f.verdict == Verdict::kExempt;
                                })
                         ? 1
                         : 0;
  }
  return counts;
}

OriginCounts CountOrigins(const Plan& plan) {
  OriginCounts counts{};
  for (const auto* changes : {&plan.changes, &plan.scheduled}) {
    for (const Change& change : *changes) {
      if (change.origin) ++counts[static_cast<std::size_t>(*change.origin)];
    }
  }
  return counts;
}

Denial DenialOf(const Plan& plan) {
  Denial denial;
  denial.overridable = true;
  const auto look = [&](const std::vector<Finding>& findings) {
    bool denies = false;
    for (const Finding& finding : findings) {
      if (!finding.denies()) continue;
      denies = true;
      denial.overridable = denial.overridable &&
                           finding.enforcement == Enforcement::kDenyOverridable;
      if (std::find(denial.policies.begin(), denial.policies.end(),
                    finding.policy) == denial.policies.end()) {
        denial.policies.push_back(finding.policy);
      }
    }
    return denies;
  };
  denial.whole = look(plan.findings);
  for (const Change& change : plan.changes) {
    denial.changes += look(change.findings) ? 1 : 0;
  }
  denial.overridable = denial.overridable && !denial.policies.empty();
  return denial;
}

}  // namespace writ::engine
