#include "engine/cel/program.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/cel/checker.h"
#include "engine/cel/frozen_value.h"
#include "engine/cel/parser.h"
#include "engine/cel/plan.h"

namespace writ::engine::cel {
namespace {

// What finding out a constant may cost while compiling.
constexpr std::uint64_t kConstantSteps = 100'000;

struct Outcome {
  Value value;
  std::uint64_t steps = 0;
};

template <std::size_t kRoom>
Value RunWithin(Frame& frame, const Plan& plan) {
  std::array<Value, kRoom> locals;
  frame.locals = locals.data();
  return plan.root->Run(frame);
}

Value RunIn(Frame& frame, const Plan& plan) {
  constexpr std::size_t kFew = 2;
  constexpr std::size_t kSome = 8;
  if (plan.locals == 0) return plan.root->Run(frame);
  if (plan.locals <= kFew) return RunWithin<kFew>(frame, plan);
  if (plan.locals <= kSome) return RunWithin<kSome>(frame, plan);
  std::vector<Value> locals(plan.locals);
  frame.locals = locals.data();
  return plan.root->Run(frame);
}

Outcome RunPlan(const Plan& plan, Bindings& bindings, std::uint64_t max_steps,
                Trace* trace) {
  Evaluation evaluation(max_steps);
  Frame frame{bindings, evaluation, nullptr, trace};
  Value value = RunIn(frame, plan);
  const std::uint64_t steps = max_steps - evaluation.meter().remaining();
  // Whatever came out of it, not all was looked at.
  if (evaluation.meter().exhausted()) [[unlikely]] {
    value = Evaluation::Spent();
    value.LocateError(frame.spent_at != 0 ? frame.spent_at : plan.root->id());
  }
  return {std::move(value), steps};
}

}  // namespace

struct Program::State {
  explicit State(Ast tree) : ast(std::move(tree)) {}

  Ast ast;
  Checked checked;
  Plan plan;
  Plan traced;
  std::optional<FrozenValue> constant;
};

Program::Program(std::unique_ptr<const State> state)
    : state_(std::move(state)) {}
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;
Program::~Program() = default;

Compiled<Program> Program::Compile(std::string text,
                                   const Environment& environment,
                                   const CompileOptions& options) {
  auto ast = Parse(std::move(text), environment);
  if (!ast) return tl::unexpected(std::move(ast).error());
  auto state = std::make_unique<State>(*std::move(ast));
  if (options.check) {
    auto checked = Check(state->ast, environment);
    if (!checked) return tl::unexpected(std::move(checked).error());
    state->checked = *std::move(checked);
  }
  state->plan = MakePlan(state->ast, environment, PlanMode::kFast);
  if (options.traceable) {
    state->traced = MakePlan(state->ast, environment, PlanMode::kTraced);
  }
  if (state->plan.variables.empty()) {
    Bindings none(environment);
    Value value = RunPlan(state->plan, none, kConstantSteps, nullptr).value;
    if (!value.IsError()) state->constant.emplace(std::move(value));
  }
  return Program(std::move(state));
}

Value Program::Evaluate(Bindings& bindings, std::uint64_t max_steps) const {
  if (state_->constant) return state_->constant->value().Borrowed();
  return RunPlan(state_->plan, bindings, max_steps, nullptr).value;
}

Value Program::Evaluate(Bindings& bindings, std::uint64_t max_steps,
                        std::uint64_t& run_steps) const {
  if (state_->constant) return state_->constant->value().Borrowed();
  Outcome outcome =
      RunPlan(state_->plan, bindings, std::min(max_steps, run_steps), nullptr);
  run_steps -= outcome.steps;
  return std::move(outcome.value);
}

Value Program::EvaluateTraced(Bindings& bindings, Trace& trace,
                              std::uint64_t max_steps) const {
  return RunPlan(state_->traced, bindings, max_steps, &trace).value;
}

const Ast& Program::ast() const { return state_->ast; }
const Type& Program::type() const { return state_->checked.result; }
const std::vector<Type>& Program::types() const {
  return state_->checked.types;
}

const Value* Program::constant() const {
  return state_->constant ? &state_->constant->value() : nullptr;
}

const std::vector<Slot>& Program::variables() const {
  return state_->plan.variables;
}

std::string Describe(const Program& program, const Value& error) {
  const Value::ErrorDetail& detail = error.error();
  if (detail.at == 0) return detail.message;
  const Position position = program.ast().PositionOf(detail.at);
  return std::to_string(position.line) + ":" + std::to_string(position.column) +
         ": " + detail.message;
}

}  // namespace writ::engine::cel
