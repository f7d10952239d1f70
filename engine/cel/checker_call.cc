#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/cel/checker_walk.h"
#include "engine/cel/string_format.h"
#include "schema/field_walk.h"

namespace writ::engine::cel {
namespace {

using TypeKind = Type::Kind;

// As people write what the tree calls "_+_" or "@in".
std::string Written(std::string_view function) {
  if (function == "@in") return "in";
  if (function == "_?_:_") return "? :";
  std::string written;
  for (const char c : function) {
    const bool filler =
        c == '_' && (function.front() == '_' || function.back() == '_');
    if (!filler) written += c;
  }
  return written;
}

// Hints name no more than these.
constexpr std::size_t kShownOverloads = 4;

std::string Parameters(const Overload& overload) {
  const bool method = overload.style == Style::kMethod;
  std::string text = method ? overload.parameters[0].ToText() + ".(" : "(";
  for (std::size_t i = method ? 1 : 0; i < overload.parameters.size(); ++i) {
    if (i > (method ? 1U : 0U)) text += ", ";
    text += overload.parameters[i].ToText();
  }
  return text + ')';
}

}  // namespace

std::vector<Type> CheckerWalk::CheckAll(const std::vector<Expr*>& exprs) {
  std::vector<Type> types;
  types.reserve(exprs.size());
  for (const Expr* expr : exprs) types.push_back(Check(*expr));
  return types;
}

Type CheckerWalk::CheckCall(const Expr& expr, const Call& call) {
  if (call.target != nullptr) return CheckMethod(expr, call);
  const std::string& name = call.function;
  const std::size_t count = call.arguments.size();
  if (count == 2) {
    if (name == "_&&_" || name == "_||_") return CheckLogic(call);
    if (name == "_==_" || name == "_!=_") return CheckEquality(expr, call);
    if (name == "_[_]") return CheckIndex(expr, call, false);
    if (name == "_[?_]") return CheckIndex(expr, call, true);
  }
  if (count == 3 && name == "_?_:_") return CheckConditional(expr, call);
  return CheckFunction(expr, call);
}

Type CheckerWalk::CheckLogic(const Call& call) {
  const std::string what = "each side of " + Written(call.function);
  for (const Expr* operand : call.arguments) ExpectBool(*operand, what);
  return Type(TypeKind::kBool);
}

Type CheckerWalk::CheckConditional(const Expr& expr, const Call& call) {
  ExpectBool(*call.arguments[0], "what stands before ?");
  const Type yes = Check(*call.arguments[1]);
  const Type no = Check(*call.arguments[2]);
  if (auto common = unifier_.Common(yes, no)) return *std::move(common);
  return Report(expr, "no-overload",
                "both outcomes of ? : are to have one type, not " +
                    TextOf(yes) + " and " + TextOf(no),
                "dyn() around one of them allows it");
}

Type CheckerWalk::CheckEquality(const Expr& expr, const Call& call) {
  const Type left = Check(*call.arguments[0]);
  const Type right = Check(*call.arguments[1]);
  if (unifier_.Assign(left, right)) return Type(TypeKind::kBool);
  Report(expr, "no-overload",
         TextOf(left) + " and " + TextOf(right) + " are never equal",
         "dyn() around one of them allows it");
  return Type(TypeKind::kBool);
}

Type CheckerWalk::CheckIndex(const Expr& expr, const Call& call,
                             bool optional) {
  const Type whole = unifier_.Resolve(Check(*call.arguments[0]));
  const bool wrapped = whole.Is(TypeKind::kOptional);
  const Type target = wrapped ? unifier_.Resolve(whole.parameters()[0]) : whole;
  Check(*call.arguments[1]);
  const Type element = ElementType(expr, *call.arguments[1], target);
  return optional || wrapped ? Type::Optional(element) : element;
}

Type CheckerWalk::ElementType(const Expr& expr, const Expr& index,
                              const Type& target) {
  const Type& key = types_[index.id];
  std::optional<Type> wanted;
  if (target.Is(TypeKind::kDyn)) return {};
  if (target.Is(TypeKind::kParameter)) {
    unifier_.Assign(target, Type());
    return {};
  }
  if (target.Is(TypeKind::kList)) wanted = Type(TypeKind::kInt);
  if (target.Is(TypeKind::kMap)) wanted = target.parameters()[0];
  if (target.Is(TypeKind::kObject)) wanted = Type(TypeKind::kString);
  if (!wanted) {
    return Report(expr, "no-overload",
                  "a value of type " + TextOf(target) + " has no elements");
  }
  if (!unifier_.Assign(key, *wanted)) {
    return Report(index, "no-overload",
                  "the index into " + TextOf(target) + " is to be " +
                      TextOf(*wanted) + ", not " + TextOf(key));
  }
  if (!target.Is(TypeKind::kObject)) return target.parameters().back();
  const auto* literal = index.As<Literal>();
  if (literal == nullptr || !literal->value.Is(Kind::kString)) return {};
  return FieldType(ast_.SpanOf(index.id), target,
                   std::string(literal->value.text()));
}

Type CheckerWalk::CheckFunction(const Expr& expr, const Call& call) {
  const auto* overloads = names_.FindFunction(call.function, Style::kFunction);
  if (overloads == nullptr) {
    return UnknownFunction(expr, call, Style::kFunction);
  }
  return ResolveOverload(expr, call.function, Style::kFunction, *overloads,
                         CheckAll(call.arguments));
}

Type CheckerWalk::CheckMethod(const Expr& expr, const Call& call) {
  const std::string qualified = QualifiedName(*call.target);
  if (!qualified.empty() && !names_.IsRootedInLocal(qualified)) {
    const std::string name = qualified + "." + call.function;
    if (const auto* found = names_.FindFunction(name, Style::kFunction)) {
      return ResolveOverload(expr, name, Style::kFunction, *found,
                             CheckAll(call.arguments));
    }
    // Neither a function nor a value: a namespace, if one is near.
    if (!names_.IsPrefixDeclared(qualified)) {
      std::string hint = names_.SuggestFunction(name, Style::kFunction);
      if (!hint.empty()) {
        CheckAll(call.arguments);
        return Report(expr, "unknown-function",
                      "there is no function " + Quoted(name), std::move(hint));
      }
    }
  }
  std::vector<Type> arguments = {Check(*call.target)};
  const auto* overloads = names_.FindFunction(call.function, Style::kMethod);
  if (overloads == nullptr) {
    return UnknownFunction(expr, call, Style::kMethod);
  }
  for (Type& type : CheckAll(call.arguments)) {
    arguments.push_back(std::move(type));
  }
  if (call.function == "format") CheckFormat(call);
  return ResolveOverload(expr, call.function, Style::kMethod, *overloads,
                         arguments);
}

void CheckerWalk::CheckFormat(const Call& call) {
  const auto* format = call.target->As<Literal>();
  if (format == nullptr || !format->value.Is(Kind::kString) ||
      call.arguments.size() != 1) {
    return;
  }
  const auto* values = call.arguments[0]->As<ListLiteral>();
  if (values == nullptr) return;
  std::vector<Type> types;
  for (const ListLiteral::Element& element : values->elements) {
    if (element.optional) return;  // how many there are isn't known
    types.push_back(unifier_.Resolve(types_[element.value->id]));
  }
  const auto mistake = FindFormatMistake(format->value.text(), types);
  if (!mistake) return;
  const Expr& at =
      mistake->value ? *values->elements[*mistake->value].value : *call.target;
  Report(at, "bad-format", mistake->message);
}

bool CheckerWalk::Matches(const Overload& overload,
                          const std::vector<Type>& arguments, Type& result) {
  Unifier::Instance instance;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type parameter =
        unifier_.Instantiate(overload.parameters[i], instance);
    if (!unifier_.Assign(arguments[i], parameter)) return false;
  }
  result = unifier_.Instantiate(overload.result, instance);
  return true;
}

