// Type variables and what is known of them: the parameters of a generic
// function while its arguments are looked at, the elements of a list that is
// still empty. A variable takes the first type that it meets, and a more
// general one where a later one asks for it: of int and dyn, dyn.
//
// Belongs to one check. Work is bounded: past the bound everything fits, and
// exhausted() says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/cel/type.h"

namespace writ::engine::cel {

class Unifier {
 public:
  // Names given to the parameters of one signature.
  using Instance = std::vector<std::pair<std::string, Type>>;

  Type NewVariable();
  // `type` with a variable for each parameter, the same for the same name.
  Type Instantiate(const Type& type, Instance& instance);

  // Whether a value of type `from` may stand where `to` is asked for, and what
  // follows for the variables of both. Without effect when it may not.
  bool Assign(const Type& from, const Type& to);
  // The most specific type that both fit, where there is one but dyn.
  std::optional<Type> Common(const Type& a, const Type& b);

  // The type without the variables around it: list(V) of a variable that is
  // bound to it. An unbound variable stays, as kParameter.
  Type Resolve(const Type& type) const;
  // With what is known of its variables put in.
  Type Substitute(const Type& type);
  // The same, and dyn for unbound variables.
  Type Finish(const Type& type);

  static bool HasVariable(const Type& type);

  // Takes back all bindings made since Mark().
  std::size_t Mark() const { return trail_.size(); }
  void Rollback(std::size_t mark);

  bool exhausted() const { return work_ == 0; }

 private:
  using Index = std::size_t;
  struct Binding {
    Index variable;
    std::optional<Type> before;
  };

  static Index IndexOf(const Type& variable);
  // Past variables that are bound to variables.
  Type Last(const Type& type) const;
  void Bind(Index variable, Type type);
  bool Occurs(Index variable, const Type& type);
  bool Unify(const Type& from, const Type& to);
  bool UnifyVariable(const Type& variable, const Type& other);
  bool UnifyKnown(const Type& a, const Type& b);
  bool UnifyParameters(const Type& a, const Type& b);
  bool UnifyObject(const Type& object, const Type& other);
  Type General(const Type& a, const Type& b);
  Type GeneralKnown(const Type& a, const Type& b);
  Type Rebuild(const Type& type, bool finish);
  bool Spend(std::size_t work = 1);

  std::vector<std::optional<Type>> bindings_;
  std::vector<Binding> trail_;
  std::size_t work_ = 20'000'000;
  std::size_t depth_ = 0;
};

}  // namespace writ::engine::cel
