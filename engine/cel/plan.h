// An expression as it runs: a tree of nodes made once, in which names have
// become slots and places in a frame, constant parts values, and calls the
// overloads that they can reach.
//
// Immutable once made; any number of frames run on it at once.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "engine/cel/ast.h"
#include "engine/cel/environment.h"
#include "engine/cel/library.h"
#include "engine/cel/program.h"
#include "engine/cel/value.h"

namespace writ::engine::cel {

// One evaluation.
struct Frame {
  Bindings& bindings;
  Evaluation& evaluation;
  Value* locals;  // variables of loops and lets
  Trace* trace = nullptr;
  ExprId spent_at = 0;  // where the budget was found to be spent

  // Whether the budget allows so many steps more.
  bool Charge(std::uint64_t steps, ExprId at) {
    if (evaluation.Charge(steps)) [[likely]]
      return true;
    if (spent_at == 0) spent_at = at;
    return false;
  }
};

// What a condition comes to.
enum class Truth : std::uint8_t { kFalse, kTrue, kNeither };

inline Truth TruthOf(bool holds) {
  return holds ? Truth::kTrue : Truth::kFalse;
}

class Node {
 public:
  explicit Node(ExprId id) : id_(id) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  virtual Value Run(Frame& frame) const = 0;
  // Run, where a bool is wanted. What is none is left in `rest`.
  virtual Truth Test(Frame& frame, Value& rest) const {
    rest = Run(frame);
    return rest.Is(Kind::kBool) ? TruthOf(rest.AsBool()) : Truth::kNeither;
  }
  // The value that every run yields, where that is known.
  virtual const Value* constant() const { return nullptr; }

  ExprId id() const { return id_; }

 protected:
  // Says of an error that it arose here, unless that is known already.
  Value Located(Value value) const {
    if (value.IsError()) [[unlikely]]
      value.LocateError(id_);
    return value;
  }

 private:
  const ExprId id_;
};

// What yields a bool or an error, and says so without making a value.
class Condition : public Node {
 public:
  using Node::Node;
  Value Run(Frame& frame) const final {
    Value rest;
    const Truth truth = Test(frame, rest);
    return truth == Truth::kNeither ? rest : Value::Bool(truth == Truth::kTrue);
  }
  Truth Test(Frame& frame, Value& rest) const override = 0;
};

using NodePtr = std::unique_ptr<const Node>;

struct Plan {
  NodePtr root;
  std::size_t locals = 0;
  std::vector<Slot> variables;  // sorted
};

enum class PlanMode : std::uint8_t {
  kFast,    // constants folded, chains fused
  kTraced,  // every sub-expression a node that records its value
};

// REQUIRES: the tree outlives the plan, which borrows its literals.
Plan MakePlan(const Ast& ast, const Environment& environment, PlanMode mode);

}  // namespace writ::engine::cel
