// What an expression is compiled against: variables with their types, the
// libraries' functions, macros and types, the container that names are looked
// up from, and limits. Variables have slots, so that one set of bindings serves
// every program of an environment.
//
// Built on one thread, then read from any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cel/library.h"
#include "engine/cel/type.h"

namespace writ::engine::cel {

struct Limits {
  std::size_t max_code_points = 100'000;  // of the source
  std::size_t max_nesting = 250;          // of brackets, operands, ?:
  std::size_t max_depth = 1'000;          // of the tree: a + b + c + …
};

// A function that calls are resolved to.
struct Overload {
  Style style = Style::kFunction;
  std::vector<Type> parameters;  // the receiver first
  Type result;
  Function run = nullptr;
  Strictness strictness = Strictness::kStrict;
};

struct Variable {
  std::string name;  // may be dotted: "variables.isProduction"
  Type type;
};

using Slot = std::uint32_t;

class Environment {
 public:
  explicit Environment(
      const std::vector<const Library*>& libraries = AllLibraries(),
      std::string container = {}, Limits limits = {});

  // Declares a variable, or gives one that is declared another type.
  Slot AddVariable(std::string name, Type type);
  // Declares an overload beside those of the libraries.
  void AddFunction(const std::string& name, Overload overload);

  const std::string& container() const { return container_; }
  const Limits& limits() const { return limits_; }
  const std::vector<Variable>& variables() const { return variables_; }

  // By their full names; no container takes part.
  std::optional<Slot> FindVariable(std::string_view name) const;
  const std::vector<Overload>* FindFunction(std::string_view name) const;
  // Where `name` is that of a type: it, in static storage.
  std::optional<std::string_view> FindType(std::string_view name) const;
  const MacroRow* FindMacro(std::string_view name, Style style,
                            std::size_t arguments) const;

  // The full names that `name` may stand for, first things first: in container
  // "a.b" the name "x" stands for "a.b.x", "a.x", "x"; ".x" for "x" alone.
  std::vector<std::string> Candidates(std::string_view name) const;

  // For suggestions.
  const std::map<std::string, std::vector<Overload>, std::less<>>& functions()
      const {
    return functions_;
  }
  const std::vector<const MacroRow*>& macros() const { return macros_; }

 private:
  std::string container_;
  Limits limits_;
  std::vector<Variable> variables_;
  std::map<std::string, Slot, std::less<>> slots_;
  std::map<std::string, std::vector<Overload>, std::less<>> functions_;
  std::vector<const MacroRow*> macros_;
  std::vector<std::string_view> types_;
};

}  // namespace writ::engine::cel
