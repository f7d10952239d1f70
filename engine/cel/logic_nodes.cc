// && || ?: with their treatment of errors.
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

// && ends at a false, || at a true, even behind an error; without one the
// first error is the result.
template <bool kDecisive>
class JunctionNode final : public Condition {
 public:
  JunctionNode(ExprId id, std::vector<NodePtr> terms)
      : Condition(id), terms_(std::move(terms)) {}

  Truth Test(Frame& frame, Value& rest) const override {
    for (auto term = terms_.begin(); term != terms_.end(); ++term) {
      const Truth truth = (*term)->Test(frame, rest);
      if (truth == TruthOf(kDecisive)) return truth;
      if (truth == Truth::kNeither) [[unlikely]] {
        return TestAfterError(frame, term, rest);
      }
    }
    return TruthOf(!kDecisive);
  }

 private:
  using Term = std::vector<NodePtr>::const_iterator;

  // `first` is what the term at hand yielded.
  Truth TestAfterError(Frame& frame, Term term, Value& first) const {
    while (++term != terms_.end()) {
      Value rest;
      const Truth truth = (*term)->Test(frame, rest);
      if (truth == TruthOf(kDecisive)) return truth;
      if (truth == Truth::kNeither && !first.IsError() && rest.IsError()) {
        first = std::move(rest);
      }
    }
    if (!first.IsError()) {
      first = Located(NoSuchOverload(kDecisive ? "_||_" : "_&&_", {&first}));
    }
    return Truth::kNeither;
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
    Value rest;
    const Truth truth = condition_->Test(frame, rest);
    if (truth != Truth::kNeither) [[likely]] {
      return truth == Truth::kTrue ? yes_->Run(frame) : no_->Run(frame);
    }
    if (rest.IsError()) return rest;
    return Located(NoSuchOverload("_?_:_", {&rest}));
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
