// has, all, exists, exists_one, map, filter.
#include "engine/cel/standard_macros.h"

#include <array>
#include <utility>

namespace writ::engine::cel {
namespace {

Expr* ExpandHas(MacroCall& call) {
  const auto* select = call.arguments[0]->As<Select>();
  if (select == nullptr || select->test || select->optional) {
    return call.Fail(call.arguments[0],
                     "has() wants a field: has(object.field)");
  }
  return call.New(Select{select->operand, select->field, false, true});
}

template <Loop::Kind kKind>
Expr* ExpandPredicate(MacroCall& call) {
  std::string variable = call.VariableName(0);
  if (variable.empty()) return nullptr;
  return call.New(Loop{
      kKind, std::move(variable), {}, call.target, nullptr, call.arguments[1]});
}

// map(x, body), map(x, condition, body)
Expr* ExpandMap(MacroCall& call) {
  std::string variable = call.VariableName(0);
  if (variable.empty()) return nullptr;
  const bool filtered = call.arguments.size() == 3;
  return call.New(Loop{Loop::Kind::kList,
                       std::move(variable),
                       {},
                       call.target,
                       filtered ? call.arguments[1] : nullptr,
                       call.arguments.back()});
}

Expr* ExpandFilter(MacroCall& call) {
  std::string variable = call.VariableName(0);
  if (variable.empty()) return nullptr;
  Expr* element = call.NewIdent(variable);
  return call.New(Loop{Loop::Kind::kList,
                       std::move(variable),
                       {},
                       call.target,
                       call.arguments[1],
                       element});
}

constexpr std::array kMacros = {
    MacroRow{"has", Style::kFunction, 1, ExpandHas},
    MacroRow{"all", Style::kMethod, 2, ExpandPredicate<Loop::Kind::kAll>},
    MacroRow{"exists", Style::kMethod, 2, ExpandPredicate<Loop::Kind::kExists>},
    MacroRow{"exists_one", Style::kMethod, 2,
             ExpandPredicate<Loop::Kind::kExistsOne>},
    MacroRow{"existsOne", Style::kMethod, 2,
             ExpandPredicate<Loop::Kind::kExistsOne>},
    MacroRow{"map", Style::kMethod, 2, ExpandMap},
    MacroRow{"map", Style::kMethod, 3, ExpandMap},
    MacroRow{"filter", Style::kMethod, 2, ExpandFilter},
};

}  // namespace

std::span<const MacroRow> StandardMacros() { return kMacros; }

}  // namespace writ::engine::cel
