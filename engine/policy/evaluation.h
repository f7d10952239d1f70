// One policy at work: its variables bound to the facts, its expressions
// evaluated within the budgets of the run. Shared by judging and explaining.
//
// Belongs to one thread. REQUIRES: policy, values and budget outlive it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/cel/program.h"
#include "engine/policy/exception.h"
#include "engine/policy/fact_values.h"
#include "engine/policy/finding.h"
#include "engine/policy/policy.h"

namespace writ::engine {

// Steps that are left, of each evaluation and of the run.
struct StepBudget {
  std::uint64_t evaluation = 0;
  std::uint64_t run = 0;
};

class PolicyEvaluation {
 public:
  PolicyEvaluation(const Policy& policy, FactValues& values,
                   StepBudget& budget);
  PolicyEvaluation(const PolicyEvaluation&) = delete;
  PolicyEvaluation& operator=(const PolicyEvaluation&) = delete;

  const Policy& policy() const { return policy_; }

  // Forgets what was bound of another change. To be called after
  // FactValues::SelectChange.
  void Restart();

  cel::Value Evaluate(const Expression& expression);
  // Of a program that is traceable, compiled for the policy's environment.
  cel::Value EvaluateTraced(const cel::Program& program, cel::Trace& trace);

  // What to say of a violation: computed, else written, else the expression.
  std::string MessageOf(const Validation& validation);
  // The same of an error.
  static std::string MessageOf(const cel::Value& error);

 private:
  cel::Value Resolve(cel::Slot slot);

  const Policy& policy_;
  FactValues& values_;
  StepBudget& budget_;
  cel::Bindings bindings_;
};

// Whether an exception's `when` holds for the change that is selected; what
// fails doesn't. REQUIRES: it has one.
bool HoldsFor(const PolicyException& exception, const Value& params,
              FactValues& values, StepBudget& budget);

}  // namespace writ::engine
