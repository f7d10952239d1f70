#include <utility>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

// cel.bind(name, value, body)
Expr* ExpandBind(MacroCall& call) {
  if (!call.TargetIs("cel")) return nullptr;
  std::string name = call.VariableName(0);
  if (name.empty()) return nullptr;
  Let let;
  let.bindings.push_back({std::move(name), call.arguments[1]});
  let.body = call.arguments[2];
  return call.New(std::move(let));
}

constexpr MacroRow kBindingsMacros[] = {
    {"bind", Style::kMethod, 3, ExpandBind},
};

}  // namespace

const Library& BindingsLibrary() {
  static constexpr Library kLibrary = {"bindings", {}, kBindingsMacros, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
