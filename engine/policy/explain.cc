#include "engine/policy/explain.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/cel/ast.h"
#include "engine/cel/program.h"
#include "engine/policy/evaluation.h"
#include "engine/policy/policy.h"
#include "engine/policy/value_text.h"

namespace writ::engine {
namespace {

using cel::Expr;

constexpr std::size_t kMaxText = 200;
// What is deeper decides little, and nobody reads it.
constexpr int kMaxDepth = 12;
constexpr std::size_t kMaxParts = 200;

constexpr std::string_view kVariables = "variables.";

// What one expression went through. Values may borrow from each other, from
// the program and from what was bound: none is read after those are gone.
struct Recording {
  cel::Program program;
  cel::Trace trace;
  std::map<cel::ExprId, const cel::Value*> last;  // of the last round
  std::map<cel::ExprId, std::size_t> rounds;
};

class Explaining {
 public:
  Explaining(PolicyEvaluation& evaluation, Explanation& explanation)
      : evaluation_(evaluation), explanation_(explanation) {}

  void Explain(const Expression& expression, int depth) {
    std::optional<Recording> recording = Record(expression);
    if (!recording) return;
    expression_ = &expression;
    recording_ = &*recording;
    shown_.clear();
    Walk(recording->program.ast().root(), depth);
    const std::vector<std::string> variables = std::move(variables_);
    variables_.clear();
    for (const std::string& variable : variables) {
      ExplainVariable(variable, depth + 1);
    }
  }

 private:
  std::optional<Recording> Record(const Expression& expression) {
    cel::CompileOptions options;
    options.traceable = true;
    auto program = cel::Program::Compile(
        expression.text(), *evaluation_.policy().environment, options);
    if (!program) return std::nullopt;
    Recording recording{*std::move(program), {}, {}, {}};
    evaluation_.EvaluateTraced(recording.program, recording.trace);
    for (const cel::Trace::Step& step : recording.trace.steps) {
      recording.last[step.id] = &step.value;
      ++recording.rounds[step.id];
    }
    return recording;
  }

  const cel::Value* ValueOf(const Expr& expr) const {
    if (const auto* literal = expr.As<cel::Literal>()) return &literal->value;
    const auto found = recording_->last.find(expr.id);
    return found == recording_->last.end() ? nullptr : found->second;
  }

  // False where it was evaluated to nothing, or is a literal.
  bool Add(const Expr& expr, int depth) {
    const cel::Value* value = ValueOf(expr);
    if (value == nullptr || expr.As<cel::Literal>() != nullptr) return false;
    const cel::Ast& ast = recording_->program.ast();
    AddPart(OnOneLine(ast.source().TextOf(ast.SpanOf(expr.id))), *value,
            expression_->PlaceOf(expr.id), depth);
    return true;
  }

  void AddPart(std::string text, const cel::Value& value, const Location& at,
               int depth) {
    if (explanation_.parts.size() == kMaxParts) return;
    std::string shown = ValueText(value, kMaxText);
    if (!shown_.insert(text + "\n" + shown).second) return;
    explanation_.parts.push_back(
        {Clipped(std::move(text), kMaxText), std::move(shown), at, depth});
  }

  void Walk(const Expr& expr, int depth) {
    if (depth > kMaxDepth || !Add(expr, depth)) return;
    WalkBelow(expr, depth);
  }

  void WalkBelow(const Expr& expr, int depth) {
    if (const auto* call = expr.As<cel::Call>()) {
      WalkCall(expr, *call, depth);
    } else if (const auto* loop = expr.As<cel::Loop>()) {
      WalkLoop(expr, *loop, depth);
    } else if (const auto* let = expr.As<cel::Let>()) {
      for (const auto& binding : let->bindings) {
        WalkOperand(*binding.value, depth);
      }
      WalkOperand(*let->body, depth);
    } else if (const auto* select = expr.As<cel::Select>()) {
      WalkSelect(expr, *select, depth);
    } else {
      NoteVariable(expr);
    }
  }

  void WalkSelect(const Expr& expr, const cel::Select& select, int depth) {
    const std::string name = cel::QualifiedName(expr);
    if (name.empty()) {
      WalkOperand(*select.operand, depth);
    } else {
      NoteVariable(expr);
    }
  }

  // Variables are explained as well where they are true, false or errors.
  void NoteVariable(const Expr& expr) {
    const std::string name = cel::QualifiedName(expr);
    const cel::Value* value = ValueOf(expr);
    if (!name.starts_with(kVariables) || value == nullptr) return;
    if (!value->Is(cel::Kind::kBool) && !value->IsError()) return;
    std::string variable = name.substr(kVariables.size());
    if (std::find(variables_.begin(), variables_.end(), variable) ==
        variables_.end()) {
      variables_.push_back(std::move(variable));
    }
  }

