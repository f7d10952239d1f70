#include <optional>
#include <string>
#include <utility>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

// The names that a block makes can't be written, so that they hide nothing.
std::string IndexName(std::int64_t index) {
  return "@index" + std::to_string(index);
}

// A number from 0 that the text has as a literal.
std::optional<std::int64_t> Number(MacroCall& call, std::size_t argument) {
  const Expr* expr = call.arguments[argument];
  const Literal* literal = expr->As<Literal>();
  if (literal != nullptr && literal->value.Is(Kind::kInt) &&
      literal->value.AsInt() >= 0) {
    return literal->value.AsInt();
  }
  call.Fail(expr, "the argument must be a number from 0 up, as a literal");
  return std::nullopt;
}

// cel.block([a, b], body): cel.index(0) is a in b and in the body.
Expr* ExpandBlock(MacroCall& call) {
  if (!call.TargetIs("cel")) return nullptr;
  const ListLiteral* list = call.arguments[0]->As<ListLiteral>();
  if (list == nullptr) {
    return call.Fail(call.arguments[0],
                     "the first argument of cel.block must be a list literal");
  }
  Let let;
  for (const ListLiteral::Element& element : list->elements) {
    if (element.optional) {
      return call.Fail(element.value,
                       "elements of cel.block can't be optional");
    }
    const auto index = static_cast<std::int64_t>(let.bindings.size());
    let.bindings.push_back({IndexName(index), element.value});
  }
  let.body = call.arguments[1];
  return call.New(std::move(let));
}

Expr* ExpandIndex(MacroCall& call) {
  if (!call.TargetIs("cel")) return nullptr;
  const std::optional<std::int64_t> index = Number(call, 0);
  return index ? call.NewIdent(IndexName(*index)) : nullptr;
}

// cel.iterVar(depth, n) and cel.accuVar(depth, n) are names of their own.
Expr* ExpandVariable(MacroCall& call, const char* prefix) {
  if (!call.TargetIs("cel")) return nullptr;
  const std::optional<std::int64_t> depth = Number(call, 0);
  const std::optional<std::int64_t> number = Number(call, 1);
  if (!depth || !number) return nullptr;
  return call.NewIdent(prefix + std::to_string(*depth) + ":" +
                       std::to_string(*number));
}

Expr* ExpandIterVar(MacroCall& call) { return ExpandVariable(call, "@it:"); }
Expr* ExpandAccuVar(MacroCall& call) { return ExpandVariable(call, "@ac:"); }

constexpr MacroRow kBlocksMacros[] = {
    {"block", Style::kMethod, 2, ExpandBlock},
    {"index", Style::kMethod, 1, ExpandIndex},
    {"iterVar", Style::kMethod, 2, ExpandIterVar},
    {"accuVar", Style::kMethod, 2, ExpandAccuVar},
};

}  // namespace

const Library& BlocksLibrary() {
  static constexpr Library kLibrary = {"blocks", {}, kBlocksMacros, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
