// The macros of two variables: index and element of a list, key and value of a
// map.
#include <string>
#include <utility>

#include "engine/cel/extension_libraries.h"

namespace writ::engine::cel {
namespace {

// Reads the variables and fills in what all the macros share.
bool Begin(MacroCall& call, Loop::Kind kind, Loop& loop) {
  loop.kind = kind;
  loop.range = call.target;
  loop.variable = call.VariableName(0);
  loop.variable2 = call.VariableName(1);
  if (loop.variable.empty() || loop.variable2.empty()) return false;
  if (loop.variable == loop.variable2) {
    call.Fail(call.arguments[1],
              "the second variable has the name of the first");
    return false;
  }
  return true;
}

// range.all(i, v, test)
Expr* ExpandTest(MacroCall& call, Loop::Kind kind) {
  Loop loop;
  if (!Begin(call, kind, loop)) return nullptr;
  loop.body = call.arguments[2];
  return call.New(std::move(loop));
}

// range.transformList(i, v, [filter,] body)
Expr* ExpandTransform(MacroCall& call, Loop::Kind kind) {
  Loop loop;
  if (!Begin(call, kind, loop)) return nullptr;
  if (call.arguments.size() == 4) loop.condition = call.arguments[2];
  loop.body = call.arguments.back();
  return call.New(std::move(loop));
}

Expr* ExpandAll(MacroCall& call) { return ExpandTest(call, Loop::Kind::kAll); }
Expr* ExpandExists(MacroCall& call) {
  return ExpandTest(call, Loop::Kind::kExists);
}
Expr* ExpandExistsOne(MacroCall& call) {
  return ExpandTest(call, Loop::Kind::kExistsOne);
}
Expr* ExpandTransformList(MacroCall& call) {
  return ExpandTransform(call, Loop::Kind::kList);
}
Expr* ExpandTransformMap(MacroCall& call) {
  return ExpandTransform(call, Loop::Kind::kMap);
}
Expr* ExpandTransformMapEntry(MacroCall& call) {
  return ExpandTransform(call, Loop::Kind::kMapEntry);
}

constexpr MacroRow kComprehensionsMacros[] = {
    {"all", Style::kMethod, 3, ExpandAll},
    {"exists", Style::kMethod, 3, ExpandExists},
    {"existsOne", Style::kMethod, 3, ExpandExistsOne},
    {"exists_one", Style::kMethod, 3, ExpandExistsOne},
    {"transformList", Style::kMethod, 3, ExpandTransformList},
    {"transformList", Style::kMethod, 4, ExpandTransformList},
    {"transformMap", Style::kMethod, 3, ExpandTransformMap},
    {"transformMap", Style::kMethod, 4, ExpandTransformMap},
    {"transformMapEntry", Style::kMethod, 3, ExpandTransformMapEntry},
    {"transformMapEntry", Style::kMethod, 4, ExpandTransformMapEntry},
};

}  // namespace

const Library& ComprehensionsLibrary() {
  static constexpr Library kLibrary = {
      "comprehensions", {}, kComprehensionsMacros, {}};
  return kLibrary;
}

}  // namespace writ::engine::cel
