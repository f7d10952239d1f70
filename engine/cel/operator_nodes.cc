// Operators of one and two operands, and sums of many.
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/cel/plan_nodes.h"

namespace writ::engine::cel {
namespace {

using UnaryOperator = Value (*)(Evaluation&, const Value&);
using BinaryOperator = Value (*)(Evaluation&, const Value&, const Value&);

template <UnaryOperator kOperator>
class UnaryNode final : public Node {
 public:
  UnaryNode(ExprId id, NodePtr operand)
      : Node(id), operand_(std::move(operand)) {}
  Value Run(Frame& frame) const override {
    Value value = operand_->Run(frame);
    if (value.IsError()) [[unlikely]]
      return value;
    return Located(kOperator(frame.evaluation, value));
  }

 private:
  const NodePtr operand_;
};

template <BinaryOperator kOperator>
class BinaryNode final : public Node {
 public:
  BinaryNode(ExprId id, NodePtr left, NodePtr right)
      : Node(id), left_(std::move(left)), right_(std::move(right)) {}
  Value Run(Frame& frame) const override {
    Value left = left_->Run(frame);
    if (left.IsError()) [[unlikely]]
      return left;
    Value right = right_->Run(frame);
    if (right.IsError()) [[unlikely]]
      return right;
    return Located(kOperator(frame.evaluation, left, right));
  }

 private:
  const NodePtr left_;
  const NodePtr right_;
};

// Compared with a constant string.
template <bool kEqual>
class EqualTextNode final : public Node {
 public:
  EqualTextNode(ExprId id, NodePtr operand, const Value& text)
      : Node(id), operand_(std::move(operand)), text_(text.text()) {}
  Value Run(Frame& frame) const override {
    Value value = operand_->Run(frame);
    if (value.IsError()) [[unlikely]]
      return value;
    const bool equal = value.Is(Kind::kString) && value.text() == text_;
    return Value::Bool(equal == kEqual);
  }

 private:
  const NodePtr operand_;
  const std::string text_;
};

// Texts are joined at once, anything else term by term.
class SumNode final : public Node {
 public:
  SumNode(std::vector<NodePtr> terms, std::vector<ExprId> ids)
      : Node(ids.back()), terms_(std::move(terms)), ids_(std::move(ids)) {}

  Value Run(Frame& frame) const override {
    std::array<Value, kMaxTerms> values;
    std::size_t size = 0;
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      values[i] = terms_[i]->Run(frame);
      if (values[i].IsError()) [[unlikely]]
        return std::move(values[i]);
      if (!values[i].Is(Kind::kString)) {
        return AddUp(frame, std::span(values).first(i + 1));
      }
      size += values[i].text().size();
    }
    if (!frame.evaluation.ChargeBytes(size)) return Evaluation::Spent();
    if (size > std::numeric_limits<std::uint32_t>::max()) {
      return Value::Error("the text becomes too long", id());
    }
    char* room = nullptr;
    Value sum = Value::StringOfSize(size, room);
    for (std::size_t i = 0; i < terms_.size(); ++i) {
      const std::string_view text = values[i].text();
      if (!text.empty()) std::memcpy(room, text.data(), text.size());
      room += text.size();
    }
    return sum;
  }

  static constexpr std::size_t kMaxTerms = 16;

 private:
  Value AddUp(Frame& frame, std::span<Value> known) const {
    Value sum = std::move(known[0]);
    for (std::size_t i = 1; i < terms_.size(); ++i) {
      Value next =
          i < known.size() ? std::move(known[i]) : terms_[i]->Run(frame);
      if (next.IsError()) return next;
      sum = Add(frame.evaluation, sum, next);
      if (sum.IsError()) {
        sum.LocateError(ids_[i - 1]);
        return sum;
      }
    }
    return sum;
  }

  const std::vector<NodePtr> terms_;
  const std::vector<ExprId> ids_;
};

template <BinaryOperator kOperator>
NodePtr Binary(ExprId id, NodePtr left, NodePtr right) {
  return std::make_unique<BinaryNode<kOperator>>(id, std::move(left),
                                                 std::move(right));
}

struct BinaryRow {
  std::string_view name;
  NodePtr (*make)(ExprId, NodePtr, NodePtr);
};

constexpr std::array kBinary = {
    BinaryRow{"_==_", Binary<AreEqual>},
    BinaryRow{"_!=_", Binary<AreUnequal>},
    BinaryRow{"_<_", Binary<IsLess>},
    BinaryRow{"_<=_", Binary<IsLessOrEqual>},
    BinaryRow{"_>_", Binary<IsGreater>},
    BinaryRow{"_>=_", Binary<IsGreaterOrEqual>},
    BinaryRow{"@in", Binary<IsIn>},
    BinaryRow{"_+_", Binary<Add>},
    BinaryRow{"_-_", Binary<Subtract>},
    BinaryRow{"_*_", Binary<Multiply>},
    BinaryRow{"_/_", Binary<Divide>},
    BinaryRow{"_%_", Binary<Modulo>},
};

NodePtr MakeEqualText(ExprId id, bool equal, NodePtr operand,
                      const Value& text) {
  if (equal) {
    return std::make_unique<EqualTextNode<true>>(id, std::move(operand), text);
  }
  return std::make_unique<EqualTextNode<false>>(id, std::move(operand), text);
}

bool IsConstantText(const Node& node) {
  return node.constant() != nullptr && node.constant()->Is(Kind::kString);
}

}  // namespace

bool IsBinaryOperator(std::string_view name) {
  return std::any_of(kBinary.begin(), kBinary.end(),
                     [name](const BinaryRow& row) { return row.name == name; });
}

NodePtr MakeUnary(ExprId id, std::string_view name, NodePtr operand) {
  if (name == "!_") {
    return std::make_unique<UnaryNode<Not>>(id, std::move(operand));
  }
  return std::make_unique<UnaryNode<Negate>>(id, std::move(operand));
}

NodePtr MakeBinary(ExprId id, std::string_view name, NodePtr left,
                   NodePtr right) {
  if (name == "_==_" || name == "_!=_") {
    const bool equal = name == "_==_";
    if (IsConstantText(*right)) {
      return MakeEqualText(id, equal, std::move(left), *right->constant());
    }
    if (IsConstantText(*left)) {
      return MakeEqualText(id, equal, std::move(right), *left->constant());
    }
  }
  for (const BinaryRow& row : kBinary) {
    if (row.name == name)
      return row.make(id, std::move(left), std::move(right));
  }
  return nullptr;
}

NodePtr MakeSum(std::vector<NodePtr> terms, std::vector<ExprId> ids) {
  if (terms.size() > SumNode::kMaxTerms) return nullptr;
  return std::make_unique<SumNode>(std::move(terms), std::move(ids));
}

}  // namespace writ::engine::cel
