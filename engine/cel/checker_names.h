// What names stand for while an expression is checked: local variables by
// scope, then what the environment declares under each name that a container
// allows; and what was probably meant where a name stands for nothing.
//
// Belongs to one check; borrows the environment.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cel/environment.h"
#include "engine/cel/type.h"

namespace writ::engine::cel {

class CheckerNames {
 public:
  explicit CheckerNames(const Environment& environment)
      : environment_(environment) {}

  std::size_t Depth() const { return locals_.size(); }
  void Enter(std::string name, Type type) {
    locals_.emplace_back(std::move(name), std::move(type));
  }
  // Forgets the locals entered since Depth().
  void LeaveTo(std::size_t depth) { locals_.resize(depth); }

  // The innermost local of that name; null where there is none, or the name
  // begins with a dot.
  const Type* FindLocal(std::string_view name) const;
  // Whether "a.b.c" begins with a local.
  bool IsRootedInLocal(std::string_view qualified) const;
  // The type of the variable, or of the name of a type: type(int).
  std::optional<Type> FindDeclared(std::string_view name) const;
  // The overloads under the first candidate that has any of that style.
  const std::vector<Overload>* FindFunction(std::string_view name,
                                            Style style) const;
  // Whether "a.b.c" or "a.b" or "a" is declared.
  bool IsPrefixDeclared(std::string_view qualified) const;

  // Of an unknown qualified name, the part to speak of: "variables.team" of
  // "variables.team.name" where other variables begin with "variables.".
  std::string UnknownPart(std::string_view qualified) const;

  // "2 or 3", where `name` is a macro: so many arguments it takes. Else empty.
  std::string MacroArguments(std::string_view name, Style style) const;

  // `did you mean "x"?`, or empty.
  std::string SuggestName(std::string_view name) const;
  // Of functions and macros.
  std::string SuggestFunction(std::string_view name, Style style) const;

 private:
  const Environment& environment_;
  std::vector<std::pair<std::string, Type>> locals_;
};

// `did you mean "x"?`, or empty.
std::string DidYouMean(std::string_view written,
                       const std::vector<std::string_view>& candidates);

}  // namespace writ::engine::cel
