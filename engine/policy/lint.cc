#include "engine/policy/lint.h"

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cel/ast.h"
#include "schema/kind.h"
#include "schema/validator.h"

namespace writ::engine {
namespace {

using cel::Expr;
using TextSet = std::set<std::string, std::less<>>;

// What an expression may come to, errors left out.
struct Outcomes {
  bool may_be_true = true;
  bool may_be_false = true;
};

bool AreDisjoint(const TextSet& a, const TextSet& b) {
  return std::none_of(a.begin(), a.end(), [&](const std::string& text) {
    return b.contains(text);
  });
}

std::string TextOf(const Policy& policy, std::string_view name) {
  std::string text(name);
  if (policy.match.kinds.size() == 1 && name.find(".spec.") != name.npos) {
    text += " of " + policy.match.kinds.front();
  }
  return text;
}

// The texts that facts can have in a policy, by its match and by the tables.
class KnownTexts {
 public:
  explicit KnownTexts(const Policy& policy) : match_(policy.match) {}

  // Empty where anything may stand there.
  std::optional<TextSet> Of(std::string_view name) const {
    if (name == "environment") {
      if (match_.environments.empty()) return std::nullopt;
      return TextSet(match_.environments.begin(), match_.environments.end());
    }
    if (name == "change.action") return Actions();
    if (name == "change.cause") {
      return TextSet{"git", "drift", "dependency", "schedule"};
    }
    if (name == "change.kind") return Kinds();
    for (const std::string_view root :
         {"resource.", "change.after.", "change.before."}) {
      if (name.starts_with(root)) return OfResource(name.substr(root.size()));
    }
    return std::nullopt;
  }

 private:
  TextSet Actions() const {
    if (!match_.actions.empty()) {
      return {match_.actions.begin(), match_.actions.end()};
    }
    return {"create", "update", "replace", "delete", "forget",
            "adopt",  "move",   "rotate",  "no-op"};
  }

  TextSet Kinds() const {
    TextSet kinds(match_.kinds.begin(), match_.kinds.end());
    for (const writ::Kind* kind : AllKinds()) {
      if (match_.kinds.empty() && kind->is_resource) kinds.insert(kind->name);
    }
    return kinds;
  }

  std::optional<TextSet> OfResource(std::string_view path) const {
    if (path == "kind") return Kinds();
    if (path == "lifecycle.onDelete") return TextSet{"delete", "forget"};
    TextSet values;
    for (const std::string& name : Kinds()) {
      const Field* field = FieldAt(*FindKind(name), path);
      if (field == nullptr) continue;
      if (field->type != FieldType::kEnum) return std::nullopt;
      values.insert(field->values.begin(), field->values.end());
    }
    if (values.empty()) return std::nullopt;
    return values;
  }

  // Through objects alone: "spec.type".
  static const Field* FieldAt(const writ::Kind& kind, std::string_view path) {
    if (!path.starts_with("spec.")) return nullptr;
    path.remove_prefix(5);
    const Field* field = &kind.spec;
    while (field != nullptr && !path.empty()) {
      const std::size_t dot = std::min(path.find('.'), path.size());
      field = field->Find(path.substr(0, dot));
      path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return field;
  }

  const Match& match_;
};

// One expression: comparisons that can't come true, and what it comes to.
class ExpressionLint {
 public:
  ExpressionLint(const Policy& policy, const Expression& expression,
                 ExpressionCompiler& compiler)
      : policy_(policy),
        texts_(policy),
        expression_(expression),
        compiler_(compiler) {}

  Outcomes Run() {
    const cel::Program& program = *expression_.program();
    const Outcomes outcomes = OutcomesOf(program.ast().root());
    Walk(program.ast().root());
    const cel::Value* constant = program.constant();
    if (constant == nullptr || !constant->Is(cel::Kind::kBool)) return outcomes;
    return {constant->AsBool(), !constant->AsBool()};
  }

  // Whether a comparison was reported, which says more than the outcome.
  bool reported() const { return reported_; }

 private:
  std::optional<TextSet> TextsOf(const Expr& expr) const {
    if (const auto* literal = expr.As<cel::Literal>()) {
      if (!literal->value.Is(cel::Kind::kString)) return std::nullopt;
      return TextSet{std::string(literal->value.text())};
    }
    if (const auto* list = expr.As<cel::ListLiteral>()) {
      TextSet all;
      for (const auto& element : list->elements) {
        const auto texts = element.value->As<cel::Literal>()
                               ? TextsOf(*element.value)
                               : std::nullopt;
        if (!texts || element.optional) return std::nullopt;
        all.insert(texts->begin(), texts->end());
      }
      return all;
    }
    const std::string name = cel::QualifiedName(expr);
    if (name.empty() || IsShadowed(name)) return std::nullopt;
    return texts_.Of(name);
  }

