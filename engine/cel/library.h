// A library: functions, macros and the names of types, one table each, so that
// a declaration for the checker and its implementation stand together.
//
//   constexpr FunctionRow kFunctions[] = {
//       {"lowerAscii", Style::kMethod, "string", "string", LowerAscii},
//       {"math.abs", Style::kFunction, "int", "int", Abs},
//   };
//
// Tables are in static storage and never change.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/issue.h"
#include "engine/cel/meter.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

// What a function runs in. Whoever does work that grows with its input charges
// for it first and returns Spent() when that fails.
class Evaluation {
 public:
  explicit Evaluation(std::uint64_t steps) : meter_(steps) {}

  Meter& meter() { return meter_; }
  bool Charge(std::uint64_t steps = 1) { return meter_.Charge(steps); }
  bool ChargeBytes(std::size_t bytes) { return meter_.ChargeBytes(bytes); }
  static Value Spent() { return Value::Error("step budget exhausted"); }

 private:
  Meter meter_;
};

// The arguments, the receiver first; they may be moved from. Their kinds are
// those that the row declares (T and dyn: any; list, map, optional: whatever
// they hold). Returns an error as a value; where it arose is added by the
// caller. Pure: called with constants, it may run before any evaluation.
using Function = Value (*)(Evaluation& evaluation, std::span<Value> arguments);

enum class Style : std::uint8_t {
  kFunction,  // size(x), math.abs(x)
  kMethod,    // x.size()
};

enum class Strictness : std::uint8_t {
  kStrict,   // an argument that is an error is the result
  kLenient,  // errors are handed over, except in the receiver
};

struct FunctionRow {
  std::string_view name;
  Style style;
  std::string_view parameters;  // as ParseTypes reads it, the receiver first
  std::string_view result;      // as ParseType reads it
  Function run;                 // null: declared for the checker alone
  Strictness strictness = Strictness::kStrict;
};

// A call that may be a macro, as its expander sees it.
class MacroCall {
 public:
  MacroCall(Ast& ast, const Span& span, Expr* call_target,
            std::vector<Expr*> call_arguments, Issues& issues)
      : target(call_target),
        arguments(std::move(call_arguments)),
        ast_(ast),
        span_(span),
        issues_(issues) {}

  Expr* const target;  // null for a plain function
  const std::vector<Expr*> arguments;

  // A node at the place of the call.
  template <typename T>
  Expr* New(T node) {
    return ast_.New(span_, std::move(node));
  }
  Expr* NewCall(std::string function, std::vector<Expr*> args) {
    return New(Call{std::move(function), nullptr, std::move(args)});
  }
  Expr* NewMethodCall(Expr* receiver, std::string function,
                      std::vector<Expr*> args) {
    return New(Call{std::move(function), receiver, std::move(args)});
  }
  Expr* NewIdent(std::string name) { return New(Ident{std::move(name)}); }

  // True where the target is the plain name given: cel.bind, math.greatest.
  bool TargetIs(std::string_view name) const;
  // The name that an argument declares, or empty after an issue.
  std::string VariableName(std::size_t argument);
  // Reports what is wrong at `where`. Returns null, for the expander to return.
  Expr* Fail(const Expr* where, std::string message);

 private:
  Ast& ast_;
  const Span span_;
  Issues& issues_;
};

// What the call stands for; null without an issue: it is no macro, after all.
using MacroExpander = Expr* (*)(MacroCall& call);

struct MacroRow {
  std::string_view name;
  Style style;
  int arguments;  // without the target; -1: any number
  MacroExpander expand;
};

struct Library {
  std::string_view name;  // "strings"
  std::span<const FunctionRow> functions;
  std::span<const MacroRow> macros;
  // That name themselves in expressions: "int", "net.IP".
  std::span<const std::string_view> types;
};

// Operators, conversions, strings, timestamps; has, all, exists, exists_one,
// map, filter.
const Library& StandardLibrary();

// The standard library, then every extension.
std::vector<const Library*> AllLibraries();

}  // namespace writ::engine::cel
