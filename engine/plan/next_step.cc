#include "engine/plan/next_step.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/plan/plan_words.h"
#include "engine/plan/risk.h"
#include "schema/report/escape.h"

namespace writ::engine {
namespace {

constexpr std::size_t kFlagsShown = 5;

std::string InEnvironment(const Plan& plan) {
  if (plan.environment.empty()) return {};
  return " --env " + EscapeTerminal(plan.environment);
}

std::string CommandFor(const Plan& plan, const std::string& apply_command) {
  if (!apply_command.empty()) return EscapeTerminal(apply_command);
  return "writ apply" + InEnvironment(plan);
}

template <std::size_t kCount>
std::string TitledCounts(const std::array<std::int64_t, kCount>& counts,
                         const std::array<const char*, kCount>& titles) {
  std::string words;
  for (std::size_t i = 0; i < kCount; ++i) {
    if (counts[i] == 0) continue;
    const bool first = words.empty();
    words += first ? "" : " ";
    words += std::string(titles[i]) + ": ";
    words +=
        first ? Counted(counts[i], "change", "changes") : WithCommas(counts[i]);
    words += ".";
  }
  return words;
}

void AddDenial(const Plan& plan, const std::string& command,
               std::vector<NextStep>& steps) {
  const Denial denial = DenialOf(plan);
  std::string words = ": ";
  if (denial.changes > 0) {
    words += Counted(denial.changes, "change is", "changes are") + " denied";
  }
  if (denial.whole) {
    words += denial.changes > 0 ? ", and the plan as a whole" : "it is denied";
  }
  steps.push_back({"Can't be applied", words + ". Mend it, or see:",
                   "writ policy explain " +
                       EscapeTerminal(denial.policies.front()) +
                       InEnvironment(plan)});
  if (!denial.overridable) return;
  std::string overriding = command;
  for (const std::string& policy : denial.policies) {
    overriding += " --override " + EscapeTerminal(policy);
  }
  steps.push_back({"", "Override it, with a reason that the audit keeps:",
                   overriding + " --reason TEXT"});
}

void AddRefusal(const Plan& plan, std::string command,
                std::vector<NextStep>& steps) {
  const auto refused =
      std::count_if(plan.changes.begin(), plan.changes.end(), IsUnsafe);
  std::string words = " as it is";
  if (refused > 0) {
    words += ": " + Counted(refused, "change is", "changes are") + " unsafe";
  }
  steps.push_back({"Can't be applied", words + ".", "", true});
  std::vector<std::string> flags;
  bool hopeless = false;
  const auto look = [&](const Guard& guard) {
    if (guard.allowed) return;
    hopeless = hopeless || guard.flag.empty();
    flags.push_back(EscapeTerminal(guard.flag));
  };
  std::for_each(plan.guards.begin(), plan.guards.end(), look);
  for (const Change& change : plan.changes) {
    std::for_each(change.guards.begin(), change.guards.end(), look);
  }
  if (hopeless) {
    steps.push_back({"",
                     "What is marked ✗ has to be mended in the manifests; no "
                     "flag allows all of it.",
                     ""});
    return;
  }
  for (std::size_t i = 0; i < std::min(flags.size(), kFlagsShown); ++i) {
    command += " " + flags[i];
  }
  if (flags.size() > kFlagsShown) command += " …";
  steps.push_back({"", "Mend it, or allow it for one run:", command});
}

}  // namespace

std::string TotalsInWords(const Plan& plan) {
  const VerdictCounts verdicts = CountVerdicts(plan);
  std::string words = CountsInWords(plan.counts()) + ".";
  const auto add = [&](std::int64_t count, const char* what) {
    if (count > 0) words += " " + WithCommas(count) + " " + what + ".";
  };
  add(verdicts.denied, "denied");
  add(verdicts.overridden, "overridden");
  add(verdicts.exempt, "exempt");
  return words;
}

std::string OriginsInWords(const Plan& plan) {
  if (!plan.merged_with.empty()) {
    return TitledCounts<4>(CountOrigins(plan), {"This branch", "Already merged",
                                                "Drift", "Schedule"});
  }
  std::array<std::int64_t, 4> causes{};
  for (const Change& change : plan.changes) {
    ++causes[static_cast<std::size_t>(change.cause)];
  }
  causes[static_cast<std::size_t>(Cause::kSchedule)] +=
      static_cast<std::int64_t>(plan.scheduled.size());
  return TitledCounts<4>(causes,
                         {"This branch", "Drift", "Dependency", "Schedule"});
}

std::vector<NextStep> NextStepsOf(const Plan& plan,
                                  const std::string& apply_command,
                                  bool applies) {
  std::vector<NextStep> steps;
  const std::string command = CommandFor(plan, apply_command);
  if (plan.mode == "comparison") return steps;
  if (plan.mode == "refresh-only") {
    steps.push_back(
        {"", "Nothing is applied by this plan. Put it back:", command});
    return steps;
  }
  if (!plan.untrusted.empty()) {
    steps.push_back({"Can't be applied", ": it isn't trusted; see above.", ""});
  }
  if (plan.denied()) AddDenial(plan, command, steps);
  if (plan.unsafe()) AddRefusal(plan, command, steps);
  if (!steps.empty() || plan.empty()) return steps;
  const auto suspended = static_cast<std::size_t>(plan.counts().suspended);
  if (suspended == plan.changes.size() + plan.scheduled.size()) {
    steps.push_back({"", "Nothing to apply: every change is suspended.", ""});
  } else if (!applies) {
    steps.push_back({"", "Apply it:", command});
  }
  return steps;
}

}  // namespace writ::engine