  bool IsShadowed(std::string_view name) const {
    const std::string_view root = name.substr(0, name.find('.'));
    return std::find(locals_.begin(), locals_.end(), root) != locals_.end();
  }

  Outcomes OutcomesOf(const Expr& expr) const {
    if (const auto* literal = expr.As<cel::Literal>()) {
      if (!literal->value.Is(cel::Kind::kBool)) return {};
      return {literal->value.AsBool(), !literal->value.AsBool()};
    }
    const auto* call = expr.As<cel::Call>();
    if (call == nullptr || call->target != nullptr) return {};
    const auto& arguments = call->arguments;
    if (call->function == "!_") {
      const Outcomes of = OutcomesOf(*arguments[0]);
      return {of.may_be_false, of.may_be_true};
    }
    if (call->function == "_?_:_") {
      const Outcomes a = OutcomesOf(*arguments[1]);
      const Outcomes b = OutcomesOf(*arguments[2]);
      return {a.may_be_true || b.may_be_true, a.may_be_false || b.may_be_false};
    }
    if (arguments.size() != 2) return {};
    return OutcomesOfTwo(call->function, *arguments[0], *arguments[1]);
  }

  Outcomes OutcomesOfTwo(std::string_view function, const Expr& left,
                         const Expr& right) const {
    if (function == "_&&_" || function == "_||_") {
      const Outcomes a = OutcomesOf(left);
      const Outcomes b = OutcomesOf(right);
      if (function == "_&&_") {
        return {a.may_be_true && b.may_be_true,
                a.may_be_false || b.may_be_false};
      }
      return {a.may_be_true || b.may_be_true, a.may_be_false && b.may_be_false};
    }
    if (function != "_==_" && function != "_!=_" && function != "@in") {
      return {};
    }
    const auto a = TextsOf(left);
    const auto b = TextsOf(right);
    if (!a || !b) return {};
    Outcomes outcomes{!AreDisjoint(*a, *b), true};
    if (a->size() == 1 && outcomes.may_be_true &&
        (function == "@in" || b->size() == 1)) {
      outcomes.may_be_false = false;
    }
    if (function == "_!=_") {
      std::swap(outcomes.may_be_true, outcomes.may_be_false);
    }
    return outcomes;
  }

  void Walk(const Expr& expr) {
    if (const auto* select = expr.As<cel::Select>()) {
      Walk(*select->operand);
    } else if (const auto* call = expr.As<cel::Call>()) {
      if (call->target != nullptr) Walk(*call->target);
      if (call->arguments.size() == 2) CheckComparison(expr, *call);
      for (const Expr* argument : call->arguments) Walk(*argument);
    } else if (const auto* list = expr.As<cel::ListLiteral>()) {
      for (const auto& element : list->elements) Walk(*element.value);
    } else if (const auto* map = expr.As<cel::MapLiteral>()) {
      for (const auto& entry : map->entries) {
        Walk(*entry.key);
        Walk(*entry.value);
      }
    } else if (const auto* loop = expr.As<cel::Loop>()) {
      WalkLoop(*loop);
    } else if (const auto* let = expr.As<cel::Let>()) {
      const std::size_t locals = locals_.size();
      for (const auto& binding : let->bindings) {
        Walk(*binding.value);
        locals_.push_back(binding.name);
      }
      Walk(*let->body);
      locals_.resize(locals);
    }
  }

  void WalkLoop(const cel::Loop& loop) {
    Walk(*loop.range);
    const std::size_t locals = locals_.size();
    locals_.push_back(loop.variable);
    locals_.push_back(loop.variable2);
    if (loop.condition != nullptr) Walk(*loop.condition);
    Walk(*loop.body);
    locals_.resize(locals);
  }

  // name == "text" and "text" == name, where name never is that.
  void CheckComparison(const Expr& expr, const cel::Call& call) {
    if (call.function != "_==_" && call.function != "_!=_") return;
    for (const auto& [named, other] :
         {std::pair(call.arguments[0], call.arguments[1]),
          std::pair(call.arguments[1], call.arguments[0])}) {
      const std::string name = cel::QualifiedName(*named);
      const auto* literal = other->As<cel::Literal>();
      if (name.empty() || literal == nullptr) continue;
      const auto possible = TextsOf(*named);
      if (!possible || !literal->value.Is(cel::Kind::kString)) continue;
      const std::string text(literal->value.text());
      if (possible->contains(text)) continue;
      reported_ = true;
      compiler_.Warning("impossible-value", expression_.PlaceOf(expr.id),
                        TextOf(policy_, name) + " is never \"" + text +
                            "\" in " + expression_.path() + " of " +
                            compiler_.subject(),
                        HintFor(text, *possible));
    }
  }

