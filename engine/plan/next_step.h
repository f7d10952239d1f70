// How a plan ends, in words, the same for a terminal and every report: its
// totals, whose work the changes are, what stands in the way, the next command.
//
// Escaped for a terminal; another output escapes again. Pure; safe from any
// thread.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace writ::engine {

// "3 to add, 1 to destroy. 1 denied."
std::string TotalsInWords(const Plan& plan);

// "This branch: 5 changes. Already merged: 2. Drift: 1."; empty: no change.
std::string OriginsInWords(const Plan& plan);

struct NextStep {
  std::string refusal;  // "Can't be applied"; empty: nothing stands in the way
  std::string words;
  std::string command;        // in one piece; may be empty
  bool names_guards = false;  // the plan's own guards are told after it
};

// `apply_command` applies this very plan; empty: `writ apply` in its
// environment. `applies`: who shows it applies it at once.
std::vector<NextStep> NextStepsOf(const Plan& plan,
                                  const std::string& apply_command,
                                  bool applies = false);

}  // namespace writ::engine
