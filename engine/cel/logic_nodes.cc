// && || ?: with their treatment of errors.
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

// && ends at a false, || at a true, even behind an error; without one the
// first error is the result.
template <bool kDecisive>
class JunctionNode final : public Node {
 public:
  JunctionNode(ExprId id, std::vector<NodePtr> terms)
      : Node(id), terms_(std::move(terms)) {}

  Value Run(Frame& frame) const override {
    for (auto term = terms_.begin(); term != terms_.end(); ++term) {
      Value value = (*term)->Run(frame);
      if (!value.Is(Kind::kBool)) [[unlikely]] {
        return RunAfterError(frame, term, std::move(value));
      }
      if (value.AsBool() == kDecisive) return value;
    }
    return Value::Bool(!kDecisive);
  }

 private:
  using Term = std::vector<NodePtr>::const_iterator;

  Value RunAfterError(Frame& frame, Term term, Value first) const {
    while (++term != terms_.end()) {
      Value value = (*term)->Run(frame);
      if (value.Is(Kind::kBool)) {
        if (value.AsBool() == kDecisive) return value;
      } else if (!first.IsError() && value.IsError()) {
        first = std::move(value);
      }
    }
    if (first.IsError()) return first;
    return Located(NoSuchOverload(kDecisive ? "_||_" : "_&&_", {&first}));
  }

  const std::vector<NodePtr> terms_;
};

class ConditionalNode final : public Node {
 public:
  ConditionalNode(ExprId id, NodePtr condition, NodePtr yes, NodePtr no)
      : Node(id),
        condition_(std::move(condition)),
        yes_(std::move(yes)),
        no_(std::move(no)) {}
  Value Run(Frame& frame) const override {
    Value condition = condition_->Run(frame);
    if (condition.Is(Kind::kBool)) [[likely]] {
      return condition.AsBool() ? yes_->Run(frame) : no_->Run(frame);
    }
    if (condition.IsError()) return condition;
    return Located(NoSuchOverload("_?_:_", {&condition}));
  }

 private:
  const NodePtr condition_;
  const NodePtr yes_;
  const NodePtr no_;
};

}  // namespace

NodePtr MakeAnd(ExprId id, std::vector<NodePtr> terms) {
  return std::make_unique<JunctionNode<false>>(id, std::move(terms));
}

NodePtr MakeOr(ExprId id, std::vector<NodePtr> terms) {
  return std::make_unique<JunctionNode<true>>(id, std::move(terms));
}

NodePtr MakeConditional(ExprId id, NodePtr condition, NodePtr yes, NodePtr no) {
  return std::make_unique<ConditionalNode>(id, std::move(condition),
                                           std::move(yes), std::move(no));
}

}  // namespace writ::engine::cel