  void ExplainVariable(const std::string& name, int depth) {
    if (depth > kMaxDepth) return;
    for (const PolicyVariable& variable : evaluation_.policy().variables) {
      if (variable.name == name) Explain(variable.expression, depth);
    }
  }

  void WalkCall(const Expr& expr, const cel::Call& call, int depth) {
    if (call.target == nullptr &&
        (call.function == "_&&_" || call.function == "_||_")) {
      WalkLogic(expr, call.function, *ValueOf(expr), depth);
      return;
    }
    if (call.target != nullptr) WalkOperand(*call.target, depth);
    for (const Expr* argument : call.arguments) WalkOperand(*argument, depth);
  }

  // Chains of one operator are one step, and of a false && only what is false
  // counts, of a true || only what is true.
  void WalkLogic(const Expr& expr, const std::string& function,
                 const cel::Value& value, int depth) {
    const auto* call = expr.As<cel::Call>();
    if (call == nullptr || call->target != nullptr ||
        call->function != function) {
      const cel::Value* operand = ValueOf(expr);
      if (operand == nullptr) return;
      const bool decides = value.Is(cel::Kind::kBool)
                               ? operand->Is(cel::Kind::kBool) &&
                                     operand->AsBool() == value.AsBool()
                               : operand->IsError();
      if (decides) WalkOperand(expr, depth);
      return;
    }
    for (const Expr* operand : call->arguments) {
      WalkLogic(*operand, function, value, depth);
    }
  }

  void WalkOperand(const Expr& expr, int depth) { Walk(expr, depth + 1); }

  // The range, and the element that ended the loop.
  void WalkLoop(const Expr& expr, const cel::Loop& loop, int depth) {
    WalkOperand(*loop.range, depth);
    const cel::Value* value = ValueOf(expr);
    const bool stopped =
        (loop.kind == cel::Loop::Kind::kAll && value->IsFalse()) ||
        (loop.kind == cel::Loop::Kind::kExists && value->IsTrue()) ||
        value->IsError();
    const cel::Value* range = ValueOf(*loop.range);
    const auto rounds = recording_->rounds.find(loop.body->id);
    if (!stopped || range == nullptr || rounds == recording_->rounds.end()) {
      return;
    }
    const std::size_t index = rounds->second - 1;
    if (range->Is(cel::Kind::kList) && index < range->ListSize()) {
      const std::string& element =
          loop.variable2.empty() ? loop.variable : loop.variable2;
      AddPart(element, range->ListAt(index), expression_->PlaceOf(expr.id),
              depth + 1);
    } else if (range->Is(cel::Kind::kMap) && index < range->MapSize()) {
      AddPart(loop.variable, range->MapKeyAt(index),
              expression_->PlaceOf(expr.id), depth + 1);
    }
    WalkOperand(*loop.body, depth);
  }

  PolicyEvaluation& evaluation_;
  Explanation& explanation_;
  const Expression* expression_ = nullptr;
  Recording* recording_ = nullptr;
  std::set<std::string> shown_;
  std::vector<std::string> variables_;
};

// The condition that could not be decided, of a finding without a validation.
const Expression* FailedCondition(PolicyEvaluation& evaluation) {
  for (const NamedExpression& condition : evaluation.policy().conditions) {
    const cel::Value holds = evaluation.Evaluate(condition.expression);
    if (holds.IsFalse()) return nullptr;
    if (!holds.IsTrue()) return &condition.expression;
  }
  return nullptr;
}

}  // namespace

Explanation Explain(const PolicySet& guards, const PlanFacts& facts,
                    const Finding& finding) {
  Explanation explanation;
  const Policy* policy = guards.Find(finding.policy);
  if (policy == nullptr || !policy->fault.empty()) return explanation;
  FactValues values(facts);
  if (finding.change) {
    if (*finding.change >= facts.changes.size()) return explanation;
    values.SelectChange(*finding.change);
  }
  StepBudget budget{cel::kDefaultSteps, cel::kDefaultSteps};
  PolicyEvaluation evaluation(*policy, values, budget);
  const Validation* validation = policy->Find(finding.validation);
  const Expression* expression = validation != nullptr
                                     ? &validation->expression
                                     : FailedCondition(evaluation);
  if (expression != nullptr) {
    Explaining(evaluation, explanation).Explain(*expression, 0);
  }
  return explanation;
}

}  // namespace writ::engine
