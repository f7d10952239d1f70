#include "engine/policy/evaluation.h"

#include <algorithm>
#include <utility>

namespace writ::engine {
namespace {

constexpr std::size_t kMaxMessage = 1'000;  // code points

cel::Value FactAt(cel::Slot slot, const Value& params, FactValues& values) {
  switch (slot) {
    case kNowSlot:
      return values.now();
    case kEnvironmentSlot:
      return values.environment();
    case kCommitSlot:
      return values.commit();
    case kParamsSlot:
      return params.IsMap() ? cel::Value::Document(params)
                            : cel::MapBuilder().Build();
    case kPlanSlot:
      return values.plan();
    case kGraphSlot:
      return values.graph();
    case kResourceSlot:
      return values.resource();
    case kChangeSlot:
      return values.change();
    default:
      return cel::Value::Error("no such variable");
  }
}

}  // namespace

PolicyEvaluation::PolicyEvaluation(const Policy& policy, FactValues& values,
                                   StepBudget& budget)
    : policy_(policy),
      values_(values),
      budget_(budget),
      bindings_(*policy.environment) {
  bindings_.set_resolver([this](cel::Slot slot) { return Resolve(slot); });
}

void PolicyEvaluation::Restart() {
  for (const cel::Slot slot : {kGraphSlot, kResourceSlot, kChangeSlot}) {
    if (policy_.scope == PolicyScope::kChange) bindings_.Clear(slot);
  }
  for (const PolicyVariable& variable : policy_.variables) {
    bindings_.Clear(variable.slot);
  }
}

cel::Value PolicyEvaluation::Resolve(cel::Slot slot) {
  if (policy_.variables.empty() || slot < policy_.variables.front().slot) {
    return FactAt(slot, policy_.params, values_);
  }
  const PolicyVariable& variable =
      policy_.variables[slot - policy_.variables.front().slot];
  cel::Value value = Evaluate(variable.expression);
  if (!value.IsError()) return value;
  // Where it arose is a place in another text than the one that asks.
  return cel::Value::Error("variables." + variable.name + ": " +
                           value.error().message);
}

cel::Value PolicyEvaluation::Evaluate(const Expression& expression) {
  return expression.program()->Evaluate(bindings_, budget_.evaluation,
                                        budget_.run);
}

cel::Value PolicyEvaluation::EvaluateTraced(const cel::Program& program,
                                            cel::Trace& trace) {
  return program.EvaluateTraced(bindings_, trace, budget_.evaluation);
}

std::string PolicyEvaluation::MessageOf(const Validation& validation) {
  if (validation.message_expression) {
    const cel::Value computed = Evaluate(*validation.message_expression);
    if (computed.Is(cel::Kind::kString)) {
      std::string message = OnOneLine(computed.text());
      if (!message.empty()) return Clipped(std::move(message), kMaxMessage);
    }
  }
  std::string message = OnOneLine(validation.message);
  if (message.empty()) {
    message = "does not hold: " + OnOneLine(validation.expression.text());
  }
  return Clipped(std::move(message), kMaxMessage);
}

std::string PolicyEvaluation::MessageOf(const cel::Value& error) {
  std::string message = OnOneLine(error.error().message);
  if (message.find("no such key") != std::string::npos) {
    message += " (where it may be absent: has(), \"key\" in map, or .?)";
  }
  return Clipped(std::move(message), kMaxMessage);
}

bool HoldsFor(const PolicyException& exception, const Value& params,
              FactValues& values, StepBudget& budget) {
  cel::Bindings bindings(*exception.environment);
  bindings.set_resolver(
      [&](cel::Slot slot) { return FactAt(slot, params, values); });
  return exception.when->program()
      ->Evaluate(bindings, budget.evaluation, budget.run)
      .IsTrue();
}

}  // namespace writ::engine
