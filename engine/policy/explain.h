// Why a validation came out as it did: the sub-expressions that decided it,
// with their values. What was skipped (the rest of an && after its first
// false) is left out. Evaluates again, recording; never on the hot path.
//
// Pure; safe from any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/policy/facts.h"
#include "engine/policy/finding.h"
#include "engine/policy/policy_set.h"
#include "schema/diagnostic.h"

namespace writ::engine {

struct ExplainedPart {
  std::string expression;  // on one line
  std::string value;       // as CEL or JSON writes it, at most 200 code points
  Location at;
  // Below what it decides: 0 is the expression itself.
  int depth = 0;
};

struct Explanation {
  std::vector<ExplainedPart> parts;  // the whole expression first
};

// `guards` is the set that made the finding. Empty where the policy isn't in it
// or can't be read.
Explanation Explain(const PolicySet& guards, const PlanFacts& facts,
                    const Finding& finding);

}  // namespace writ::engine
