// Policies against a plan. Pure: the same facts, guards and `now` give the same
// judgement. Made when planning, and again by apply with its own time.
//
// Guards of the commit that is planned and of the last applied one both judge,
// each with their own exceptions; of two findings about the same the stricter
// stands (T-04). Policies that both have alike judge once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/finding.h"
#include "engine/policy/policy_set.h"

namespace writ::engine {

struct JudgeOptions {
  std::uint64_t max_steps = 10'000'000;       // of one evaluation
  std::uint64_t max_run_steps = 500'000'000;  // of all; then each is an error
  // Policies that apply --override names, with a reason that the caller keeps.
  std::vector<std::string> overridden;
  // Take policies whatever actions they name: `policy check` judges what is
  // live, and nothing happens to it. So do exceptions.
  bool any_action = false;
  // Findings for what passed as well.
  bool keep_passed = false;
};

// `applied` is null where nothing was applied yet.
Judgement Judge(const PolicySet& desired, const PolicySet* applied,
                const PlanFacts& facts, const JudgeOptions& options = {});

}  // namespace writ::engine
