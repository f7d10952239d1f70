// One check of one expression: walks the tree once, bottom up, and gives each
// node a type. After an issue the node is dyn, so that nothing follows from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/checker.h"
#include "engine/cel/checker_names.h"
#include "engine/cel/checker_unifier.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/type.h"

namespace writ::engine::cel {

class CheckerWalk {
 public:
  // REQUIRES: both outlive the walk.
  CheckerWalk(const Ast& ast, const Environment& environment)
      : ast_(ast), names_(environment), types_(ast.id_limit()) {}

  // Once.
  Compiled<Checked> Run();

 private:
  // checker.cc: expressions.
  Type Check(const Expr& expr);
  Type CheckLiteral(const Literal& literal);
  Type CheckIdent(const Expr& expr, const Ident& ident);
  Type CheckSelect(const Expr& expr, const Select& select);
  Type CheckList(const ListLiteral& list);
  Type CheckMap(const MapLiteral& map);
  Type CheckLoop(const Loop& loop);
  Type CheckLet(const Let& let);
  // The type of an element that stands for the value of an optional: [?a].
  Type CheckOptionalElement(const Expr& expr);
  // Of the elements so far and the next: dyn where they have nothing in common.
  Type Join(const std::optional<Type>& before, const Type& type);
  // What the variables of a loop are bound to: one or two types.
  std::vector<Type> CheckRange(const Loop& loop);
  Type LoopResult(const Loop& loop, const Type& range, const Type& body);
  Type FieldType(const Span& at, const Type& target, const std::string& field);
  void ExpectBool(const Expr& expr, std::string_view what);
  // Reports a name that nothing declares. Returns dyn.
  Type UnknownName(const Expr& expr, std::string_view name);

  // checker_call.cc: operators, functions, methods.
  Type CheckCall(const Expr& expr, const Call& call);
  Type CheckLogic(const Call& call);
  Type CheckConditional(const Expr& expr, const Call& call);
  Type CheckEquality(const Expr& expr, const Call& call);
  Type CheckIndex(const Expr& expr, const Call& call, bool optional);
  Type ElementType(const Expr& expr, const Expr& index, const Type& target);
  Type CheckFunction(const Expr& expr, const Call& call);
  Type CheckMethod(const Expr& expr, const Call& call);
  Type ResolveOverload(const Expr& expr, const std::string& function,
                       Style style, const std::vector<Overload>& overloads,
                       const std::vector<Type>& arguments);
  // "%d".format([x]), where both are written down: what can't go well.
  void CheckFormat(const Call& call);
  bool Matches(const Overload& overload, const std::vector<Type>& arguments,
               Type& result);
  bool DeclaresVariable(const Call& call) const;
  Type UnknownFunction(const Expr& expr, const Call& call, Style style);
  Type NoOverload(const Expr& expr, const std::string& function, Style style,
                  const std::vector<Overload>& overloads,
                  const std::vector<Type>& arguments);
  std::vector<Type> CheckAll(const std::vector<Expr*>& exprs);

  // Returns dyn.
  Type Report(const Expr& expr, std::string code, std::string message,
              std::string hint = {});
  Type ReportAt(const Span& span, std::string code, std::string message,
                std::string hint = {});
  // Where the name of the field stands.
  Span FieldSpan(const Expr& expr, const Select& select) const;
  // For messages: "list(int)".
  std::string TextOf(const Type& type) {
    return unifier_.Finish(type).ToText();
  }

  const Ast& ast_;
  CheckerNames names_;
  Unifier unifier_;
  std::vector<Type> types_;
  Issues issues_;
};

}  // namespace writ::engine::cel