// Where several overloads fit, the run decides, and nothing is concluded about
// the arguments.
Type CheckerWalk::ResolveOverload(const Expr& expr, const std::string& function,
                                  Style style,
                                  const std::vector<Overload>& overloads,
                                  const std::vector<Type>& arguments) {
  const Overload* only = nullptr;
  std::optional<Type> common;
  const std::size_t mark = unifier_.Mark();
  for (const Overload& overload : overloads) {
    if (overload.style != style ||
        overload.parameters.size() != arguments.size()) {
      continue;
    }
    Type result;
    const bool fits = Matches(overload, arguments, result);
    if (fits) result = unifier_.Substitute(result);
    unifier_.Rollback(mark);
    if (!fits) continue;
    only = common ? nullptr : &overload;
    const bool same = !common || *common == result;
    common = same && !Unifier::HasVariable(result) ? result : Type();
  }
  if (!common) return NoOverload(expr, function, style, overloads, arguments);
  if (only == nullptr) return *common;
  Type result;
  Matches(*only, arguments, result);
  return result;
}

// Looks like a macro: f(x, x > 0), where x is nothing yet.
bool CheckerWalk::DeclaresVariable(const Call& call) const {
  if (call.arguments.size() < 2) return false;
  const auto* ident = call.arguments[0]->As<Ident>();
  return ident != nullptr && !names_.IsPrefixDeclared(ident->name);
}

Type CheckerWalk::UnknownFunction(const Expr& expr, const Call& call,
                                  Style style) {
  const std::string& name = call.function;
  const bool method = style == Style::kMethod;
  const std::string counts = names_.MacroArguments(name, style);
  if (!counts.empty()) {
    // The arguments may speak of variables that the macro would bring.
    return Report(expr, "no-overload",
                  "the macro " + Quoted(name) + " does not take " +
                      std::to_string(call.arguments.size()) +
                      (call.arguments.size() == 1 ? " argument" : " arguments"),
                  "it takes " + counts);
  }
  std::string hint = names_.SuggestFunction(name, style);
  const Style other = method ? Style::kFunction : Style::kMethod;
  if (names_.FindFunction(name, other) != nullptr) {
    hint = method ? "it is a function: " + name + "(x)"
                  : "it is a method: x." + name + "()";
  }
  if (hint.empty() || !DeclaresVariable(call)) CheckAll(call.arguments);
  return Report(expr, "unknown-function",
                std::string("there is no ") +
                    (method ? "method " : "function ") + Quoted(name),
                std::move(hint));
}

Type CheckerWalk::NoOverload(const Expr& expr, const std::string& function,
                             Style style,
                             const std::vector<Overload>& overloads,
                             const std::vector<Type>& arguments) {
  const bool method = style == Style::kMethod;
  std::string given = method ? TextOf(arguments[0]) + ".(" : "(";
  for (std::size_t i = method ? 1 : 0; i < arguments.size(); ++i) {
    if (i > (method ? 1U : 0U)) given += ", ";
    given += TextOf(arguments[i]);
  }
  given += ')';
  std::string wanted;
  std::size_t count = 0;
  for (const Overload& overload : overloads) {
    if (overload.style != style) continue;
    if (++count > kShownOverloads) break;
    wanted += (count > 1 ? " or " : "it takes ") + Parameters(overload);
  }
  if (count > kShownOverloads) wanted.clear();
  return Report(expr, "no-overload",
                Quoted(Written(function)) + " does not take " + given,
                std::move(wanted));
}

}  // namespace writ::engine::cel
