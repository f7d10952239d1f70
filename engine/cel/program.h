// An expression that is ready to run: parsed, checked and planned once, with
// names resolved to slots, constants folded, regular expressions compiled.
//
//   Environment environment;
//   const Slot change = environment.AddVariable("change", Type());
//   auto program = Program::Compile("change.kind == 'App'", environment);
//   Bindings bindings(environment);
//   bindings.Set(change, Value::Document(tree));
//   Value result = program->Evaluate(bindings);
//
// A program is immutable and runs on any number of threads at once; it does not
// need its environment any more. A result borrows from program and bindings: it
// is not to outlive them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"
#include "engine/cel/issue.h"
#include "engine/cel/type.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

// Values of an environment's variables, by slot. Used by one thread.
class Bindings {
 public:
  // Makes the value of a variable when an evaluation first asks for it. It may
  // evaluate other programs with the same bindings.
  using Resolver = std::function<Value(Slot slot)>;

  explicit Bindings(const Environment& environment)
      : slots_(environment.variables().size()) {}

  void Set(Slot slot, Value value) {
    slots_[slot] = {std::move(value), State::kBound};
  }
  // Forgets the value: a resolver will be asked again.
  void Clear(Slot slot) { slots_[slot] = {}; }
  void set_resolver(Resolver resolver) { resolver_ = std::move(resolver); }

  // The value, where it is there already; valid until the slot is set.
  const Value* Find(Slot slot) const {
    const Bound& bound = slots_[slot];
    return bound.state == State::kBound ? &bound.value : nullptr;
  }
  // The value, borrowed; an error where the variable has none, or needs itself.
  Value Get(Slot slot) {
    if (const Value* value = Find(slot)) [[likely]]
      return value->Borrowed();
    return Resolve(slot);
  }

 private:
  enum class State : std::uint8_t { kUnbound, kResolving, kBound };
  struct Bound {
    Value value;
    State state = State::kUnbound;
  };
  Value Resolve(Slot slot);

  std::vector<Bound> slots_;
  Resolver resolver_;
  int resolving_ = 0;
};

inline constexpr std::uint64_t kDefaultSteps = 10'000'000;

// What an evaluation went through, for explanations: the sub-expressions that
// were evaluated, in order, with their values. Parts that were skipped are not
// in it; an expression within a loop is in it once a round.
struct Trace {
  struct Step {
    ExprId id = 0;
    Value value;
  };
  std::vector<Step> steps;
  std::size_t max_steps = 10'000;  // no more are recorded
};

struct CompileOptions {
  bool check = true;       // false: names and types are left to the run
  bool traceable = false;  // true: EvaluateTraced is wanted
};

class Program {
 public:
  static Compiled<Program> Compile(std::string text,
                                   const Environment& environment,
                                   const CompileOptions& options = {});

  Program(Program&&) noexcept;
  Program& operator=(Program&&) noexcept;
  ~Program();

  // An error is a value, Kind::kError, with the place where it arose.
  // REQUIRES: bindings of the environment that the program was compiled with.
  Value Evaluate(Bindings& bindings,
                 std::uint64_t max_steps = kDefaultSteps) const;
  // With a budget that several evaluations share: takes from `run_steps` what
  // it uses. An evaluation stops when either budget is spent.
  Value Evaluate(Bindings& bindings, std::uint64_t max_steps,
                 std::uint64_t& run_steps) const;
  // The same and slower, with every step recorded.
  // REQUIRES: compiled to be traceable.
  Value EvaluateTraced(Bindings& bindings, Trace& trace,
                       std::uint64_t max_steps = kDefaultSteps) const;

  const Ast& ast() const;
  // dyn where the checker did not run.
  const Type& type() const;
  // The type of each sub-expression; empty where the checker did not run.
  const std::vector<Type>& types() const;
  // The value, where it is the same for all bindings; else null.
  const Value* constant() const;
  // Variables that the expression may ask for, sorted.
  const std::vector<Slot>& variables() const;

 private:
  struct State;
  explicit Program(std::unique_ptr<const State> state);

  std::unique_ptr<const State> state_;
};

// "1:5: no such key: x", with the place of the error in the program's text.
// REQUIRES: an error that the program yielded.
std::string Describe(const Program& program, const Value& error);

}  // namespace writ::engine::cel