  static std::string HintFor(std::string_view text, const TextSet& possible) {
    const std::vector<std::string_view> names(possible.begin(), possible.end());
    if (const auto near = Suggest(text, names)) {
      return "did you mean \"" + std::string(*near) + "\"?";
    }
    if (names.size() > 9) return {};
    std::string hint = "it is ";
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i > 0) hint += i + 1 == names.size() ? " or " : ", ";
      hint += names[i];
    }
    return hint;
  }

  const Policy& policy_;
  const KnownTexts texts_;
  const Expression& expression_;
  ExpressionCompiler& compiler_;
  std::vector<std::string_view> locals_;
  bool reported_ = false;
};

void LintCondition(const Policy& policy, const Expression& condition,
                   ExpressionCompiler& compiler) {
  ExpressionLint lint(policy, condition, compiler);
  const Outcomes outcomes = lint.Run();
  if (lint.reported()) return;
  if (!outcomes.may_be_true) {
    compiler.Warning("condition-never-holds", condition.at(),
                     condition.path() + " of " + compiler.subject() +
                         " can't hold, so the policy judges nothing");
  } else if (!outcomes.may_be_false) {
    compiler.Warning(
        "condition-always-holds", condition.at(),
        condition.path() + " of " + compiler.subject() + " always holds",
        "remove it");
  }
}

void LintValidation(const Policy& policy, const Expression& validation,
                    ExpressionCompiler& compiler) {
  ExpressionLint lint(policy, validation, compiler);
  const Outcomes outcomes = lint.Run();
  if (lint.reported()) return;
  if (!outcomes.may_be_true) {
    compiler.Warning("validation-always-false", validation.at(),
                     validation.path() + " of " + compiler.subject() +
                         " is always false: whatever it judges is a violation");
  } else if (!outcomes.may_be_false) {
    compiler.Warning("validation-always-true", validation.at(),
                     validation.path() + " of " + compiler.subject() +
                         " is always true: it refuses nothing",
                     "a validation says what has to hold");
  }
}

void LintVariables(const Policy& policy, ExpressionCompiler& compiler) {
  std::set<cel::Slot> used;
  const auto use = [&](const Expression& expression) {
    const std::vector<cel::Slot>& slots = expression.program()->variables();
    used.insert(slots.begin(), slots.end());
  };
  for (const NamedExpression& condition : policy.conditions) {
    use(condition.expression);
  }
  for (const Validation& validation : policy.validations) {
    use(validation.expression);
    if (validation.message_expression) use(*validation.message_expression);
  }
  // Each uses only those before it.
  for (std::size_t i = policy.variables.size(); i-- > 0;) {
    const PolicyVariable& variable = policy.variables[i];
    if (used.contains(variable.slot)) {
      use(variable.expression);
    } else {
      compiler.Warning("unused-variable", variable.expression.at(),
                       "variables." + variable.name + " of " +
                           compiler.subject() + " isn't used");
    }
  }
}

void LintMatch(const Policy& policy, ExpressionCompiler& compiler) {
  const Match& match = policy.match;
  if (match.parents.empty() || match.kinds.empty()) return;
  const bool any = std::any_of(
      match.kinds.begin(), match.kinds.end(), [](const std::string& name) {
        const writ::Kind* kind = FindKind(name);
        return kind != nullptr && kind->parent_in_address &&
               !kind->parent_fields.empty();
      });
  if (any) return;
  compiler.Warning("matches-nothing", policy.at,
                   compiler.subject() +
                       " matches no kind: none of those that it names has a "
                       "parent in its address",
                   "remove match.parents");
}

}  // namespace

void Lint(const Policy& policy, ExpressionCompiler& compiler) {
  for (const NamedExpression& condition : policy.conditions) {
    LintCondition(policy, condition.expression, compiler);
  }
  for (const Validation& validation : policy.validations) {
    LintValidation(policy, validation.expression, compiler);
  }
  for (const PolicyVariable& variable : policy.variables) {
    ExpressionLint(policy, variable.expression, compiler).Run();
  }
  LintVariables(policy, compiler);
  LintMatch(policy, compiler);
}

}  // namespace writ::engine
